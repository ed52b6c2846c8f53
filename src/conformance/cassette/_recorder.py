"""Keeps what was sent and answered until it is known whether the test passed."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.cassette._interaction import Interaction

if TYPE_CHECKING:
    from conformance.cassette._interaction import Request, Response
    from conformance.cassette._journal import Journal
    from conformance.cassette._scrubbing import Scrubber


class Recorder:
    """Collects the interactions of one recording. Safe to call from several threads."""

    def __init__(self, *, scrubber: Scrubber, journal: Journal | None = None) -> None:
        """Start empty; what is kept has gone through the scrubber, and is in the journal when ``keep`` returns."""
        self._scrubber = scrubber
        self._journal = journal
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
            kept = Interaction(self._scrubber.request(request), replace(scrubbed, headers=headers))
            if self._journal is not None:
                self._journal.append(place, kept)
            self._kept[place] = kept

    def close(self) -> None:
        """Remove the journal: the recording was put in place, or given up."""
        with self._lock:
            if self._journal is not None:
                self._journal.remove()

    @property
    def interactions(self) -> tuple[Interaction, ...]:
        """What was kept, in order of sending."""
        with self._lock:
            return tuple(self._kept[place] for place in sorted(self._kept))
