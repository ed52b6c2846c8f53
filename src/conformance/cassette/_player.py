"""Finds the interaction that answers a request, once each and in recorded order, or says what differs."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.errors import MissingCassette, NoMatch, ReplayStop

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.cassette._interaction import Interaction, Request, Response
    from conformance.cassette._matching import Fingerprint, Matcher
    from conformance.cassette._scrubbing import Scrubber
    from conformance.cassette._store import Cassette


class Player:
    """Plays one cassette. Safe to call from several threads.

    Attributes:
        stops: What was raised so far; a client may swallow it, so whoever opened the player looks here at the end.
    """

    def __init__(self, cassette: Cassette, *, matcher: Matcher, scrubber: Scrubber, mend: str) -> None:
        """Index the cassette; ``mend`` is the command that records it anew."""
        self._cassette = cassette
        self._matcher = matcher
        self._scrubber = scrubber
        self._mend = mend
        self._lock = threading.Lock()
        self._fingerprints = [matcher.fingerprint(item.request) for item in cassette.interactions]
        self._queues: dict[Fingerprint, deque[int]] = defaultdict(deque)
        for position, fingerprint in enumerate(self._fingerprints):
            self._queues[fingerprint].append(position)
        self._played: set[int] = set()
        self.stops: list[ReplayStop] = []

    def answer(self, request: Request) -> Response:
        """Return the response to the first unplayed interaction that matches.

        Raises:
            NoMatch: There is none; the message has the nearest one and the part that differs.
        """
        with self._lock:
            sent = self._matcher.fingerprint(self._scrubber.request(request))
            queue = self._queues.get(sent)
            if queue:
                position = queue.popleft()
                self._played.add(position)
                return self._cassette.interactions[position].response
            stop = NoMatch(
                f"No recorded interaction answers {_told(request)}.",
                f"mend      re-record with `{self._mend}`",
                path=self._cassette.path,
                details=[self._counted(), *self._nearest(sent)],
            )
            self.stops.append(stop)
        raise stop

    @property
    def unplayed(self) -> list[Interaction]:
        """The interactions that no request has asked for, in recorded order."""
        return [item for at, item in enumerate(self._cassette.interactions) if at not in self._played]

    def _counted(self) -> str:
        return f"cassette  {len(self._cassette.interactions)} interactions, {len(self._played)} played"

    def _nearest(self, sent: Fingerprint) -> list[str]:
        """Describe the interaction that differs in the fewest parts, an unplayed one before a played one."""
        if not self._fingerprints:
            return []
        scored = [
            (len(self._matcher.differences(recorded, sent)), at in self._played, at)
            for at, recorded in enumerate(self._fingerprints)
        ]
        _, played, at = min(scored)
        differences = self._matcher.differences(self._fingerprints[at], sent)
        line = self._cassette.line_of(at)
        where = f"#{at + 1}" + (f", line {line}" if line else "")
        if not differences:
            return [f"nearest   {where}: agrees in every part, but was played already"]
        state = " (played already)" if played else ""
        names = ", ".join(difference.part for difference in differences)
        lines = [f"nearest   {where}{state}: {names} differ{'s' * (len(differences) == 1)}"]
        for difference in differences:
            lines += [f"          recorded {difference.recorded}", f"          sent     {difference.sent}"]
        return lines


class Absent:
    """Stands in for a cassette that was never recorded; stops the first request, and nothing before it."""

    def __init__(self, path: Path, *, mend: str) -> None:
        """Take the place where the cassette would be, and the command that records it."""
        self._path = path
        self._mend = mend
        self.stops: list[ReplayStop] = []
        self.unplayed: list[Interaction] = []

    def answer(self, request: Request) -> Response:
        """Raise.

        Raises:
            MissingCassette: Always.
        """
        stop = MissingCassette(
            f"Nothing is recorded yet that answers {_told(request)}.",
            f"Record it with `{self._mend}`.",
            path=self._path,
        )
        self.stops.append(stop)
        raise stop


def _told(request: Request) -> str:
    """Return method, path and query: what a reader needs, without a host or a header."""
    url = urlsplit(request.uri)
    return f"{request.method} {url.path or '/'}" + (f"?{url.query}" if url.query else "")
