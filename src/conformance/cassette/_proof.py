"""Proves a recording before it is put in place: replayed, each of its requests must find its own interaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cassette._player import Player
from conformance.cassette._store import Cassette
from conformance.cassette._vcr_yaml import parse_cassette, render_cassette
from conformance.errors import NoMatch, RecordingError

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.cassette._interaction import Interaction, Request
    from conformance.cassette._matching import Matcher
    from conformance.cassette._scrubbing import Scrubber

CURE = "Mend the rule, so that what it has scrubbed once it leaves alone, then record again."


def prove(interactions: tuple[Interaction, ...], *, path: Path, matcher: Matcher, scrubber: Scrubber) -> None:
    """Replay what is about to be stored, in recorded order, through rules that have seen nothing yet.

    A client sends back what it was answered, and in replay that is scrubbed already: a rule that scrubs it again, or
    that tells two requests apart only the first time, makes a recording that never replays.

    Args:
        interactions: As they are about to be stored.
        path: Where; for messages.
        matcher: The matcher of the replay.
        scrubber: The scrubber of a replay, unused so far.

    Raises:
        RecordingError: A request does not find its own interaction; the message has the request and the rule.
    """
    stored, _ = parse_cassette(render_cassette(interactions, None))
    player = Player(Cassette(path, stored, None), matcher=matcher, scrubber=scrubber, mend="")
    for number, item in enumerate(stored, start=1):
        spoilt = scrubber.rules_that_change(item.request)
        try:
            answer = player.answer(item.request)
        except NoMatch as stop:
            raise _refused(number, item.request, path, spoilt, stop.fault.details) from None
        if answer is not item.response:
            raise _refused(number, item.request, path, spoilt, ())


def _refused(number: int, request: Request, path: Path, spoilt: list[str], details: tuple[str, ...]) -> RecordingError:
    rules = f" The rule that spoils it: {', '.join(spoilt)}." if spoilt else ""
    what = (
        f"The recording does not replay: #{number} {request.method} {request.uri} does not find its own answer.{rules}"
    )
    return RecordingError(what, CURE, slug="unproven", path=path, details=details)
