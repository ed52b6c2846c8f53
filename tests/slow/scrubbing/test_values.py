"""Values that are known, in whatever form they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from conformance.cassette import Request, Response, Scrubber
from conformance.cassette.scrubbing import ReplaceValue, Span
from conformance.cassette.scrubbing._escapes import views
from conformance.cassette.scrubbing._finders import Search
from tests.slow.scrubbing.forms import (
    AROUND,
    JSON,
    PERCENT,
    RAW,
    STAND_IN,
    TEXT_FORMS,
    VALUES,
    XML,
    Form,
    is_apart,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.cassette.scrubbing._escapes import View

MANY = 10_000


def scrubbed(data: bytes, *values: str, stand_in: str = STAND_IN) -> bytes:
    """Return a body without values."""
    rules = [ReplaceValue(f"box.{number}", value, stand_in) for number, value in enumerate(values)]
    return Scrubber(rules).response(Response(200, "", (), data)).body


@given(VALUES, TEXT_FORMS, AROUND, AROUND)
@example("/key/of/it", JSON[2], "", "")
@example('"quoted"', JSON[0], "", "")
@example("q 0+zork", PERCENT[3] + XML[0], "", "")
@example("a%41bcde", RAW, "", "")
@example("a%41bcde", PERCENT[0], "", "")
@example("name", PERCENT[4] + PERCENT[0] + PERCENT[0], "", "")
@example("name", JSON[4] + JSON[0] + JSON[0], "", "")
@example("name", XML[3] + PERCENT[0] + PERCENT[0], "", "")
def test_a_value_is_replaced_in_every_form_and_nothing_else_is(
    value: str, form: Form, before: str, behind: str
) -> None:
    assume(is_apart(value, before, behind))
    written = form.write(value)
    assume(form.read(written) == value)
    found = scrubbed(f"{before}<{written}>{behind}".encode(), value)
    text = found.decode()
    assert text.startswith(f"{before}<")
    assert text.endswith(f">{behind}")
    assert form.read(text[len(before) + 1 : len(text) - len(behind) - 1]) == STAND_IN
    assert scrubbed(found, value) == found


@given(VALUES, TEXT_FORMS, st.integers(0, 3))
def test_occurrences_next_to_each_other_are_all_replaced(value: str, form: Form, count: int) -> None:
    written = form.write(value)
    assume(form.read(written * count) == value * count)
    assert form.read(scrubbed((written * count).encode(), value).decode()) == STAND_IN * count


@given(
    st.sampled_from(["müller-ähre", "日本語キー", "éèêëé", "straßekeys"]), st.sampled_from([RAW, PERCENT[0], JSON[1]])
)
def test_a_value_in_upper_or_lower_case_is_replaced(value: str, form: Form) -> None:
    for written in (value.upper(), value.lower(), value.title().swapcase().lower()):
        found = scrubbed(f"<{form.write(written)}>".encode(), value).decode()
        assert form.read(found[1:-1]).lower() == STAND_IN.lower()


@pytest.mark.parametrize(
    ("value", "written", "stand_in"),
    [
        ("Some-Name", "some-name", "stand-in"),
        ("Some-Name", "SOME-NAME", "STAND-IN"),
        ("Some-Name", "SoMe-name", "Stand-In"),
        ("some-name", "some-name", "Stand-In"),
        ("some-name", "SOME-NAME", "STAND-IN"),
    ],
)
def test_the_stand_in_is_in_the_case_that_the_value_was_put_into(value: str, written: str, stand_in: str) -> None:
    assert scrubbed(written.encode(), value, stand_in="Stand-In") == stand_in.encode()


@given(VALUES.filter(lambda value: len(value.encode()) > 3), st.booleans(), AROUND)
def test_a_value_in_hexadecimal_is_replaced(value: str, is_upper: bool, around: str) -> None:
    assume(is_apart(value, around))
    before, written = around.encode() + b"<", value.encode().hex()
    found = scrubbed(before + (written.upper() if is_upper else written).encode() + b">", value)
    assert found.startswith(before)
    assert bytes.fromhex(found[len(before) : -1].decode()) == STAND_IN.encode()


@given(VALUES, VALUES, st.permutations([0, 1]), st.sampled_from([RAW, *PERCENT, *JSON, *XML]))
def test_of_two_values_one_of_which_holds_the_other_nothing_is_left(
    inner: str, rest: str, order: list[int], form: Form
) -> None:
    outer = inner + rest
    assume(is_apart(inner, rest) and is_apart(inner, STAND_IN))
    written = form.write(outer)
    assume(form.read(written) == outer)
    values = [(inner, outer)[at] for at in order]
    assert form.read(scrubbed(written.encode(), *values).decode()) == STAND_IN


def test_values_that_overlap_leave_neither() -> None:
    for values in (("abcdefgh", "efghijkl"), ("efghijkl", "abcdefgh")):
        found = scrubbed(b"<abcdefghijkl>", *values, stand_in="S")
        assert not any(value.encode() in found for value in values)


def test_a_value_is_looked_for_in_no_more_than_its_own_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def counted(text: bytes, start: int, end: int) -> Iterator[View]:
        seen.append(end - start)
        return views(text, start, end)

    monkeypatch.setattr("conformance.cassette.scrubbing._values.views", counted)
    body = b'{"name": "some-name-of-it"},' * MANY
    is_replaced = scrubbed(body, "some-name-of-it", stand_in="S-1") == body.replace(b"some-name-of-it", b"S-1")
    assert is_replaced
    assert sum(seen) < MANY * 1500


def test_a_hit_within_what_was_just_found_is_not_looked_at_again() -> None:
    asked: list[int] = []

    class Wide(ReplaceValue):
        def span(self, text: bytes, anchor: int, start: int) -> Span:
            asked.append(start + 0 * anchor)
            return Span(0, len(text), b"S")

    search = Search([Wide("box.wide", "some-name", "S")])
    text = b"some-name" * MANY
    assert search.replaced(text, search.hits(text)) == b"S"
    assert asked == [0]


@given(VALUES)
def test_a_value_at_the_start_and_end_of_the_address_and_of_headers_is_replaced(value: str) -> None:
    rule = ReplaceValue("box.key", value, "S")
    written = PERCENT[0].write(value)
    request = Request("GET", written + "/" + written, (("One", value), ("One", f"a {value}"), ("Two", f"{value} b")))
    found = Scrubber([rule]).request(request)
    assert found.uri == "S/S"
    assert found.headers == (("One", "S"), ("One", "a S"), ("Two", "S b"))


@given(VALUES, st.binary(max_size=40), st.integers(0, 60))
def test_no_truncated_text_makes_it_fail(value: str, noise: bytes, cut: int) -> None:
    for form in (*PERCENT, *JSON, *XML):
        data = (noise + form.write(value).encode())[: -cut or None]
        found = scrubbed(data, value)
        assert scrubbed(found, value) == found
