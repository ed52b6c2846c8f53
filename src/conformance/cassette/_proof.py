"""Proves a recording before it is put in place: replayed, each of its requests must find its own interaction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.cassette._player import Player
from conformance.cassette._store import Cassette
from conformance.cassette._vcr_yaml import parse_cassette, render_cassette
from conformance.cassette.scrubbing import ReplaceValue, Scrubber, shaped_like
from conformance.errors import NoMatch, RecordingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from conformance.cassette._interaction import Interaction, Request
    from conformance.cassette._matching import Matcher

CURE = "Mend the rule, so that what it has scrubbed once it leaves alone, then record again."
UNEVEN = "Declare what differs from one account or run to the next as a rule of its own, then record again."


def prove(  # noqa: PLR0913  (what is stored, and what was sent)
    interactions: tuple[Interaction, ...],
    *,
    path: Path,
    matcher: Matcher,
    scrubber: Scrubber,
    sent: Sequence[Request] = (),
    values: Sequence[ReplaceValue] = (),
    issued: Sequence[ReplaceValue] = (),
) -> None:
    """Replay what is about to be stored, in recorded order, through rules that have seen nothing yet.

    A client sends back what it was answered, and in replay that is scrubbed already: a rule that scrubs it again, or
    that tells two requests apart only the first time, makes a recording that never replays. And what a client sends
    in replay it makes with other credentials, so what was sent is also replayed with other values in it.

    Args:
        interactions: As they are about to be stored.
        path: Where; for messages.
        matcher: The matcher of the replay.
        scrubber: The scrubber of a replay, unused so far.
        sent: The last requests of these as they were sent, if they are known, in order.
        values: The rules of the live values in what was sent.
        issued: The rules of what the service issued, and was then sent.

    Raises:
        RecordingError: A request does not find its own interaction; the message has the request and the rule.
    """
    stored, _ = parse_cassette(render_cassette(interactions, None))
    cassette = Cassette(path, stored, None)
    again = scrubber.fresh()
    for number, item, stop in _unanswered(cassette, matcher, again, [item.request for item in stored]):
        rules = scrubber.rules_that_change(item.request)
        told = f" The rule that spoils it: {', '.join(rules)}." if rules else ""
        raise _refused(number, item.request, "", f" does not find its own answer.{told}", CURE, path, stop)
    others = [
        replace(rule, value=shaped_like(rule.value, seed=f"another {rule.value}"), stand_in=rule.stand_in)
        for rule in values
    ]
    known = Scrubber(
        [*(replace(rule, stand_in=other.value) for rule, other in zip(values, others, strict=True)), *issued]
    )
    again = scrubber.fresh(others)
    start = len(stored) - len(sent)
    asked = [item.request for item in stored[:start]] + [known.request(request) for request in sent]
    for number, item, stop in _unanswered(cassette, matcher, again, asked):
        what = (
            f" as it was sent, with other values for {', '.join(rule.name for rule in values)},"
            if values
            else " as it was sent"
        )
        raise _refused(number, item.request, what, " does not find its own answer.", UNEVEN, path, stop)


def _unanswered(
    cassette: Cassette, matcher: Matcher, scrubber: Scrubber, asked: Sequence[Request]
) -> Iterator[tuple[int, Interaction, NoMatch | None]]:
    """Yield the interactions that do not answer what is asked in their place, from 1, with what stopped them."""
    player = Player(cassette, matcher=matcher, scrubber=scrubber, mend="")
    for number, (item, request) in enumerate(zip(cassette.interactions, asked, strict=True), start=1):
        try:
            answer = player.answer(request)
        except NoMatch as stop:
            yield number, item, stop
        else:
            if answer is not item.response:
                yield number, item, None


def _refused(  # noqa: PLR0913, PLR0917  (the parts of one message)
    number: int, request: Request, how: str, what: str, cure: str, path: Path, stop: NoMatch | None
) -> RecordingError:
    told = f"The recording does not replay: #{number} {request.method} {request.uri}{how}{what}"
    details = stop.fault.details if stop else ()
    return RecordingError(told, cure, slug="unproven", path=path, details=details)
