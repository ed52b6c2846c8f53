"""Places in addresses, headers, forms and parts, each by itself and through a scrubber, which passes bodies over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import HeaderPlace, JsonPlace, Replace, Request, Scrubber
from conformance.cassette.scrubbing import FormPlace, PartPlace, QueryPlace

if TYPE_CHECKING:
    from conformance.cassette.scrubbing import Place

NAMES = st.sampled_from(["key", "Key", "a b", "ü", "k&y", "x"])
PAIRS = st.lists(st.tuples(NAMES, st.text(st.characters(codec="utf-8"), max_size=8)), min_size=1, max_size=5)
FORM = (("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),)
URI = "http://box.test/a%2fb"


def scrubbed(place: Place, request: Request, *, is_dropped: bool = False) -> Request:
    rule = Replace("box.key", place, "S T&1", is_dropped=is_dropped, is_learned=False)
    found = Scrubber([rule]).request(request)
    assert found == rule.request(request)
    return found


def settled(pairs: list[tuple[str, str]], name: str, *, is_dropped: bool) -> list[tuple[str, str]]:
    return [
        (key, "S T&1" if key == name and value else value)
        for key, value in pairs
        if not (is_dropped and key == name)
    ]  # fmt: skip


@given(PAIRS, NAMES, st.booleans())
def test_of_a_query_exactly_the_parameter_changes(pairs: list[tuple[str, str]], name: str, is_dropped: bool) -> None:
    query = urlencode(pairs, quote_via=quote, safe="")
    found = scrubbed(QueryPlace(name), Request("GET", f"{URI}?{query}#f"), is_dropped=is_dropped).uri
    head, _, rest = found.partition("#")
    assert (head.partition("?")[0], rest) == (URI, "f")
    assert parse_qsl(head.partition("?")[2], keep_blank_values=True) == settled(pairs, name, is_dropped=is_dropped)


@given(PAIRS, NAMES, st.booleans(), st.sampled_from(["+", "%20"]))
def test_of_a_form_exactly_the_field_changes(
    pairs: list[tuple[str, str]], name: str, is_dropped: bool, space: str
) -> None:
    body = urlencode(pairs).replace("+", space).encode()
    found = scrubbed(FormPlace(name), Request("POST", URI, FORM, body), is_dropped=is_dropped)
    assert parse_qsl(found.body.decode(), keep_blank_values=True) == settled(pairs, name, is_dropped=is_dropped)


@given(st.lists(st.tuples(st.sampled_from(["X-Key", "x-key", "Other"]), st.text("ab ", max_size=3)), max_size=5))
def test_of_headers_exactly_those_of_the_name_change(pairs: list[tuple[str, str]]) -> None:
    found = scrubbed(HeaderPlace("x-key"), Request("GET", URI, tuple(pairs)))
    assert list(found.headers) == [
        (name, "S T&1" if name.lower() == "x-key" and value else value) for name, value in pairs
    ]


@given(NAMES, st.booleans())
def test_a_name_that_json_escapes_is_found(name: str, is_ascii: bool) -> None:
    body = json.dumps({name: "secret"}, ensure_ascii=is_ascii).encode()
    found = scrubbed(JsonPlace(f"$['{name}']"), Request("POST", URI, (), body))
    assert json.loads(found.body) == {name: "S T&1"}


@pytest.mark.parametrize("name", ["key", "a b"])
def test_of_parts_exactly_the_one_of_the_name_changes(name: str) -> None:
    def body(value: str) -> bytes:
        part = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
        return (part.format(name, value) + part.format("other", "secret") + "--b--\r\n").encode()

    headers = (("Content-Type", "multipart/form-data; boundary=b"),)
    assert scrubbed(PartPlace(name), Request("POST", URI, headers, body("secret"))).body == body("S T&1")
