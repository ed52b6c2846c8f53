"""Draws programs step by step while they run, from any source of whole numbers: Hypothesis, or a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import Any, TypeAlias, TypeVar

from hypothesis import strategies as st

from conformance.contract import ABSENT, Contract, Session, Strategy, Verdict, call_of
from conformance.trace import Ref, Step, Value

T = TypeVar("T")
POOL_SIZE = 5
Whole: TypeAlias = Callable[[int, int], int]


def of_hypothesis(data: st.DataObject) -> Whole:
    """Return whole numbers that Hypothesis draws."""
    return lambda low, high: data.draw(st.integers(low, high))


def of_seed(seed: int) -> Whole:
    """Return whole numbers that follow from a seed."""
    return Random(seed).randint  # noqa: S311  (nothing hangs on it)


class PathDraw:
    """The ``Draw`` of one program."""

    def __init__(self, session: Session, pools: Mapping[str, Strategy], whole: Whole) -> None:
        self._session = session
        self._pools = pools
        self._pooled: dict[str, list[Value]] = {}
        self.whole = whole

    @property
    def state(self) -> Any:
        return self._session.state

    def choice(self, values: Sequence[T], weights: Sequence[int] | None = None) -> T:
        ends = list(accumulate(weights or [1] * len(values)))
        at = self.whole(1, ends[-1])
        return next(value for value, end in zip(values, ends, strict=True) if at <= end)

    def pooled(self, pool: str) -> Value:
        if pool not in self._pooled:
            self._pooled[pool] = [self._pools[pool](self) for _ in range(POOL_SIZE)]
        return self.choice(self._pooled[pool])

    def earlier(self, field: str) -> Ref | None:
        found = self._session.gives(field)
        return self.choice(found) if found else None

    def refs(self, field: str) -> Sequence[Ref]:
        return self._session.gives(field)

    def given(self, ref: Ref) -> Value:
        return self._session.given(ref)

    args: Mapping[str, Value] = {}


def drawn_step(draw: PathDraw, contract: Contract, capabilities: frozenset[str]) -> Step:
    """Draw one step of what is offered."""
    offered = [each for each in contract.operations.values() if each.needs <= capabilities]
    operation = draw.choice(offered, [each.weight for each in offered])
    args = {name: strategy(draw) for name, strategy in operation.arguments.items()
            if operation.needs_for.get(name, "") in {"", *capabilities}}  # fmt: skip
    return Step(operation.name, {name: value for name, value in args.items() if value is not ABSENT})


def drawn(
    session: Session, contract: Contract, capabilities: frozenset[str], whole: Whole, *, most: int = 14
) -> Iterator[Step]:
    """Yield some steps, each drawn when those before it were played."""
    draw = PathDraw(session, contract.pools, whole)
    for _ in range(most):
        yield drawn_step(draw, contract, capabilities)


def played(
    contract: Contract, subject: object, capabilities: frozenset[str], whole: Whole, *, most: int = 14
) -> Session:
    """Draw and play steps on a subject until one diverges, or for some steps."""
    session = Session(contract, call_of(subject), capabilities=capabilities)
    for step in drawn(session, contract, capabilities, whole, most=most):
        if session.play(step).verdict is Verdict.DIVERGES:
            break
    return session


def told(session: Session) -> str:
    """Return a program with what came of it, for a failed assertion."""
    lines = [f"{each.verdict}: {each.step.op} {dict(each.step.args)!r:.300} -> {each.outcome!r:.300}"
             for each in session.played]  # fmt: skip
    last = session.played[-1]
    return "\n".join([*lines, f"allowed: {[each.outcome for each in last.expected]!r:.600}"])


def divergence_of(session: Session) -> str:
    """Return the group of the step that diverges, or nothing."""
    last = session.played[-1]
    return last.group if last.verdict is Verdict.DIVERGES else ""
