"""How a contract is written: a class of decorated operations, each a pure function of the model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from conformance.errors import UsageError
from conformance.trace import Outcome, Step, Value

if TYPE_CHECKING:
    from conformance.contract._draws import Strategy

C = TypeVar("C", bound=type)
F = TypeVar("F", bound=Callable[..., Any])
MARK = "__conformance_operation__"
LEAKED = "leaked"
NOT_OFFERED = "not_offered"


class Refused(Exception):
    """What a driver raises where the subject refused: a typed error of the contract.

    Attributes:
        error: The kind, one of the contract's ``errors``.
        status: The status of the answer, where there is one.
        code: The service's own word for it.
    """

    def __init__(self, error: str, *, status: int | None = None, code: str = "", detail: str = "") -> None:
        """Take the kind of error, and what the service said."""
        self.error = error
        self.status = status
        self.code = code
        super().__init__(detail or error)


class Unreachable(Exception):
    """What a driver raises where the service could not be reached or does not work: no finding about the subject."""


class NotOffered(Exception):
    """What a driver raises where its client cannot express the step: shown as not offered, never as passed."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """One outcome that a model allows, and the state that the subject is in after it.

    Attributes:
        outcome: Chosen values are names that the model gives; one name stands for one value.
        state: The state of the model after it.
        reason: Why it is allowed beside the first; the first has none.
    """

    outcome: Outcome
    state: Any
    reason: str = ""


def ok(state: Any, /, *, because: str = "", **value: Value) -> Allowed:
    """Return that a step may succeed with some fields, and the state after it."""
    return Allowed(Outcome(value), state, because)


def refused(state: Any, /, error: str, *, because: str = "") -> Allowed:
    """Return that a step may be refused, and the state after it: mostly the one before it."""
    return Allowed(Outcome(error=error), state, because)


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of a contract.

    Attributes:
        name: The name of the driver's function too.
        model: Called with the contract, the state and the arguments; returns what is allowed, the usual first.
        arguments: How each argument is drawn.
        needs: Capabilities without which it is not offered.
        needs_for: Capabilities without which an argument is not offered, by its name.
        gives: Fields of its value that later steps may refer to.
        weight: How often it is drawn beside the others.
        is_safe: Whether it leaves the subject as it is.
        variant: Called with the contract, the state and the arguments; returns a few words on what sort of step it is.
    """

    name: str
    model: Callable[..., Any]
    arguments: Mapping[str, Strategy]
    needs: frozenset[str]
    needs_for: Mapping[str, str]
    gives: tuple[str, ...]
    weight: int
    is_safe: bool
    variant: Callable[..., str] | None

    def needs_of(self, args: Mapping[str, Value]) -> frozenset[str]:
        """Return the capabilities that a step with some arguments needs."""
        return self.needs | {capability for name, capability in self.needs_for.items() if name in args}


def operation(  # noqa: PLR0913  (what an operation is; each is a word)
    *,
    needs: str | Iterable[str] = (),
    needs_for: Mapping[str, str] | None = None,
    gives: Iterable[str] = (),
    weight: int = 1,
    is_safe: bool = False,
    variant: Callable[..., str] | None = None,
    **arguments: Strategy,
) -> Callable[[F], F]:
    """Make a method of a contract an operation; its keyword arguments are those of the operation.

    The method is called as ``method(self, state, **args)`` and returns an ``Allowed`` or several, the usual one first.
    It must not change the state. A reference reaches it as the value that the model gave in the earlier step.

    Args:
        needs: Capabilities without which it is not offered.
        needs_for: Capabilities without which an argument is not offered, by its name.
        gives: Fields of its value that later steps may refer to.
        weight: How often it is drawn beside the others.
        is_safe: Whether it leaves the subject as it is.
        variant: Called as ``variant(self, state, **args)``; returns a few words on what sort of step it is, for
            signatures: two steps with the same words show the same behaviour when the same comes of them.
        arguments: How each argument is drawn.
    """
    wanted = frozenset([needs] if isinstance(needs, str) else needs)

    def decorate(function: F) -> F:
        found = Operation(
            function.__name__, function, arguments, wanted, needs_for or {}, tuple(gives), weight, is_safe, variant
        )
        setattr(function, MARK, found)
        return function

    return decorate


