"""Places in JSON, against a model that walks what was parsed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import JsonPlace, Response
from conformance.cassette.scrubbing import _json_paths
from conformance.cassette.scrubbing._json_paths import parse_path, places

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

NAMES = st.sampled_from(["a", "b", "c d", "e-f", "ü", 'q"', "0"])
SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=12
)
STEPS = st.lists(NAMES.map(lambda name: ("name", name)) | st.sampled_from([("any", ""), ("deep", "")]), max_size=4).map(
    lambda steps: [*steps, ("name", "a")]
)


def written(steps: list[tuple[str, str]]) -> str:
    """Return a path."""
    text = "$"
    for kind, name in steps:
        if kind == "deep":
            text += "" if text.endswith("..") else ".."
        else:
            text += "[*]" if kind == "any" else f"['{name}']"
    return text


def changed(value: object, way: tuple[str, ...], steps: list[tuple[str, str]], *, is_there: bool = False) -> object:
    """Return what a document is to be, by definition."""
    is_there = is_there or (bool(way) and is_at(way, steps))
    if isinstance(value, dict):
        return {name: changed(each, (*way, name), steps, is_there=is_there) for name, each in value.items()}
    if isinstance(value, list):
        return [changed(each, (*way, str(at)), steps, is_there=is_there) for at, each in enumerate(value)]
    if not is_there or isinstance(value, bool) or value is None:
        return value
    return "S" if isinstance(value, str) else 0


def is_at(way: tuple[str, ...], steps: list[tuple[str, str]]) -> bool:
    if not steps or not way:
        return not steps and not way
    kind, name = steps[0]
    if kind == "deep":
        return any(is_at(way[at:], steps[1:]) for at in range(len(way)))
    return (kind == "any" or name == way[0]) and is_at(way[1:], steps[1:])


@given(VALUES, STEPS, st.sampled_from([None, 2]), st.booleans())
def test_exactly_the_scalars_at_a_path_change(
    value: object, steps: list[tuple[str, str]], indent: int | None, is_ascii: bool
) -> None:
    steps = [step for at, step in enumerate(steps) if step[0] != "deep" or steps[at - 1][0] != "deep" or at == 0]
    body = json.dumps(value, indent=indent, ensure_ascii=is_ascii).encode()
    found = JsonPlace(written(steps)).changed(Response(200, "", (), body), lambda _: "S")
    assert json.loads(found.body) == changed(value, (), steps)


@given(VALUES, STEPS)
def test_nothing_else_of_the_text_changes(value: object, steps: list[tuple[str, str]]) -> None:
    body = json.dumps(value, indent=1).encode()
    at, rest = 0, []
    spans = list(places(body, parse_path(written(steps))))
    for start, end in spans:
        assert at <= start < end
        rest.append(body[at:start])
        at = end
    found = JsonPlace(written(steps)).changed(Response(200, "", (), body), lambda text: text + "!")
    assert all(piece in found.body for piece in rest)
    assert (found.body == body) == all(body[slice(*span)] in {b"true", b"false", b"null", b"0"} for span in spans)


@given(st.binary(max_size=60) | st.text('{}[]:,"\\ab1 ', max_size=60).map(str.encode), STEPS)
def test_malformed_text_is_read_as_far_as_it_goes(body: bytes, steps: list[tuple[str, str]]) -> None:
    spans = list(places(body, parse_path(written(steps))))
    assert spans == sorted(spans)
    assert all(body[start:end].strip() for start, end in spans)


@given(VALUES, STEPS, st.integers(1, 40))
def test_truncated_text_has_the_places_of_whole_text_but_for_the_last(
    value: object, steps: list[tuple[str, str]], cut: int
) -> None:
    body, path = json.dumps(value).encode(), parse_path(written(steps))
    whole, cut_off = list(places(body, path)), list(places(body[:-cut], path))
    assert [span for span in cut_off if span[1] < len(body) - cut] == [
        span for span in whole if span[1] < len(body) - cut
    ]


@pytest.mark.parametrize("piece", ["[", '{"a":', '{"a":{"b":', '[1,"x",'])
@pytest.mark.parametrize("path", ["$.a", "$..a..b..c", "$[0][0].a"])
def test_deep_text_is_read_in_one_go(piece: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = {"read": 0}

    def counted(text: bytes) -> Iterator[re.Match[bytes]]:
        for token in find(text):
            counts["read"] += 1
            yield token

    find = _json_paths.TOKEN.finditer

    class Counting:
        finditer = staticmethod(counted)

    monkeypatch.setattr(_json_paths, "TOKEN", Counting)
    assert list(places(piece.encode() * 100_000, parse_path(path))) == []
    assert counts["read"] <= len(piece) * 100_000 + 1


@pytest.mark.parametrize("text", ["a", "", "$", "$..", "$.a..", "$.a[", "$.a b", "$['a'"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="path"):
        parse_path(text)
