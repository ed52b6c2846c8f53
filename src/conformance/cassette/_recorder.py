"""Keeps what was sent and answered until it is known whether the test passed."""

from __future__ import annotations

import threading
from dataclasses import replace
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
        """Keep one interaction at the place that its request was given.

        Response headers are kept by name: servers send them in another order each time, which means nothing (RFC 9110
        section 5.3) and would bury what did change between two recordings.
        """
        with self._lock:
            scrubbed = self._scrubber.response(response)
            headers = tuple(sorted(scrubbed.headers, key=lambda pair: pair[0].lower()))
            self._kept[place] = Interaction(self._scrubber.request(request), replace(scrubbed, headers=headers))

    @property
    def interactions(self) -> tuple[Interaction, ...]:
        """What was kept, in order of sending."""
        with self._lock:
            return tuple(self._kept[place] for place in sorted(self._kept))
