"""Draws random programs for the tests of contracts, and plays them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from conformance.contract import ABSENT
from conformance.trace import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.contract import Contract, Session
    from conformance.trace import Ref, Value

T = TypeVar("T")
POOL = 4


@dataclass
class Drawn:
    """A Draw on whatever draws whole numbers: Hypothesis, or a generator of random ones where many are wanted."""

    whole: Callable[[int, int], int]
    session: Session
    pools: Mapping[str, Sequence[Value]]
    args: dict[str, Value]

    @property
    def state(self) -> Any:
        return self.session.state

    def choice(self, values: Sequence[T], weights: Sequence[int] | None = None) -> T:
        if weights is None:
            return values[self.whole(0, len(values) - 1)]
        at = self.whole(0, sum(weights) - 1)
        for value, weight in zip(values, weights, strict=True):
            at -= weight
            if at < 0:
                return value
        raise AssertionError(at)

    def pooled(self, pool: str) -> Value:
        return self.choice(self.pools[pool])

    def earlier(self, field: str) -> Ref | None:
        found = self.refs(field)
        return self.choice(found) if found else None

    def refs(self, field: str) -> Sequence[Ref]:
        return self.session.gives(field)

    def given(self, ref: Ref) -> Value:
        return self.session.given(ref)


def play(whole: Callable[[int, int], int], contract: Contract, session: Session, *, steps: int) -> None:
    """Draw and play so many steps on a session."""
    pools: dict[str, list[Value]] = {}
    draw = Drawn(whole, session, pools, {})
    for name, strategy in contract.pools.items():
        pools[name] = [strategy(draw) for _ in range(POOL)]
    operations = list(contract.operations.values())
    for _ in range(steps):
        operation = draw.choice(operations, [each.weight for each in operations])
        draw.args = {}
        for name, strategy in operation.arguments.items():
            value = strategy(draw)
            if value is not ABSENT:
                draw.args[name] = value
        session.play(Step(operation.name, draw.args))
