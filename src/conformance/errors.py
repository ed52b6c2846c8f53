"""Everything that conformance raises.

::

    Problem                     (BaseException) the fields and the text of every message
    ├── ConformanceError        (Exception) something is wrong with a file, a declaration or a command
    │   ├── FileError           a file is wrong; ``faults`` has every fault with its line
    │   │   ├── RegistryError   it is fixtures.toml
    │   │   └── TraceError      it is a trace
    │   ├── CassetteError       a cassette is damaged, newer than this version, or was edited
    │   ├── RecordingError      what was sent or answered cannot be recorded
    │   ├── DriverError         a declared callable cannot be imported, fails, or does not open a subject
    │   ├── UsageError          options or marks that contradict each other
    │   ├── EnvironmentFault    a service that does not work: no finding about it
    │   └── Unavailable         a fixture cannot be opened on this machine; ``lacking`` says why
    └── ReplayStop              (BaseException) a request that replay must not let pass
        ├── MissingCassette     nothing was recorded for this test yet
        ├── NoMatch             the cassette holds no answer to the request
        └── NetworkClosed       something tried to leave for the network

``ReplayStop`` is not an ``Exception``, because clients map every ``Exception`` to an error of their own or retry it,
and a stale recording would then look like a behaviour of the service.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = [
    "CassetteError",
    "ConformanceError",
    "DriverError",
    "EnvironmentFault",
    "Fault",
    "FileError",
    "MissingCassette",
    "NetworkClosed",
    "NoMatch",
    "Problem",
    "RecordingError",
    "RegistryError",
    "ReplayStop",
    "TraceError",
    "Unavailable",
    "UsageError",
    "nearest_word",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, where it stands, and how to mend it.

    Attributes:
        what: What happened, with the value, in one sentence.
        cure: The command or the edit that mends it.
        slug: The key of the entry in ``docs/reference/messages.md``.
        path: The file it stands in, if it stands in one.
        line: The line in that file, from 1.
        key: The key in that file, dotted from the top.
        details: Further lines, shown between what happened and the cure.
    """

    what: str
    cure: str
    slug: str
    path: Path | None = None
    line: int | None = None
    key: str | None = None
    details: tuple[str, ...] = ()

    def render(self) -> str:
        """Return the message: place and what happened, details, cure with the slug."""
        place = "" if self.path is None else str(self.path) + (f":{self.line}" if self.line else "") + ": "
        rest = [*self.details, f"{self.cure} ({self.slug})"]
        return "\n".join([place + self.what, *(f"  {line}" for line in rest)])


class Problem(BaseException):
    """What both roots of the tree have in common."""

    default_slug: ClassVar[str] = "problem"

    def __init__(  # noqa: PLR0913  (each is a field of its own, and all but two are optional)
        self,
        what: str,
        cure: str,
        *,
        slug: str | None = None,
        path: Path | None = None,
        line: int | None = None,
        key: str | None = None,
        details: Sequence[str] = (),
    ) -> None:
        """Hold the fields of one fault."""
        self.fault = Fault(what, cure, slug or self.default_slug, path, line, key, tuple(details))
        super().__init__(what, cure)

    def __str__(self) -> str:
        """Return the whole message."""
        return self.fault.render()


class ConformanceError(Problem, Exception):
    """The root of what is wrong with a file, a declaration or a command."""


class FileError(ConformanceError):
    """A file that people write is wrong.

    Attributes:
        faults: Every fault that was found, in the order of the file.
    """

    default_slug = "bad-file"

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Hold at least one fault."""
        self.faults = tuple(faults)
        first = self.faults[0]
        super().__init__(first.what, first.cure, slug=first.slug, path=first.path, line=first.line, key=first.key)

    def __str__(self) -> str:
        """Return the messages of all faults."""
        return "\n".join(fault.render() for fault in self.faults)


class RegistryError(FileError):
    """fixtures.toml is wrong."""

    default_slug = "bad-registry"


class TraceError(FileError):
    """A trace is wrong, newer than this version of conformance, or cannot be read."""

    default_slug = "bad-trace"


class CassetteError(ConformanceError):
    """A cassette is damaged, newer than this version of conformance, or was edited."""

    default_slug = "bad-cassette"


class RecordingError(ConformanceError):
    """What a client sent or a service answered cannot be recorded."""

    default_slug = "cannot-record"


class DriverError(ConformanceError):
    """A declared callable cannot be imported, fails, or returns what does not open a subject."""

    default_slug = "bad-driver"


class UsageError(ConformanceError):
    """Options or marks that contradict each other or the registry."""

    default_slug = "bad-usage"


class EnvironmentFault(ConformanceError):
    """A service does not work, or cannot be reached any more: what it answers is no finding."""

    default_slug = "environment"

    def __init__(
        self, what: str, cure: str = "What was found so far is kept; see to the service and run it again."
    ) -> None:
        """Say what failed."""
        super().__init__(what, cure)


class Unavailable(ConformanceError):
    """A fixture cannot be opened on this machine; raise it from a driver or service that finds out late.

    Attributes:
        lacking: What is missing, one short phrase each.
    """

    default_slug = "unavailable"

    def __init__(self, *lacking: str, cure: str = "provide it, or leave this fixture out with --fixture") -> None:
        """Say what is missing."""
        self.lacking = lacking
        super().__init__("lacks " + ", ".join(lacking), cure)


class ReplayStop(Problem):
    """A request that replay must not let pass; no ``except Exception`` of a client can swallow it."""


class MissingCassette(ReplayStop):
    """A request was sent in replay, and nothing was recorded for this test yet."""

    default_slug = "missing-cassette"


class NoMatch(ReplayStop):
    """A request was sent in replay that no unplayed interaction of the cassette answers."""

    default_slug = "no-match"


class NetworkClosed(ReplayStop):
    """Something tried to reach a host outside loopback while the network was closed."""

    default_slug = "network-closed"


def nearest_word(word: str, words: Iterable[str]) -> str | None:
    """Return the one of ``words`` that ``word`` was probably meant to be, or None when none is near."""
    close = difflib.get_close_matches(word, list(words), n=1, cutoff=0.5)
    return close[0] if close else None
