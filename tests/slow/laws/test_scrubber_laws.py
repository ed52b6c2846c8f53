"""The laws of scrubbers hold for a reference, and what a counter-example says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from conformance.cassette import Interaction, Scrubber
from conformance.errors import UsageError
from conformance.laws import SCRUBBER_LAWS, Planted, ScrubberTarget, Secret, check_scrubber, holds, planted
from tests.slow.laws.reference import Reference

REFERENCE = ScrubberTarget("reference", Reference)
NONE = ScrubberTarget("none", lambda _: Scrubber())
EXAMPLE = Planted(Secret("Abc+de/fgh=1"), (("request body, json value", "hex"),), Secret("Zyx+de/fgh=9"))


@settings(deadline=None)
@given(planted())
def test_the_reference_keeps_every_law(example: Planted) -> None:
    assert [law.check(REFERENCE, example) for law in SCRUBBER_LAWS] == [None] * len(SCRUBBER_LAWS)


@settings(deadline=None)
@given(planted())
def test_a_scrubber_that_does_nothing_leaks_whatever_is_planted(example: Planted) -> None:
    broken = {law.name for law in SCRUBBER_LAWS if law.check(NONE, example) is not None}
    assert "leaks-nothing" in broken
    assert not broken & {"idempotent", "well-formed", "leaves-alone", "matches-again"}


def test_a_leak_is_shown_with_the_bytes_and_the_smallest_message() -> None:
    with pytest.raises(AssertionError) as raised:
        holds("leaks-nothing", NONE, EXAMPLE)
    text = str(raised.value)
    assert "none breaks leaks-nothing" in text
    assert "cassette, request body, read as hex" in text
    assert '{"value": "4162632b64652f6667683d31"}' in text


def test_one_call_holds_a_scrubber_to_all_its_laws_and_shows_what_it_breaks() -> None:
    check_scrubber(Reference, plants=1)
    with pytest.raises(AssertionError, match="breaks leaks-nothing") as raised:
        check_scrubber(lambda _: Scrubber(), plants=1)
    assert "breaks matches-other-secret" in str(raised.value)


class Whole:
    """A scrubber that is only ever given both sides."""

    def __init__(self, secret: str) -> None:
        self._inner = Reference(secret)

    def interaction(self, item: Interaction) -> Interaction:
        return Interaction(self._inner.request(item.request), self._inner.response(item.response))


@given(planted())
@settings(deadline=None)
def test_a_scrubber_of_whole_interactions_is_held_to_the_same_laws(example: Planted) -> None:
    target = ScrubberTarget("whole", Whole)
    assert [law.check(target, example) for law in SCRUBBER_LAWS] == [None] * len(SCRUBBER_LAWS)


def test_a_scrubber_that_raises_breaks_the_law_it_was_tried_with() -> None:
    def make(_secret: str) -> Scrubber:
        message = "no such rule"
        raise LookupError(message)

    with pytest.raises(AssertionError, match="LookupError: no such rule"):
        holds("idempotent", ScrubberTarget("raises", make), EXAMPLE)


@pytest.mark.parametrize(("slug", "word"), [("leaks-nothin", "leaks-nothing"), ("sharp", "other sort")])
def test_a_law_that_there_is_none_of_is_an_error(slug: str, word: str) -> None:
    with pytest.raises(UsageError, match=word):
        holds(slug, REFERENCE, EXAMPLE)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("preset:awz", "preset:aws"),
        ("tests.slow.laws.reference:Referenc", "tests.slow.laws.reference:Reference"),
        ("tests.slow.laws.referenc:Reference", "cannot be imported"),
        ("reference", "module:callable"),
    ],
)
def test_a_target_that_there_is_none_of_is_an_error(name: str, near: str) -> None:
    with pytest.raises(UsageError, match=near) as raised:
        holds("leaks-nothing", name, EXAMPLE)
    assert raised.value.fault.slug == "unknown-target"
