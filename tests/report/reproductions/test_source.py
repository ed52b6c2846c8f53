"""Values as Python source."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract import Verdict
from conformance.report._reproductions._source import InexpressibleError, imports_of, source_of
from conformance.trace import pattern
from tests.compare.reports import VALUES

LONG = st.builds(
    lambda unit, times, rest: (unit * times)[: max(1, len(unit) * times - rest)],
    st.binary(min_size=1, max_size=300) | st.text(min_size=1, max_size=300),
    st.integers(1, 900),
    st.integers(0, 200),
)


class Settings:
    """What a client takes."""

    def __init__(self, kind: str, size: int | None = None) -> None:
        self.kind = kind
        self.size = size


class Opaque:
    """What nobody can make again."""

    def __init__(self) -> None:
        self.made = object()


def evaluated(value: object) -> object:
    names: dict[str, object] = {}
    for line in imports_of(value):
        exec(line, names)  # noqa: S102  (the source that was made here)
    return eval(source_of(value), names)  # noqa: S307


@given(VALUES)
def test_the_source_of_a_value_gives_the_value(value: object) -> None:
    assert evaluated(value) == value


@given(LONG)
def test_the_source_of_long_bytes_and_texts_gives_them(value: bytes | str) -> None:
    assert evaluated(value) == value


@pytest.mark.parametrize(
    ("value", "source"),
    [
        (pattern(5 * 1024 * 1024), "(bytes(range(251)) * 20888)[:5242880]"),
        (b"\0" * 1024, "b'\\x00' * 1024"),
        ("a" * 1025, "'a' * 1025"),
        ("ab" * 60 + "a", "('ab' * 61)[:121]"),
        ({"Key": ["a", (1,), {2}]}, "{'Key': ['a', tuple([1]), set([2])]}"),
    ],
)
def test_what_repeats_itself_is_short(value: object, source: str) -> None:
    assert source_of(value) == source
    assert evaluated(value) == value


def test_a_class_is_imported_from_where_it_is_public() -> None:
    assert imports_of(Verdict.OK) == {"from conformance.contract import Verdict"}


def test_objects_that_their_attributes_make_again_are_imported_and_called() -> None:
    made = evaluated([Settings("text"), Verdict.OK, io.BytesIO(b"x")])
    assert isinstance(made, list)
    assert (made[0].kind, made[0].size, made[1], made[2].getvalue()) == ("text", None, Verdict.OK, b"x")


@pytest.mark.parametrize("value", [object(), Opaque(), iter(()), datetime.now(UTC)])
def test_what_nothing_makes_again_is_refused(value: object) -> None:
    with pytest.raises(InexpressibleError):
        source_of(value)
