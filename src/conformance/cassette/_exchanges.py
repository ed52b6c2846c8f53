"""What stands between replay and recording: some requests are answered from a cassette, others are sent."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from conformance.cassette._recorder import send

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.cassette._interaction import Request
    from conformance.cassette._player import Absent, Player
    from conformance.cassette._recorder import Recorder, Steps
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


class PassingHosts:
    """Lets requests to some hosts through, unrecorded; hands every other to another exchange."""

    sends: Literal["sometimes"] = "sometimes"

    def __init__(self, hosts: Sequence[str], inner: Player | Absent | Recorder | Extender) -> None:
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