@dataclass(frozen=True, slots=True)
class Contract:
    """The operations that every subject of a sort offers, and the model that says what is allowed.

    Attributes:
        name: Its name in fixtures.toml and traces.
        version: Counted up when old traces no longer mean what they did.
        errors: The closed set of errors.
        operations: By name, in order of definition.
        pools: How the values of each pool are drawn.
        canary: A program that every healthy subject passes.
        definition: The instance of the class.
        simpler: By argument name, values that shrinking tries, the simplest first.
        probes: By capability, a program that does well where it is offered.
    """

    name: str
    version: int
    errors: frozenset[str]
    operations: Mapping[str, Operation]
    pools: Mapping[str, Strategy]
    canary: tuple[Step, ...]
    definition: Any
    simpler: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    probes: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The name and the version, as traces give them."""
        return f"{self.name}@{self.version}"

    @property
    def capabilities(self) -> frozenset[str]:
        """Every capability that an operation or an argument needs, or that a probe is about."""
        needed = {word for each in self.operations.values() for word in (*each.needs, *each.needs_for.values())}
        return frozenset(needed | self.probes.keys())

    def start(self, capabilities: frozenset[str]) -> Any:
        """Return the state of a fresh subject."""
        return self.definition.start(capabilities)

    def allowed(self, state: Any, step: Step, args: Mapping[str, Value]) -> tuple[Allowed, ...]:
        """Return what may come of a step, the usual first.

        Args:
            state: The state before it.
            step: The step.
            args: Its arguments, with the model's own values for references.

        Raises:
            UsageError: The model allows nothing, or an error that is not of the contract.
        """
        found = self.operation(step.op).model(self.definition, state, **args)
        allowed = (found,) if isinstance(found, Allowed) else tuple(found)
        unknown = {each.outcome.error for each in allowed if each.outcome.error} - self.errors
        if unknown or not allowed:
            what = f"The model of {self.id} allows {', '.join(sorted(unknown)) or 'nothing'} for {step.op}."
            raise UsageError(what, f"Its errors are {', '.join(sorted(self.errors))}.", slug="bad-model")
        return allowed

    def operation(self, name: str) -> Operation:
        """Return an operation by its name.

        Raises:
            UsageError: The contract has none of this name.
        """
        if name not in self.operations:
            cure = f"Its operations are {', '.join(self.operations)}."
            raise UsageError(f"{self.id} has no operation {name!r}.", cure, slug="unknown-operation")
        return self.operations[name]


def contract(  # noqa: PLR0913  (what a contract is; each is a word)
    name: str,
    *,
    version: int = 1,
    errors: Iterable[str],
    pools: Mapping[str, Strategy] | None = None,
    canary: Iterable[Step] = (),
    simpler: Mapping[str, Iterable[Value]] | None = None,
    probes: Mapping[str, Iterable[Step]] | None = None,
) -> Callable[[C], Contract]:
    """Make a class of operations a contract.

    The class has a method ``start(self, capabilities)`` that returns the state of a fresh subject, and methods
    decorated with ``operation``.

    Args:
        name: Its name in fixtures.toml and traces.
        version: Counted up when old traces no longer mean what they did.
        errors: The closed set of errors that drivers raise.
        pools: How the values of each pool are drawn.
        canary: Steps that succeed on every healthy subject; run now and then while exploring.
        simpler: By argument name, values that shrinking tries, the simplest first; one of them is made no simpler than
            those before it.
        probes: By capability, steps that do well on a fresh subject where it is offered; how the capabilities of a
            subject that nobody has declared are found out.
    """

    def decorate(definition: C) -> Contract:
        marked = [getattr(each, MARK) for base in reversed(definition.__mro__) for each in vars(base).values()
                  if hasattr(each, MARK)]  # fmt: skip
        return Contract(
            name,
            version,
            frozenset(errors),
            {each.name: each for each in marked},
            pools or {},
            tuple(canary),
            definition(),
            {key: tuple(values) for key, values in (simpler or {}).items()},
            {capability: tuple(steps) for capability, steps in (probes or {}).items()},
        )

    return decorate
