"""The parts in which texts differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.compare._spans import Span, spans_of

WORDS = st.lists(st.sampled_from(["a", "b", "c", "<d>", "\n", ": ", "==", "2024-01-01T00:00:00Z"]), max_size=12)
VALUES = st.sampled_from(["", "abc", "d-e_f", "17", "2024-01-01T00:00:00Z", "Sat, 21 Nov 2026 18:52:34 GMT", "a+b/c=="])
TWO_OR_THREE = st.integers(2, 3).flatmap(lambda runs: st.lists(st.tuples(*[VALUES] * runs), max_size=6))


@given(TWO_OR_THREE)
def test_what_differs_is_found_behind_the_word_before_it(lines: list[tuple[str, ...]]) -> None:
    texts = ["".join(f"word{at} {value};\n" for at, value in enumerate(column)) for column in zip(*lines, strict=True)]
    spans = spans_of(texts or ["", ""]) or []
    assert {span.line: span.values for span in spans} == {
        f"word{at} ": values for at, values in enumerate(lines) if len(set(values)) > 1
    }


@given(st.lists(WORDS.map(" ".join), min_size=2, max_size=4))
def test_what_is_in_no_span_is_the_same_in_all_texts(texts: list[str]) -> None:
    spans = spans_of(texts)
    if spans is not None:
        sizes = {len(text) - sum(len(span.values[at]) for span in spans) for at, text in enumerate(texts)}
        assert len(sizes) == 1
        assert bool(spans) == (len(set(texts)) > 1)


@given(WORDS.map("".join), st.integers(2, 3))
def test_equal_texts_have_no_span(text: str, count: int) -> None:
    assert not spans_of([text] * count)


@pytest.mark.parametrize(
    ("texts", "spans"),
    [
        (["RequestId:12ab-34\nend", "RequestId:56cd-78\nend"], [("RequestId:", ("12ab-34", "56cd-78"))]),
        (["<Id>x+y/z==</Id>", "<Id>p+q/r==</Id>"], [("Id>", ("x+y/z", "p+q/r"))]),
        (["at 10:17 on", "at 11:18 on"], [("at ", ("10:17", "11:18"))]),
        (["a=1\n2\nb", "a=1\n3\nb"], [("", ("2", "3"))]),
        (["a end", "a new end"], [("a ", ("", "new "))]),
        (["x: a, y: b", "x: c, y: d"], [("x: ", ("a", "c")), ("y: ", ("b", "d"))]),
    ],
)
def test_the_spans_of(texts: list[str], spans: list[tuple[str, tuple[str, ...]]]) -> None:
    assert [(span.context, span.values) for span in spans_of(texts) or []] == spans


def test_what_is_before_a_span_on_its_line_is_kept_as_far_as_it_is_the_same() -> None:
    assert spans_of(["one\ntwo x: 1 y: 3", "one\ntwo x: 2 y: 4"]) == [
        Span("x: ", "two x: ", ("1", "2")),
        Span("y: ", " y: ", ("3", "4")),
    ]


def test_long_texts_of_many_lines_are_compared_line_by_line() -> None:
    lines = [f"line {at}: same\n" for at in range(5000)]
    texts = ["".join([*lines[:2500], f"id: {value}\n", *lines[2500:]]) for value in ("abc", "def")]
    assert spans_of(texts) == [Span("id: ", "id: ", ("abc", "def"))]


@pytest.mark.parametrize("texts", [["abc", "def"], ["a " * 4000, "b " + "a " * 4000]])
def test_texts_with_nothing_in_common_or_very_long_ones_are_left_whole(texts: list[str]) -> None:
    assert spans_of(texts) is None
