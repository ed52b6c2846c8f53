"""A damaged file is refused; it never has fewer interactions, or bodies, in silence."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.cassette import FormatFault, Interaction, Request, Response
from tests.cassette.formats.test_round_trips import WRITTEN, parse, render

if TYPE_CHECKING:
    from conformance.cassette.formats import Notes

SAMPLE = tuple(
    Interaction(
        Request("PUT", f"http://box.test/key{at}?a=1", (("Content-Type", "application/json"),), b'{"at":[1.5]}'),
        Response(200, "OK", (("ETag", '"abc"'), ("Content-Type", "text/plain")), f"line {at}\nline\n".encode()),
    )
    for at in range(3)
)
JSON_FORMATS = [name for name in WRITTEN if name != "vcr-yaml"]
TEXTS = {name: render(name, SAMPLE) for name in JSON_FORMATS}


@pytest.mark.parametrize("name", JSON_FORMATS)
def test_a_file_cut_at_any_byte_is_refused_with_its_line_or_whole(name: str) -> None:
    text = TEXTS[name]
    for size in range(len(text)):
        try:
            found = parse(name, text[:size])
        except FormatFault as fault:
            assert fault.line == text[:size].count(b"\n") + 1 or fault.line == text[:size].rstrip().count(b"\n") + 1, (
                size
            )
        else:
            assert found == SAMPLE
            assert size == len(text) - 1


@pytest.mark.parametrize("name", JSON_FORMATS)
@given(at=st.integers(0, 10_000), letter=st.binary(min_size=1, max_size=1))
@example(at=0, letter=b"\xff")
def test_a_file_with_one_byte_changed_is_refused_or_loses_nothing_in_silence(name: str, at: int, letter: bytes) -> None:
    text, notes = TEXTS[name], Counter[str]()
    at %= len(text)
    changed = text[:at] + letter + text[at + 1 :]
    try:
        found = parse(name, changed, notes)
    except FormatFault as fault:
        assert str(fault)
        return
    assert notes or [bool(item.request.body) for item in found] == [True] * 3
    assert notes or [bool(item.response.body) for item in found] == [True] * 3
    assert notes or [len(item.request.headers) + len(item.response.headers) for item in found] == [3] * 3


@pytest.mark.parametrize("name", JSON_FORMATS)
def test_a_value_of_another_sort_is_refused_with_its_path(name: str) -> None:
    """Every value of the document, one at a time, becomes one that cannot stand there."""
    for path in paths(json.loads(TEXTS[name])):
        if {"RequestBody", "ResponseBody"} & set(path) or {"body", "value"} <= set(path):
            continue  # there any JSON is a body
        changed = json.loads(TEXTS[name])
        holder = changed
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = {"unlikely": [True]}
        notes: Notes = Counter()
        try:
            found = parse(name, json.dumps(changed).encode(), notes)
        except FormatFault as fault:
            place = str(fault).split(" ", 1)[0]
            assert place.startswith(dotted(path[:-1])) or dotted(path).startswith(place)
        else:
            assert notes or found == SAMPLE, path


def dotted(path: tuple[str | int, ...]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def paths(value: object, above: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, item in pairs for found in [(*above, key), *paths(item, (*above, key))]]


@pytest.mark.parametrize("name", JSON_FORMATS)
@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b"[1, 2]", "the document is no object"),
        (b'{"a": 1, "a": 2}', "the key 'a' comes twice"),
        (b'{"a": NaN}', "NaN is no number"),
        (b'{"a": "\\ud800"}', "half of a surrogate pair"),
        (b"[" * 100_000, "no JSON that can be read"),
        (b'{"a": ' + b"9" * 5000 + b"}", "no JSON that can be read"),
        (b'\xef\xbb\xbf{"a": "\xff"}', "not UTF-8"),
    ],
    ids=["array", "doubled", "nan", "surrogate", "deep", "long", "latin"],
)
def test_json_that_would_lose_something_is_refused(name: str, text: bytes, what: str) -> None:
    with pytest.raises(FormatFault, match=what):
        parse(name, text)
