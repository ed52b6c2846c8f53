"""What stands between replay and recording: some requests are answered from a cassette, others are sent."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from conformance.cassette._comparison import compare
from conformance.cassette._folding import Folding
from conformance.cassette._interaction import Interaction
from conformance.cassette._recorder import send

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.cassette._interaction import Request
    from conformance.cassette._matching import Difference
    from conformance.cassette._player import Absent, Player
    from conformance.cassette._recorder import Recorder, Steps
    from conformance.cassette.scrubbing import Scrubber
    from conformance.errors import ReplayStop


class Extender:
    """Answers what is recorded, and records what is not."""

    sends: Literal["sometimes"] = "sometimes"

    def __init__(self, player: Player | None, recorder: Recorder) -> None:
        """Take the player of what is recorded so far, if anything is, and the recorder of the rest."""
        self.player = player
        self.recorder = recorder
        self.stops: list[ReplayStop] = []

    def steps(self, request: Request) -> Steps:
        """Answer, or have the request sent and keep the answer."""
        found = self.player.find(request) if self.player else None
        return found if found is not None else (yield from self.recorder.steps(request))


@dataclass(frozen=True, slots=True)
class Drift:
    """A live answer that is not the recorded one, by meaning.

    Attributes:
        request: As it was sent, scrubbed.
        differences: What differs; empty where nothing was recorded that answers the request.
    """

    request: Request
    differences: tuple[Difference, ...]


class Meter:
    """Has every request sent, and counts; nothing is stored.

    Attributes:
        requests: How many were sent.
        size_bytes: How many bytes their bodies and those of the answers had.
    """

    sends: Literal["always"] = "always"

    def __init__(self) -> None:
        """Count from zero."""
        self.requests = 0
        self.size_bytes = 0
        self.stops: list[ReplayStop] = []
        self._lock = threading.Lock()

    def steps(self, request: Request) -> Steps:
        """Have the request sent, and count it."""
        response = yield from send()
        with self._lock:
            self.requests += 1
            self.size_bytes += len(request.body) + len(response.body)
        return response


class Capture:
    """Has every request sent, and keeps both sides in memory as they are; nothing is stored.

    Attributes:
        interactions: In the order of the answers.
    """

    sends: Literal["always"] = "always"

    def __init__(self) -> None:
        """Keep nothing yet."""
        self.interactions: list[Interaction] = []
        self.stops: list[ReplayStop] = []

    def steps(self, request: Request) -> Steps:
        """Have the request sent, and keep it with its answer."""
        response = yield from send()
        self.interactions.append(Interaction(request, response))
        return response


class Verifier:
    """Has every request sent, and compares the answer with the recorded one; nothing is stored.

    Attributes:
        drift: The answers that differ, in order of answering.
    """

    sends: Literal["always"] = "always"

    def __init__(self, player: Player, scrubber: Scrubber) -> None:
        """Take the player of the recording, and the rules that a recording of the live answers would go through."""
        self._player = player
        self._scrubber = scrubber
        self._folding = Folding()
        self._lock = threading.Lock()
        self.drift: list[Drift] = []
        self.stops: list[ReplayStop] = []

    def steps(self, request: Request) -> Steps:
        """Have the request sent, and note how its answer differs."""
        recorded = self._player.find(request)
        live = yield from send()
        with self._lock:
            differences: tuple[Difference, ...] = ()
            if recorded is not None:
                differences = tuple(compare(recorded, self._scrubber.response(live), folding=self._folding))
            if recorded is None or differences:
                self.drift.append(Drift(self._scrubber.request(request), differences))
        return live


class PassingHosts:
    """Lets requests to some hosts through, unrecorded; hands every other to another exchange."""

    sends: Literal["sometimes"] = "sometimes"

    def __init__(self, hosts: Sequence[str], inner: Player | Absent | Recorder | Extender | Verifier) -> None:
        """Take patterns of hosts: ``name``, ``name:port``, with ``*`` for anything; lower case."""
        self._hosts = tuple(hosts)
        self._inner = inner

    @property
    def stops(self) -> Sequence[ReplayStop]:
        """What the other exchange had to stop."""
        return self._inner.stops

    def steps(self, request: Request) -> Steps:
        """Have the request sent, or do what the other exchange does."""
        url = urlsplit(request.uri)
        names = ((url.hostname or "").lower(), url.netloc.rpartition("@")[2].lower())
        if any(fnmatchcase(name, host) for name in names for host in self._hosts):
            return (yield from send())
        if self._inner.sends == "never":
            return self._inner.answer(request)
        return (yield from self._inner.steps(request))
