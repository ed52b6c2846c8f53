"""The laws of scrubbers."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.etree import ElementTree as ET

from conformance.cassette import Interaction, Matcher, Request, Response
from conformance.laws._encodings import ENCODINGS, json_escaped, percent_decoded, xml_escaped
from conformance.laws._law import Finding, Law, ScrubberTarget, scrub, scrub_request
from conformance.laws._named_places import NamedPlace
from conformance.laws._oracle import leaks_in
from conformance.laws._places import SAFE
from conformance.laws._planting import Planted, place_named, planted
from conformance.laws._showing import interaction_text, message_text, side_by_side
from conformance.laws._structure import faults_of, structure_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import SearchStrategy

    from conformance.laws._law import Matches
    from conformance.laws._planting import Pair

PARTS = ("method", "scheme", "host", "port", "path", "query", "body")
HEADERS = ("content-planted", "content-repeated", "content-type")
NEXT = "https://box.test/next"
ScrubberLaw = Law[ScrubberTarget, Planted]
REFERENCE: Pair = ("request body, text", "raw")


def _scrubbed(target: ScrubberTarget, example: Planted) -> list[Interaction]:
    scrubber = target.make(example.secret.text)
    return [scrub(scrubber, item) for item in example.interactions()]


def _leaks_nothing(target: ScrubberTarget, example: Planted) -> Finding | None:
    after = _scrubbed(target, example)
    leaks = leaks_in(example.secret, after)
    if not leaks:
        return None
    leak = leaks[0]
    where = f"{leak.part}, {leak.side} {leak.field}, read as {leak.encoding}"
    item = interaction_text(after[(leak.interaction or 1) - 1])
    return Finding(where, f"{leak.shown}\n\nThe secret is {example.secret.text}; what would be stored:\n\n{item}")


def _idempotent(target: ScrubberTarget, example: Planted) -> Finding | None:
    scrubber = target.make(example.secret.text)
    for item in example.interactions():
        once = scrub(scrubber, item)
        for again in (scrubber, target.make(example.secret.text)):
            twice = scrub(again, once)
            if twice != once:
                return _changed(once, twice, ("scrubbed once", "scrubbed twice"))
    return None


def _well_formed(target: ScrubberTarget, example: Planted) -> Finding | None:
    before, after = example.interactions(), _scrubbed(target, example)
    for old, new in zip(before, after, strict=True):
        faults = faults_of(old, new)
        try:
            was, is_now = structure_of(old), structure_of(new)
            faults += [
                f"{name} is {is_now.get(name)}, and was {was[name]}" for name in was if was[name] != is_now.get(name)
            ]
        except (ValueError, LookupError) as error:
            faults.append(f"what is left cannot be read: {error}")
        if faults:
            return _changed(old, new, ("before", "after"), where=faults[0])
    for pair, number in example.placed():
        try:
            _leaf(pair, after[number])
        except ValueError as error:
            return _changed(before[number], after[number], ("before", "after"), where=f"{' as '.join(pair)}: {error}")
    return None


def _leaves_alone(target: ScrubberTarget, example: Planted) -> Finding | None:
    scrubber = target.make(example.secret.text)
    for item in example.innocent():
        after = scrub(scrubber, item)
        if after != item:
            return _changed(item, after, ("before", "after"))
        fired = {name: times for name, times in getattr(scrubber, "fired", {}).items() if times}
        if fired:
            return Finding(f"fired: {', '.join(sorted(fired))}", interaction_text(item))
    return None


def _matches_again(target: ScrubberTarget, example: Planted) -> Finding | None:
    matches = _matches_of(target)
    recording, replaying = (target.make(example.secret.text) for _ in range(2))
    for item in example.interactions():
        recorded, sent = scrub(recording, item).request, scrub_request(replaying, item.request)
        if not matches(recorded, sent):
            return _differ(recorded, sent)
    return None


def _matches_other_secret(target: ScrubberTarget, example: Planted) -> Finding | None:
    matches = _matches_of(target)
    recording, replaying = target.make(example.secret.text), target.make(example.other.text)
    for item, other in zip(example.interactions(), example.interactions_of_other(), strict=True):
        recorded, sent = scrub(recording, item).request, scrub_request(replaying, other.request)
        if not matches(recorded, sent):
            return _differ(recorded, sent)
    return None


def _matches_what_is_sent_back(target: ScrubberTarget, example: Planted) -> Finding | None:
    """Record an answer and the request that was made of it; replay the request as made of the scrubbed answer."""
    matches = _matches_of(target)
    for answer, read in _answers(example):
        recording, replaying = target.make(example.secret.text), target.make(example.other.text)
        scrubbed = scrub(recording, answer)
        try:
            next_uri = read(scrubbed)
        except (LookupError, ValueError):
            continue  # not well-formed, or its header was dropped: other laws say so
        recorded = scrub_request(recording, Request("GET", read(answer)))
        sent = scrub_request(replaying, Request("GET", next_uri))
        if not matches(recorded, sent):
            finding = _differ(recorded, sent)
            return replace(finding, shown=f"{finding.shown}\n\nAnswered before:\n\n{interaction_text(scrubbed)}")
    return None


def _answers(example: Planted) -> Iterator[tuple[Interaction, Callable[[Interaction], str]]]:
    """Yield interactions whose answer a client makes its next request of, each with how it makes it."""
    first = Request("GET", "https://box.test/first")
    for (place, encoding), number in example.placed():
        item = example.interactions()[number]
        if place in SAFE:
            url = item.request.uri
            located = Response(302, "Found", (("Location", url),))
            as_json = Response(200, "OK", _of_type("application/json"), f'{{"next": "{json_escaped(url)}"}}'.encode())
            as_xml = Response(200, "OK", _of_type("application/xml"), f"<Next>{xml_escaped(url)}</Next>".encode())
            yield Interaction(first, located), _location
            yield Interaction(first, as_json), _next_of_json
            yield Interaction(first, as_xml), _next_of_xml
        elif place_named(place).side == "response" and ENCODINGS[encoding].family != "percent":
            yield Interaction(first, item.response), _Marker(place)


class _Marker:
    """Sends what stands at a place of the answer as a parameter of the next request."""

    def __init__(self, place: str) -> None:
        self._place = place_named(place)

    def __call__(self, item: Interaction) -> str:
        return f"{NEXT}?marker={quote(self._place.read(item), safe='')}"


def _of_type(content_type: str) -> tuple[tuple[str, str], ...]:
    return (("Content-Type", content_type),)


def _location(item: Interaction) -> str:
    return next((value for name, value in item.response.headers if name == "Location"), NEXT)


def _next_of_json(item: Interaction) -> str:
    return str(json.loads(item.response.body)["next"])


def _next_of_xml(item: Interaction) -> str:
    return ET.fromstring(item.response.body).text or ""  # noqa: S314  (built here; expat refuses what expands)


def _one_stand_in(target: ScrubberTarget, example: Planted) -> Finding | None:
    scrubber = target.make(example.secret.text)
    reference = example.only(REFERENCE)
    expected = _leaf(REFERENCE, scrub(scrubber, reference.interactions()[0])) or ""
    after = [scrub(scrubber, item) for item in example.interactions()]
    for pair, number in example.placed():
        try:
            found = _leaf(pair, after[number])
        except ValueError:
            continue  # not well-formed, which is a law of its own
        is_case = ENCODINGS[pair[1]].family == "case"
        wanted = expected.lower() if is_case else expected
        if found is not None and percent_decoded(found) != percent_decoded(wanted):
            where = f"{' as '.join(pair)}: {found!r}, in a text {wanted!r}"
            return Finding(where, interaction_text(after[number]))
    return None


def _leaf(pair: Pair, item: Interaction) -> str | None:
    """Return what stands at a place, decoded; None where its header was dropped, or what a rule by name drops.

    Raises:
        ValueError: It is not written as it was planted.
    """
    place, encoding = place_named(pair[0]), ENCODINGS[pair[1]]
    try:
        text = place.read(item)
    except LookupError:
        if isinstance(place, NamedPlace) or (place.layout == "address" and place.slot not in SAFE):
            return None
        message = "it is no longer there"
        raise ValueError(message) from None
    if encoding.family == "case":
        return text.lower()
    return text if place.undoes(encoding) and encoding.family != "percent" else encoding.read(text)


def _matches_of(target: ScrubberTarget) -> Matches:
    if target.matches is not None:
        return target.matches
    matcher = Matcher(PARTS, HEADERS)
    return lambda recorded, sent: matcher.fingerprint(recorded) == matcher.fingerprint(sent)


def _differ(recorded: Request, sent: Request) -> Finding:
    texts = message_text(recorded), message_text(sent)
    where = f"recorded and sent differ: {_first_difference(*texts)}"
    return Finding(where, side_by_side(*texts, titles=("recorded, scrubbed", "sent, scrubbed")))


def _changed(old: Interaction, new: Interaction, titles: tuple[str, str], *, where: str = "") -> Finding:
    texts = interaction_text(old), interaction_text(new)
    return Finding(where or _first_difference(*texts), side_by_side(*texts, titles=titles))


def _first_difference(one: str, other: str) -> str:
    pairs = zip_longest(one.splitlines(), other.splitlines(), fillvalue="(nothing)")
    changed = [pair for pair in pairs if pair[0] != pair[1]]
    telling = [pair for pair in changed if not pair[0].startswith("Content-Length:")] or changed
    return next((f"{old} became {new}" for old, new in telling), "they are equal by text, and not by value")


def _any_planting(_target: ScrubberTarget) -> list[SearchStrategy[Planted]]:
    return [planted()]


def _law(name: str, statement: str, judge: Callable[[ScrubberTarget, Planted], Finding | None]) -> ScrubberLaw:
    return Law(name, statement, judge, _any_planting)


SCRUBBER_LAWS: tuple[ScrubberLaw, ...] = (
    _law("leaks-nothing", "No planted secret can be read out of what is stored.", _leaks_nothing),
    _law("idempotent", "Scrubbing twice is scrubbing once.", _idempotent),
    _law("well-formed", "What was well-formed is so afterwards, with the same structure.", _well_formed),
    _law("leaves-alone", "What holds no secret is left as it is, and no rule fires.", _leaves_alone),
    _law("matches-again", "A scrubbed recording answers the request sent again.", _matches_again),
    _law(
        "matches-other-secret",
        "It answers the request with another secret declared in its place.",
        _matches_other_secret,
    ),
    _law(
        "matches-what-is-sent-back", "It answers a client that sends what it was answered.", _matches_what_is_sent_back
    ),
    _law("one-stand-in", "The same secret has the same stand-in everywhere.", _one_stand_in),
)
