"""Keeps what was sent and answered until it is known whether the test passed."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from conformance.cassette._interaction import Interaction, Request, Response

if TYPE_CHECKING:
    from conformance.cassette._journal import Journal
    from conformance.cassette.scrubbing import Scrubber
    from conformance.errors import ReplayStop

# How a request is answered, for a door that can send it: yields None to have it sent and be given the response, a
# number to have that many seconds waited, and returns what the client is handed.
Steps = Generator[float | None, Response | None, Response]


class Budget:
    """Seconds that a whole run may wait for services to recover. Safe to call from several threads."""

    def __init__(self, seconds: float = 60.0) -> None:
        """Start with all of it."""
        self._left = seconds
        self._lock = threading.Lock()

    def take(self, seconds: float) -> bool:
        """Take seconds out; return False, and take none, where fewer are left."""
        with self._lock:
            if seconds > self._left:
                return False
            self._left -= seconds
            return True


class Throttle:
    """Holds requests apart, over all the recordings of a run. Safe to call from several threads."""

    def __init__(self, seconds: float) -> None:
        """Take the least time between two requests."""
        self._seconds = seconds
        self._lock = threading.Lock()
        self._next_at = 0.0

    def turn(self) -> float:
        """Return the seconds until the caller may send; the next caller's turn is after that."""
        with self._lock:
            now = time.monotonic()
            at = max(now, self._next_at)
            self._next_at = at + self._seconds
            return at - now


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """What a recorder does about answers that say nothing about the service.

    Attributes:
        skip: Statuses that are not kept.
        waits_s: How long to wait before each further attempt, unless the answer has a longer ``Retry-After``.
        throttle: What holds requests apart, if they are.
        budget: What all the waiting for further attempts is taken out of.
    """

    skip: frozenset[int] = frozenset()
    waits_s: tuple[float, ...] = ()
    throttle: Throttle | None = None
    budget: Budget = field(default_factory=Budget)

    def wait_after(self, attempt: int, response: Response) -> float | None:
        """Return the seconds to wait before the next attempt (from 0); None where there is to be none."""
        if attempt >= len(self.waits_s):
            return None
        told = next((value for name, value in response.headers if name.lower() == "retry-after"), "")
        seconds = max(self.waits_s[attempt], float(told) if told.isdecimal() else 0.0)
        return seconds if self.budget.take(seconds) else None


KEEP_EVERYTHING = RetryPolicy()


def send() -> Steps:
    """Have the request sent, and return the response."""
    response = yield None
    if response is None:
        message = "a door hands in the response to what it was told to send"
        raise TypeError(message)
    return response


class Recorder:
    """Collects the interactions of one recording. Safe to call from several threads."""

    sends: Literal["always"] = "always"

    def __init__(
        self, *, scrubber: Scrubber, journal: Journal | None = None, policy: RetryPolicy = KEEP_EVERYTHING
    ) -> None:
        """Start empty; what is kept has gone through the scrubber, and is in the journal when ``keep`` returns."""
        self._scrubber = scrubber
        self._journal = journal
        self._policy = policy
        self._lock = threading.Lock()
        self._begun = 0
        self._kept: dict[int, Interaction] = {}
        self._sent: dict[int, Request] = {}
        self._skipped: dict[int, Interaction] = {}
        self.stops: list[ReplayStop] = []  # nothing is stopped while recording

    def steps(self, request: Request) -> Steps:
        """Have a request sent, again while the answer says nothing about the service, and keep what does."""
        place = self.begin()
        if self._policy.throttle is not None:
            yield self._policy.throttle.turn()
        attempt = 0
        while True:
            response = yield from send()
            if response.status not in self._policy.skip:
                self.keep(place, request, response)
                return response
            wait = self._policy.wait_after(attempt, response)
            if wait is None:
                with self._lock:
                    self._skipped[place] = self._scrubbed(request, response)
                return response
            attempt += 1
            yield wait

    def begin(self) -> int:
        """Return the place of a request that is about to be sent, in order of sending."""
        with self._lock:
            self._begun += 1
            return self._begun

    def keep(self, place: int, request: Request, response: Response) -> None:
        """Keep one interaction at the place that its request was given."""
        with self._lock:
            if not self._scrubber.is_stored(Interaction(request, response)):
                return
            kept = self._scrubbed(request, response)
            self._sent[place] = request
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
        """What was kept, in order of sending; scrubbed once more, for what was only learned after it was kept."""
        with self._lock:
            return tuple(self._scrubber.interaction(self._kept[place]) for place in sorted(self._kept))

    @property
    def sent(self) -> list[Request]:
        """The requests of what was kept, as they were sent, in that order."""
        with self._lock:
            return [self._sent[place] for place in sorted(self._kept)]

    @property
    def skipped(self) -> list[Interaction]:
        """What was answered and not kept, but for what the client then asked again and got an answer to."""
        with self._lock:
            answered_at = {_asked(item.request): place for place, item in sorted(self._kept.items())}
            return [
                item
                for place, item in sorted(self._skipped.items())
                if answered_at.get(_asked(item.request), 0) < place
            ]

    def _scrubbed(self, request: Request, response: Response) -> Interaction:
        """Return what is stored.

        Response headers are kept by name: servers send them in another order each time, which means nothing (RFC 9110
        section 5.3) and would bury what did change between two recordings.
        """
        scrubbed = self._scrubber.interaction(Interaction(request, response))
        headers = tuple(sorted(scrubbed.response.headers, key=lambda pair: pair[0].lower()))
        return Interaction(scrubbed.request, replace(scrubbed.response, headers=headers))


def _asked(request: Request) -> tuple[str, str, bytes]:
    """Return what stays the same when a client tries again."""
    return request.method, request.uri, request.body
