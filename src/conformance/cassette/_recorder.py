"""Keeps what was sent and answered until it is known whether the test passed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from conformance.cassette._interaction import Interaction

if TYPE_CHECKING:
    from conformance.cassette._interaction import Request, Response
    from conformance.cassette._scrubbing import Scrubber


class Recorder:
    """Collects the interactions of one recording. Safe to call from several threads."""

    def __init__(self, *, scrubber: Scrubber) -> None:
        """Start empty; what is kept has gone through the scrubber."""
        self._scrubber = scrubber
        self._lock = threading.Lock()
        self._begun = 0
        self._kept: dict[int, Interaction] = {}

    def begin(self) -> int:
        """Return the place of a request that is about to be sent, in order of sending."""
        with self._lock:
            self._begun += 1
            return self._begun

    def keep(self, place: int, request: Request, response: Response) -> None:
        """Keep one interaction at the place that its request was given."""
        with self._lock:
            scrubbed = Interaction(self._scrubber.request(request), self._scrubber.response(response))
            self._kept[place] = scrubbed

    @property
    def interactions(self) -> tuple[Interaction, ...]:
        """What was kept, in order of sending."""
        with self._lock:
            return tuple(self._kept[place] for place in sorted(self._kept))
