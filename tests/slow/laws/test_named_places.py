"""Places with a name: what is planted there is read back, and a target that asks for some is planted at these alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import UsageError
from conformance.laws import (
    ENCODINGS,
    NAMED_PLACES,
    PLACES,
    ScrubberTarget,
    check_scrubber,
    counter_example,
    find_leaks,
    named_target,
    planted,
    run_laws,
    stored,
)
from tests.slow.laws.reference import LAYERS, Reference

if TYPE_CHECKING:
    from conformance.cassette import Request, Response

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "laws.md"
SOME = ("query sig", "request body, text")


class Asking:
    """A callable that asks for places."""

    def __init__(self, *places: str, missing: str = "") -> None:
        self.places = places
        self._layers = LAYERS - {missing}

    def __call__(self, secret: str) -> Reference:
        return Reference(secret, layers=self._layers)


class Leaving:
    """Leaves everything as it is."""

    def request(self, request: Request) -> Request:
        return request

    def response(self, response: Response) -> Response:
        return response


asking = Asking(*SOME)
mistaken = Asking("query sigg")


@given(st.data(), st.sampled_from(list(NAMED_PLACES)), st.sampled_from(list(ENCODINGS)))
def test_what_is_planted_is_read_back_and_found_by_the_oracle(data: st.DataObject, place: str, encoding: str) -> None:
    example = data.draw(planted([(place, encoding)]))
    (item,) = example.interactions()
    assert {leak.side for leak in find_leaks(example.secret, stored([item]))} & {NAMED_PLACES[place].side, ""}
    text = NAMED_PLACES[place].read(item)
    written = ENCODINGS[encoding].write(example.secret.text)
    if not NAMED_PLACES[place].undoes(ENCODINGS[encoding]):
        assert text == written


@given(st.sampled_from(list(NAMED_PLACES)))
def test_what_is_no_longer_there_is_not_read(place: str) -> None:
    other = next(name for name in NAMED_PLACES if name.split(" ")[:2] != place.split(" ")[:2])
    item = NAMED_PLACES[other].make("text")
    with pytest.raises(LookupError):
        NAMED_PLACES[place].read(item)


def test_a_callable_that_asks_for_places_is_planted_at_these_alone() -> None:
    target = named_target("tests.slow.laws.test_named_places:asking")
    assert isinstance(target, ScrubberTarget)
    assert target.places == SOME
    run = run_laws([target], seed=0, plants=1, only=["leaks-nothing"])
    assert {place for place, _ in run.plantings} == set(SOME)
    assert set(run.plantings.values()) == {1}


def test_targets_with_and_without_places_are_each_planted_where_they_ask() -> None:
    targets = [ScrubberTarget("some", asking, places=SOME), ScrubberTarget("all", Reference)]
    run = run_laws(targets, seed=0, plants=1, only=["idempotent"])
    assert {place for place, _ in run.plantings} == {*PLACES, *SOME}
    assert {count for (place, _), count in run.plantings.items() if place in SOME} == {1, 2}


def test_a_place_that_there_is_not_is_named_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="query sigg") as refused:
        named_target("tests.slow.laws.test_named_places:mistaken")
    assert "Did you mean query sig?" in str(refused.value)


def test_check_scrubber_heeds_the_places_of_what_it_is_given() -> None:
    with pytest.raises(AssertionError, match="leaks-nothing"):
        check_scrubber(Asking("query sig", missing="hex"), plants=1)


def test_the_counter_example_at_a_place_is_the_shortest_secret_and_none_where_the_law_holds() -> None:
    target = ScrubberTarget("leaving", lambda _secret: Leaving())
    broken = counter_example(target, "leaks-nothing", ("query sig", "raw"))
    assert broken is not None
    assert broken.example.secret.text == "abcdefgh"
    assert counter_example(ScrubberTarget("reference", Reference), "leaks-nothing", ("query sig", "raw")) is None


@pytest.mark.parametrize("name", NAMED_PLACES)
def test_the_page_names_every_place_with_a_name(name: str) -> None:
    assert f"`{name}`" in REFERENCE.read_text("utf-8")
