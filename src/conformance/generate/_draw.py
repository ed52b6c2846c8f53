"""Draws a program from a tape of bytes that Hypothesis drew: what a contract's strategies are handed.

What is drawn depends on what came of the steps before, and Hypothesis takes a test that draws otherwise the second time
for a broken one. So it draws the tape, whole and first, and varies that; the program is read off it while it runs.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.contract import Session
    from conformance.trace import Ref, Value

T = TypeVar("T")
BYTES_A_DRAW = 3
TAPE_BYTES = 1200


class TapeDraw:
    """Draws for one program, step by step, while it runs; from an empty tape, always the simplest.

    Attributes:
        pools: What ``pooled`` draws from.
        args: The arguments of the step that were drawn so far.
    """

    def __init__(self, tape: bytes, session: Session) -> None:
        """Take the tape and the session of the program."""
        self._tape = tape
        self._at = 0
        self._session = session
        self.pools: Mapping[str, Sequence[Value]] = {}
        self.args: Mapping[str, Value] = {}

    @property
    def state(self) -> Any:
        """The state of the model before the step."""
        return self._session.state

    def choice(self, values: Sequence[T], weights: Sequence[int] | None = None) -> T:
        """Return one of some values."""
        if weights is None:
            return values[self.whole(0, len(values) - 1)]
        sums = list(accumulate(weights, initial=0))
        return values[bisect_right(sums, self.whole(0, sums[-1] - 1)) - 1]

    def whole(self, low: int, high: int) -> int:
        """Return a whole number between two bounds, both included."""
        drawn = self._tape[self._at : self._at + BYTES_A_DRAW]
        self._at += BYTES_A_DRAW
        return low + int.from_bytes(drawn, "big") % (high - low + 1)

    def pooled(self, pool: str) -> Value:
        """Return a value of a pool."""
        return self.choice(self.pools[pool])

    def earlier(self, field: str) -> Ref | None:
        """Return a reference to a field of an earlier outcome, the latest the simplest."""
        found = self._session.gives(field)[::-1]
        return self.choice(found) if found else None

    def refs(self, field: str) -> Sequence[Ref]:
        """Return references to every earlier outcome that has a field, oldest first."""
        return self._session.gives(field)

    def given(self, ref: Ref) -> Value:
        """Return the model's own value that a reference stands for."""
        return self._session.given(ref)
