"""How arguments are drawn: strategies as plain functions of what draws them, so that a contract needs no library."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

from conformance.trace import Ref, Value, pattern

T = TypeVar("T")


class Absent:
    """Stands for an argument that is not given."""

    def __repr__(self) -> str:
        """Say what it is."""
        return "ABSENT"


ABSENT = Absent()


class Draw(Protocol):
    """What draws the arguments of a step; `generate` hands one in that is Hypothesis."""

    @property
    def state(self) -> Any:
        """The state of the model before the step."""

    @property
    def args(self) -> Mapping[str, Value]:
        """The arguments of the step that were drawn so far, in the order of the operation; absent ones are left out."""

    def choice(self, values: Sequence[T], weights: Sequence[int] | None = None) -> T:
        """Return one of some values; without weights each is as likely, and the first is the simplest."""

    def whole(self, low: int, high: int) -> int:
        """Return a whole number between two bounds, both included."""

    def pooled(self, pool: str) -> Value:
        """Return a value of a pool: a few values, drawn once a program, so that steps meet on them."""

    def earlier(self, field: str) -> Ref | None:
        """Return a reference to a field of an earlier outcome that has it; None where there is none."""

    def refs(self, field: str) -> Sequence[Ref]:
        """Return references to every earlier outcome that has a field, oldest first."""

    def given(self, ref: Ref) -> Value:
        """Return the model's own value that a reference stands for."""


Strategy: TypeAlias = Callable[[Draw], Value]


def pooled(pool: str) -> Strategy:
    """Draw from a pool of the contract."""
    return lambda draw: draw.pooled(pool)


def choice(*values: Value, weights: Sequence[int] | None = None) -> Strategy:
    """Draw one of some values, the simplest first."""
    return lambda draw: draw.choice(values, weights)


def whole(low: int, high: int) -> Strategy:
    """Draw a whole number, both bounds included."""
    return lambda draw: draw.whole(low, high)


def earlier(field: str) -> Strategy:
    """Draw a reference to a field of an earlier outcome; absent where there is none."""

    def strategy(draw: Draw) -> Value:
        found = draw.earlier(field)
        return ABSENT if found is None else found

    return strategy


def maybe(strategy: Strategy, *, one_in: int = 4) -> Strategy:
    """Draw an argument once in so many steps, and else leave it out."""
    return lambda draw: strategy(draw) if draw.whole(1, one_in) == one_in else ABSENT


def one_of(*strategies: Strategy, weights: Sequence[int] | None = None) -> Strategy:
    """Draw with one of some strategies."""
    return lambda draw: draw.choice(strategies, weights)(draw)


def lists(strategy: Strategy, *, low: int = 0, high: int = 4) -> Strategy:
    """Draw a list; what is absent is left out of it."""

    def draw_list(draw: Draw) -> Value:
        drawn = [strategy(draw) for _ in range(draw.whole(low, high))]
        return [each for each in drawn if each is not ABSENT]

    return draw_list


def mappings(**strategies: Strategy) -> Strategy:
    """Draw a mapping of fixed names; what is absent is left out of it."""

    def draw_mapping(draw: Draw) -> Mapping[str, Value]:
        drawn = {name: strategy(draw) for name, strategy in strategies.items()}
        return {name: each for name, each in drawn.items() if each is not ABSENT}

    return draw_mapping


def patterned(*sizes: int, weights: Sequence[int] | None = None) -> Strategy:
    """Draw bytes of one of some sizes, in a pattern whose period divides no part or block size."""
    return lambda draw: pattern(draw.choice(sizes, weights))
