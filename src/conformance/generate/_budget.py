"""How much an exploration may spend."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.generate._harvest import Harvest


@dataclass(slots=True)
class Budget:
    """How much an exploration may spend, what earlier runs of it spent included; None is no bound.

    Attributes:
        seconds: In time, of this run alone.
        requests: In requests.
        size_bytes: In bytes of bodies, both ways.
        programs: In programs.
    """

    seconds: float | None = None
    requests: int | None = None
    size_bytes: int | None = None
    programs: int | None = None
    started: float = field(default_factory=time.monotonic, compare=False)

    def begin(self) -> None:
        """Count the seconds from now on."""
        self.started = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since this run began."""
        return time.monotonic() - self.started

    def spent(self, harvest: Harvest, *, requests: int = 0, size_bytes: int = 0) -> str:
        """Return in a word what is spent; empty where nothing is.

        Args:
            harvest: What the programs that ran spent.
            requests: What the one that runs now has spent.
            size_bytes: The same in bytes.
        """
        pairs = (
            ("time", self.elapsed, self.seconds),
            ("requests", harvest.requests + requests, self.requests),
            ("bytes", harvest.size_bytes + size_bytes, self.size_bytes),
            ("programs", harvest.programs, self.programs),
        )
        return next((word for word, used, bound in pairs if bound is not None and used >= bound), "")
