"""Finds the interaction that answers a request, once each and in recorded order, or says what differs."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from conformance.cassette._comparison import compare_requests
from conformance.errors import MissingCassette, NoMatch, ReplayStop

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.cassette._interaction import Interaction, Request, Response
    from conformance.cassette._matching import Difference, Fingerprint, Matcher
    from conformance.cassette._store import Cassette
    from conformance.cassette.scrubbing import Scrubber


SHOWN_DIFFERENCES = 5
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})  # those that change nothing: RFC 9110 section 9.2.1, but TRACE


class Player:
    """Plays one cassette. Safe to call from several threads.

    Attributes:
        stops: What was raised so far; a client may swallow it, so whoever opened the player looks here at the end.
    """

    sends: Literal["never"] = "never"

    def __init__(  # noqa: PLR0913  (each is a choice of its own)
        self,
        cassette: Cassette,
        *,
        matcher: Matcher,
        scrubber: Scrubber,
        mend: str,
        is_elastic: bool = False,
        is_ordered: bool = False,
    ) -> None:
        """Index the cassette.

        Where a part of its requests was not recorded, of one or of all, no request is matched on that part.

        Args:
            cassette: What is played.
            matcher: Says which interaction answers.
            scrubber: What a request goes through before it is matched.
            mend: The command that records the cassette anew.
            is_elastic: Answer a safe request again that was answered already, as long as no recorded change lies
                between that answer and the furthest interaction that was played.
            is_ordered: Answer only what was recorded next, not what was recorded next of the same key.
        """
        self._cassette = cassette
        requests = [item.request for item in cassette.interactions]
        self._matcher = matcher.without(frozenset().union(*{request.unrecorded for request in requests}))
        self._scrubber = scrubber
        self._mend = mend
        self._lock = threading.Lock()
        self._fingerprints = [self._matcher.fingerprint(request) for request in requests]
        self._queues: dict[Fingerprint, deque[int]] = defaultdict(deque)
        for position, fingerprint in enumerate(self._fingerprints):
            self._queues[fingerprint].append(position)
        self._is_elastic = is_elastic
        self._is_ordered = is_ordered
        self._changes = [
            at for at, item in enumerate(cassette.interactions) if item.request.method.upper() not in SAFE_METHODS
        ]
        self._played: set[int] = set()
        self._last_played: dict[Fingerprint, int] = {}
        self._next = 0
        self._furthest = -1
        self.stops: list[ReplayStop] = []

    def find(self, request: Request) -> Response | None:
        """Return the response of the first unplayed interaction that matches; None where there is none."""
        with self._lock:
            return self._find(self._matcher.fingerprint(self._scrubber.request(request)), request)

    def answer(self, request: Request) -> Response:
        """Return the response of the first unplayed interaction that matches.

        Raises:
            NoMatch: There is none; the message has the nearest one and the part that differs.
        """
        with self._lock:
            scrubbed = self._scrubber.request(request)
            sent = self._matcher.fingerprint(scrubbed)
            response = self._find(sent, request)
            if response is not None:
                return response
            stop = NoMatch(
                f"No recorded interaction answers {_told(request)}.",
                f"mend      re-record with `{self._mend}`",
                path=self._cassette.path,
                details=[self._counted(), *self._nearest(sent, scrubbed)],
            )
            self.stops.append(stop)
        raise stop

    @property
    def unplayed(self) -> list[Interaction]:
        """The interactions that no request has asked for, in recorded order."""
        return [item for at, item in enumerate(self._cassette.interactions) if at not in self._played]

    def _find(self, sent: Fingerprint, request: Request) -> Response | None:
        queue = self._queues.get(sent)
        if queue and not (self._is_ordered and queue[0] != self._next):
            at = queue.popleft()
            self._played.add(at)
            self._last_played[sent] = at
            self._furthest = max(self._furthest, at)
            while self._next in self._played:
                self._next += 1
        elif self._is_elastic and request.method.upper() in SAFE_METHODS and self._is_unchanged_since(sent):
            at = self._last_played[sent]
        else:
            return None
        return self._cassette.interactions[at].response

    def _is_unchanged_since(self, sent: Fingerprint) -> bool:
        """Return whether a key was answered, and no change lies between its last answer and what was played since."""
        last = self._last_played.get(sent)
        if last is None:
            return False
        after = bisect_right(self._changes, last)
        return after == len(self._changes) or self._changes[after] > self._furthest

    def _counted(self) -> str:
        return f"cassette  {len(self._cassette.interactions)} interactions, {len(self._played)} played"

    def _nearest(self, sent: Fingerprint, scrubbed: Request) -> list[str]:
        """Describe the interaction that differs in the fewest parts, an unplayed one before a played one."""
        if not self._fingerprints:
            return []
        scored = [
            (len(self._matcher.differences(recorded, sent)), at in self._played, at)
            for at, recorded in enumerate(self._fingerprints)
        ]
        _, played, at = min(scored)
        if self._is_ordered and self._next < len(self._fingerprints):
            at, played = self._next, False
        differences = self._matcher.differences(self._fingerprints[at], sent)
        line = self._cassette.line_of(at)
        where = f"#{at + 1}" + (f", line {line}" if line else "")
        if not differences:
            return [f"nearest   {where}: agrees in every part, but was played already"]
        state = " (played already)" if played else ""
        differing = {difference.part for difference in differences}
        agreeing = [name for name, _ in sent if name not in differing and not name.startswith("header ")]
        agreed = f"{_listed(agreeing)} agree{'s' * (len(agreeing) == 1)}; " if agreeing else ""
        told = _listed([difference.part for difference in differences])
        lines = [f"nearest   {where}{state}: {agreed}{told} differ{'s' * (len(differences) == 1)}"]
        for difference in differences:
            details = [difference]
            if difference.part == "body":
                details = _in_bodies(self._cassette.interactions[at].request, scrubbed) or details
            for detail in details:
                lines += [f"          {detail.part}"] if detail.part != difference.part else []
                lines += [f"          recorded {detail.recorded}", f"          sent     {detail.sent}"]
        return lines


def _in_bodies(recorded: Request, sent: Request) -> list[Difference]:
    """Return where two bodies differ, the first few places: a digest tells a reader nothing."""
    return [each for each in compare_requests(recorded, sent) if each.part.startswith("body")][:SHOWN_DIFFERENCES]


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


class Absent:
    """Stands in for a cassette that was never recorded; stops the first request, and nothing before it."""

    sends: Literal["never"] = "never"

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
