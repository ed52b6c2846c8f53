"""Where something stands in an interaction, and on which line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import Interaction, Request, Response, render_cassette
from conformance.cassette._vcr_yaml import lines_of_interactions
from conformance.report._places import changed_places, line_of_place, places_of
from tests.cassette.strategies import REQUESTS, RESPONSES, TAPES

BEFORE = Request("GET", "http://box.test/?key=abc", (("X-Key", "abc"), ("X-Key", "d"), ("Content-Length", "3")), b"abc")


@given(REQUESTS | RESPONSES)
def test_a_message_does_not_differ_from_itself(message: Request | Response) -> None:
    assert changed_places(message, message) == {}


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({"method": "HEAD"}, {"method": 3}),
        ({"uri": "http://box.test/?key=KEY"}, {"uri": 3}),
        ({"uri": "http://bay.test/?key=abc"}, {"uri": 2}),
        ({"headers": (("X-Key", "KEY"), *BEFORE.headers[1:])}, {"header x-key": 3}),
        ({"headers": BEFORE.headers[2:]}, {"header x-key": 4}),
        ({"body": b"xb", "headers": (*BEFORE.headers[:2], ("Content-Length", "2"))}, {"body": 3}),
        ({"headers": (*BEFORE.headers[:2], ("Content-Length", "2"))}, {"header content-length": 1}),
    ],
)
def test_what_differs_is_told_with_its_place_and_size(change: dict[str, object], places: dict[str, int]) -> None:
    assert changed_places(BEFORE, replace(BEFORE, **change)) == places  # type: ignore[arg-type]


def test_a_reason_is_a_place_of_a_response() -> None:
    assert changed_places(Response(200, "it is abc"), Response(200, "it is X")) == {"reason": 3}


@given(TAPES.filter(bool), st.data())
def test_the_line_of_a_place_holds_it(tape: tuple[Interaction, ...], data: st.DataObject) -> None:
    text = render_cassette(tape, None)
    rows = text.split("\n")
    starts = lines_of_interactions(text)
    at = data.draw(st.integers(0, len(tape) - 1))
    place, _ = data.draw(st.sampled_from(list(places_of(tape[at]))))
    end = [*starts[1:], len(rows) + 1][at]
    line = line_of_place(rows, starts[at], end, place)
    side, _, word = place.partition(" ")
    key = {"reason": "message"}.get(word, word.removeprefix("header "))
    is_plain = f"      {key}:" in text.lower() or f"    {key}:" in text.lower()
    assert starts[at] <= line < end
    assert (line > rows.index("  response:", starts[at])) == (side == "response") or not is_plain
    assert rows[line - 1].strip().lower().startswith(f"{key}:") or not is_plain


def test_a_place_that_is_written_in_a_way_of_its_own_is_where_the_interaction_starts() -> None:
    text = "interactions:\n- {request: {uri: x}, response: {}}\nversion: 1\n"
    assert line_of_place(text.split("\n"), 2, 3, "request uri") == 2
