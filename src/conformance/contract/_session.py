"""Runs steps on a subject and on the model side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from conformance.contract._api import LEAKED, NOT_OFFERED, Allowed, Contract, Operation
from conformance.contract._comparing import agreed, class_of, differences, shape_of
from conformance.trace import Chosen, Outcome, Program, Ref, Step, Value, numbered, refs_in

if TYPE_CHECKING:
    from conformance.contract._calling import Call

MOST_STATES = 64
UNRESOLVED = "unresolved"


class Verdict(StrEnum):
    """What is to be said of a step, or of a program: that of its worst step."""

    OK = "ok"
    ALLOWED = "allowed"
    NOT_OFFERED = "not offered"
    DIVERGES = "diverges"
    FLAKY = "flaky"
    MODEL_SUSPECT = "model suspect"
    ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class Played:
    """A step, and what came of it.

    Attributes:
        step: The step.
        outcome: What came of it; chosen values as the subject gave them.
        variant: What sort of step it was.
        expected: What the model allowed, the usual first.
        accepted: What of it came; None where the outcome is none of it.
    """

    step: Step
    outcome: Outcome
    variant: str
    expected: tuple[Allowed, ...]
    accepted: Allowed | None

    @property
    def verdict(self) -> Verdict:
        """What is to be said of it by itself."""
        if self.outcome.error == NOT_OFFERED:
            return Verdict.NOT_OFFERED
        if self.accepted is None:
            return Verdict.DIVERGES
        return Verdict.ALLOWED if self.accepted.reason else Verdict.OK

    @property
    def signature(self) -> str:
        """The behaviour that it shows: operation, variant, and class of the outcome.

        An error that leaks is told without the variant: a client leaks it wherever it does not look.
        """
        if self.outcome.error == LEAKED:
            return f"{self.step.op} -> {class_of(self.outcome)}"
        return f"{sort_of(self.step.op, self.variant)} -> {class_of(self.outcome)}"

    @property
    def group(self) -> str:
        """For a divergence, what sort it is: the same for all that differ in the same way."""
        if not self.expected:
            return self.signature
        if self.outcome.error == LEAKED:
            return f"{self.step.op}: {class_of(self.outcome)}"
        differing = differences(self.expected[0].outcome, self.outcome)
        return f"{sort_of(self.step.op, self.variant)}: {differing}"


def sort_of(op: str, variant: str) -> str:
    """Return what sort of step one is, as signatures and groups begin."""
    return f"{op}/{variant}" if variant else op


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A state that the subject may be in: what the model says it is, after outcomes that it allowed."""

    state: Any
    chosen: Mapping[str, str] = field(default_factory=dict)
    values: tuple[Mapping[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """A program that was run."""

    program: Program
    played: tuple[Played, ...]

    @property
    def divergence(self) -> Played | None:
        """The first step that diverges."""
        return next((each for each in self.played if each.verdict is Verdict.DIVERGES), None)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What came of each step, chosen values numbered."""
        return numbered_outcomes([each.outcome for each in self.played])


def numbered_outcomes(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """Return outcomes with what was chosen as ``$1``, ``$2`` in order of first appearance over all of them."""
    seen: dict[str, str] = {}
    return tuple(
        replace(each, value=numbered(each.value, seen)) if each.value is not None else each for each in outcomes
    )


class UnresolvedError(LookupError):
    """A reference to a step that did not give the field: it failed, or is not there."""


class Session:
    """One fresh subject and the model beside it.

    Where the model allows several outcomes that look alike, it is followed in every state that it may be in.
    """

    def __init__(self, contract: Contract, call: Call, *, capabilities: frozenset[str]) -> None:
        """Take the contract, what calls the subject (``call_of``), and what it offers."""
        self._contract = contract
        self._call = call
        self._capabilities = capabilities
        self._candidates = [_Candidate(contract.start(capabilities))]
        self._values: list[Mapping[str, Value]] = []
        self.played: list[Played] = []

    @property
    def state(self) -> Any:
        """The state of the model: the first of those that the subject may be in."""
        return self._candidates[0].state

    def gives(self, field_name: str) -> list[Ref]:
        """Return references to every outcome so far that has a field of this name, oldest first.

        The model must have the field too: it has not where a step succeeded that it says is refused.
        """
        sides = [self._values, *(candidate.values for candidate in self._candidates)]
        return [
            Ref(number, field_name)
            for number, values in enumerate(zip(*sides, strict=True), start=1)
            if all(field_name in value for value in values)
        ]

    def given(self, ref: Ref) -> Value:
        """Return the model's own value that a reference stands for."""
        return resolved(ref, self._candidates[0].values)

    def sort_of(self, step: Step) -> str:
        """Return what sort of step one would be now: the operation, and the variant if there is one.

        Raises:
            UnresolvedError: A reference is to a field that no earlier step gave.
        """
        candidate = self._candidates[0]
        args = {name: resolved(value, candidate.values) for name, value in step.args.items()}
        return sort_of(step.op, self._variant(self._contract.operation(step.op), candidate.state, args))

    def play(self, step: Step) -> Played:
        """Run a step on the subject, and hold what comes of it against the model.

        A step that needs a capability that is not offered is not run, and neither is one that refers to a field that no
        earlier step gave. After an outcome that is not allowed, the model goes on as if the usual one had come.

        Raises:
            Unreachable: The service could not be reached.
            UsageError: The contract has no such operation, or its model is broken.
        """
        operation = self._contract.operation(step.op)
        lacks = operation.needs_of(step.args) - self._capabilities
        if lacks:
            outcome = Outcome(error=NOT_OFFERED, detail=f"needs {', '.join(sorted(lacks))}")
        elif not self._is_resolvable(step):
            outcome = Outcome(error=NOT_OFFERED, code=UNRESOLVED, detail="refers to what no earlier step gave")
        else:
            args = {name: resolved(value, self._values) for name, value in step.args.items()}
            outcome = self._call(step.op, {name: _plain(value) for name, value in args.items()})
        played = self._judged(operation, step, outcome)
        self.played.append(played)
        self._values.append(outcome.value or {})
        return played

    def _is_resolvable(self, step: Step) -> bool:
        sides = [self._values, *(candidate.values for candidate in self._candidates)]
        refs = list(refs_in(step.args))
        return all(ref.step <= len(values) and ref.field in values[ref.step - 1] for ref in refs for values in sides)

    def _judged(self, operation: Operation, step: Step, outcome: Outcome) -> Played:
        if outcome.error == NOT_OFFERED:
            self._candidates = [replace(each, values=(*each.values, {})) for each in self._candidates]
            return Played(step, outcome, outcome.code, (), None)
        followed: list[tuple[_Candidate, Allowed]] = []
        expected: list[Allowed] = []
        variant = ""
        for at, candidate in enumerate(self._candidates):
            args = {name: resolved(value, candidate.values) for name, value in step.args.items()}
            variant = variant or self._variant(operation, candidate.state, args)
            for allowed in self._contract.allowed(candidate.state, step, args):
                expected += [allowed] if at == 0 or allowed.outcome not in [each.outcome for each in expected] else []
                chosen = agreed(allowed.outcome, outcome, candidate.chosen)
                if chosen is not None:
                    values = (*candidate.values, allowed.outcome.value or {})
                    followed.append((_Candidate(allowed.state, chosen, values), allowed))
        if followed:
            kept = [candidate for candidate, _ in followed]
        else:
            kept = [replace(self._candidates[0], state=expected[0].state,
                            values=(*self._candidates[0].values, expected[0].outcome.value or {}))]  # fmt: skip
        self._candidates = _distinct(kept)[:MOST_STATES]
        return Played(step, outcome, variant, tuple(expected), followed[0][1] if followed else None)

    def _variant(self, operation: Operation, state: Any, args: Mapping[str, Value]) -> str:
        if operation.variant is not None:
            return operation.variant(self._contract.definition, state, **args)
        words = [f"{name} {shape}".strip() for name, value in args.items() for shape in [shape_of(value)]]
        return ", ".join(words)


def _distinct(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    kept: list[_Candidate] = []
    for each in candidates:
        if each not in kept:
            kept.append(each)
    return kept


def resolved(value: Value, values: Sequence[Mapping[str, Value]]) -> Value:
    """Return an argument with its references replaced by what earlier steps gave.

    Raises:
        UnresolvedError: A step gave no such field.
    """
    if isinstance(value, Ref):
        if value.step > len(values) or value.field not in values[value.step - 1]:
            raise UnresolvedError(f"step {value.step} gave no {value.field}")
        return values[value.step - 1][value.field]
    if isinstance(value, Mapping):
        return {name: resolved(each, values) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [resolved(each, values) for each in value]
    return value


def _plain(value: Value) -> Value:
    """Return an argument as a driver takes it: what was chosen, as text."""
    if isinstance(value, Chosen):
        return value.text
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value


def run_program(contract: Contract, program: Program, call: Call, *, capabilities: frozenset[str]) -> Run:
    """Run every step of a program on a fresh subject.

    Raises:
        Unreachable: The service could not be reached.
    """
    session = Session(contract, call, capabilities=capabilities)
    for step in program.steps:
        session.play(step)
    return Run(program, tuple(session.played))


def usual_outcomes(contract: Contract, program: Program, *, capabilities: frozenset[str]) -> tuple[Outcome, ...]:
    """Return what the model expects first of each step: ``expect`` of a trace, chosen values numbered.

    Raises:
        UnresolvedError: A reference is to a field that the model's own outcome does not have.
    """
    state = contract.start(capabilities)
    values: list[Mapping[str, Value]] = []
    found: list[Outcome] = []
    for step in program.steps:
        args = {name: resolved(value, values) for name, value in step.args.items()}
        usual = contract.allowed(state, step, args)[0]
        state = usual.state
        found.append(usual.outcome)
        values.append(usual.outcome.value or {})
    return numbered_outcomes(found)
