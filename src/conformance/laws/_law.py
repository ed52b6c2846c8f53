"""What a law is, what it is held against, and what is known of one that is broken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from conformance.cassette import Interaction, Response

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from conformance.cassette import Request

VOLATILE = ("query order", "header order", "header case", "other header")
SIGNIFICANT = ("method", "path", "path case", "query value", "query, repeated", "query, empty", "body", "header:range")


class ScrubberLike(Protocol):
    """What takes a secret out of messages; one that has ``interaction`` as well is given both sides at once."""

    def request(self, request: Request, /) -> Request:
        """Return the request as it may be stored."""
        ...

    def response(self, response: Response, /) -> Response:
        """Return the response as it may be stored."""
        ...


class WholeScrubber(Protocol):
    """What takes a secret out of both sides at once; a sent request is handed in with an empty response."""

    def interaction(self, item: Interaction, /) -> Interaction:
        """Return the interaction as it may be stored."""
        ...


Matches = Callable[["Request", "Request"], bool]


@dataclass(frozen=True, slots=True)
class ScrubberTarget:
    """A scrubber that the laws are held against.

    Attributes:
        name: How it is named on the command line and in a saved regression.
        make: Returns a new scrubber that has seen nothing, and to which one secret is declared.
        matches: Says whether a recorded request, scrubbed, answers a sent one, scrubbed; every part and the planted
            headers where there is none.
        places: Where secrets are planted: names of ``PLACES`` and ``NAMED_PLACES``; all of ``PLACES`` where there are
            none.
    """

    name: str
    make: Callable[[str], ScrubberLike | WholeScrubber]
    matches: Matches | None = None
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MatcherTarget:
    """A matcher that the laws are held against.

    Attributes:
        name: How it is named on the command line and in a saved regression.
        matches: Says whether a recorded request answers a sent one.
        volatile: The changes of a request that it must not see: names of ``CHANGES``.
        significant: The changes that it must see.
        find: Returns the position of the first request of a tape that answers a sent one, from an index, None for none.
        scrub: What requests go through before they are matched.
    """

    name: str
    matches: Matches
    volatile: tuple[str, ...] = VOLATILE
    significant: tuple[str, ...] = SIGNIFICANT
    find: Callable[[Sequence[Request], Request], int | None] | None = None
    scrub: Callable[[Request], Request] | None = None


Target = ScrubberTarget | MatcherTarget
AnyTarget = TypeVar("AnyTarget", ScrubberTarget, MatcherTarget)
Example = TypeVar("Example")


@dataclass(frozen=True, slots=True)
class Finding:
    """How one example breaks a law.

    Attributes:
        where: The place, in a few words.
        shown: What is to be seen there, over several lines.
    """

    where: str
    shown: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A law that does not hold.

    Attributes:
        law: Its name.
        statement: What it says.
        target: The name of what breaks it.
        example: The counter-example.
        where: The place, in a few words.
        shown: What is to be seen there, over several lines.
    """

    law: str
    statement: str
    target: str
    example: Any
    where: str
    shown: str


@dataclass(frozen=True, slots=True)
class Law(Generic[AnyTarget, Example]):
    """One law.

    Attributes:
        name: A word or two with hyphens, unique among the laws.
        statement: What it says, in one line.
        judge: Returns how an example breaks it, None where it holds.
        examples: Returns strategies for what a target is tried with, each equally often.
        applies: Whether a target can be held to it at all.
    """

    name: str
    statement: str
    judge: Callable[[AnyTarget, Example], Finding | None]
    examples: Callable[[AnyTarget], Sequence[SearchStrategy[Example]]]
    applies: Callable[[AnyTarget], bool] = lambda _target: True

    def check(self, target: AnyTarget, example: Example) -> Broken | None:
        """Hold a target to the law with one example; a target that raises breaks it."""
        try:
            finding = self.judge(target, example)
        except Exception as error:  # noqa: BLE001  (whatever a project's own function raises is the finding)
            finding = Finding("the target raised", f"{type(error).__name__}: {error}")
        if finding is None:
            return None
        return Broken(self.name, self.statement, target.name, example, finding.where, finding.shown)


def scrub(scrubber: ScrubberLike | WholeScrubber, item: Interaction) -> Interaction:
    """Return an interaction as a scrubber has it stored."""
    if hasattr(scrubber, "interaction"):
        scrubbed: Interaction = scrubber.interaction(item)
        return scrubbed
    return Interaction(scrubber.request(item.request), scrubber.response(item.response))


def scrub_request(scrubber: ScrubberLike | WholeScrubber, request: Request) -> Request:
    """Return a sent request as a scrubber has it matched."""
    if hasattr(scrubber, "request"):
        return scrubber.request(request)
    return scrub(scrubber, Interaction(request, Response(200))).request
