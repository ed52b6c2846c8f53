"""The laws of matchers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from conformance.laws._changes import changed
from conformance.laws._law import Finding, Law, MatcherTarget
from conformance.laws._showing import message_text, side_by_side
from conformance.laws._traffic import requests

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.cassette import Request


@dataclass(frozen=True, slots=True)
class Sent:
    """Requests that were recorded, and one that is sent.

    Attributes:
        recorded: In recorded order, at least one.
        sent: What is matched against them.
        change: What became of the last recorded one to make it, a name of ``CHANGES``; empty where nothing did.
    """

    recorded: tuple[Request, ...]
    sent: Request
    change: str = ""


def _reflexive(target: MatcherTarget, example: Sent) -> Finding | None:
    request = example.sent
    if target.matches(request, replace(request)):
        return None
    return _pair(request, request, "a request does not match itself")


def _symmetric(target: MatcherTarget, example: Sent) -> Finding | None:
    one, other = example.recorded[-1], example.sent
    there, back = target.matches(one, other), target.matches(other, one)
    if there == back:
        return None
    ways = ("the left matches the right", "the right does not match the left")
    return _pair(one, other, ", ".join(ways if there else ways[::-1]))


def _blind(target: MatcherTarget, example: Sent) -> Finding | None:
    if target.matches(example.recorded[-1], example.sent):
        return None
    return _pair(example.recorded[-1], example.sent, f"it sees a change of what is volatile: {example.change}")


def _sharp(target: MatcherTarget, example: Sent) -> Finding | None:
    if not target.matches(example.recorded[-1], example.sent):
        return None
    return _pair(
        example.recorded[-1], example.sent, f"it does not see a change of what is significant: {example.change}"
    )


def _index_agrees(target: MatcherTarget, example: Sent) -> Finding | None:
    if target.find is None:
        return None
    tape = example.recorded
    scanned = next((at for at, request in enumerate(tape) if target.matches(request, example.sent)), None)
    found = target.find(tape, example.sent)
    if found == scanned:
        return None
    where = f"the index finds {_numbered(found)}, and reading them in order {_numbered(scanned)}"
    recorded = "\n\n".join(f"{_numbered(at)}\n{message_text(request)}" for at, request in enumerate(tape))
    return Finding(where, f"sent\n{message_text(example.sent)}\n\n{recorded}")


def _closed_under_scrubbing(target: MatcherTarget, example: Sent) -> Finding | None:
    if target.scrub is None:
        return None
    one, other = example.recorded[-1], example.sent
    scrubbed, scrubbed_other = target.scrub(one), target.scrub(other)
    if target.matches(one, other) and not target.matches(scrubbed, scrubbed_other):
        return _pair(scrubbed, scrubbed_other, "they match, and scrubbed they do not")
    twice = target.scrub(scrubbed)
    if not target.matches(scrubbed, twice):
        return _pair(scrubbed, twice, "scrubbed once it does not match itself scrubbed twice")
    return None


def _numbered(at: int | None) -> str:
    return "none" if at is None else f"#{at + 1}"


def _pair(recorded: Request, sent: Request, where: str) -> Finding:
    titles = ("recorded", "sent")
    return Finding(where, side_by_side(message_text(recorded), message_text(sent), titles=titles))


def _changes_among(
    names: Callable[[MatcherTarget], tuple[str, ...]],
) -> Callable[[MatcherTarget], list[st.SearchStrategy[Sent]]]:
    return lambda target: [_changed_requests(name) for name in names(target)]


@st.composite
def _changed_requests(draw: st.DrawFn, name: str) -> Sent:
    recorded, sent = changed(draw, draw(requests()), name)
    return Sent((recorded,), sent, name)


@st.composite
def _tapes(draw: st.DrawFn, target: MatcherTarget) -> Sent:
    names = target.volatile + target.significant
    tape: list[Request] = []
    for _ in range(draw(st.integers(1, 3))):
        tape += changed(draw, draw(requests()), draw(st.sampled_from(names)))
    sent = draw(st.sampled_from(tape))
    kept = draw(st.lists(st.sampled_from(tape), min_size=1, max_size=4))
    return Sent(tuple(kept), sent)


def _all_of(target: MatcherTarget) -> tuple[str, ...]:
    return target.volatile + target.significant


MatcherLaw = Law[MatcherTarget, Sent]
MATCHER_LAWS: tuple[MatcherLaw, ...] = (
    Law("reflexive", "A request matches itself.", _reflexive, _changes_among(_all_of)),
    Law("symmetric", "If one request matches another, that one matches it.", _symmetric, _changes_among(_all_of)),
    Law(
        "blind",
        "What is declared volatile makes no difference.",
        _blind,
        _changes_among(lambda target: target.volatile),
        lambda target: bool(target.volatile),
    ),
    Law(
        "sharp",
        "What is declared significant makes a difference.",
        _sharp,
        _changes_among(lambda target: target.significant),
        lambda target: bool(target.significant),
    ),
    Law(
        "index-agrees",
        "The index finds what reading the requests in order finds.",
        _index_agrees,
        lambda target: [_tapes(target)],
        lambda target: target.find is not None,
    ),
    Law(
        "closed-under-scrubbing",
        "What matches still does when both are scrubbed, once or twice.",
        _closed_under_scrubbing,
        _changes_among(_all_of),
        lambda target: target.scrub is not None,
    ),
)
