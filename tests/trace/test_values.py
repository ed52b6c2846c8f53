"""What the subject chose is numbered by order of appearance; references are found at any depth."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conformance.trace import Chosen, Ref, numbered, refs_in

TEXTS = st.sampled_from(["x", "y", "z", "$1"])
LEAVES = st.integers() | st.binary(max_size=3) | st.text(max_size=3) | TEXTS.map(Chosen)
REFS = st.builds(Ref, st.integers(1, 3), st.sampled_from(["etag", "upload"]))
VALUES = st.recursive(
    LEAVES | REFS,
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=8,
)


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    if isinstance(value, (list, tuple)):
        return [leaf for each in value for leaf in leaves(each)]
    return [value]


def chosen(value: Any) -> list[str]:
    return [each.text for each in leaves(value) if isinstance(each, Chosen)]


@given(value=VALUES)
def test_numbers_follow_the_order_of_first_appearance(value: Any) -> None:
    found = list(dict.fromkeys(chosen(numbered(value, {}))))
    assert found == [f"${number}" for number in range(1, len(found) + 1)]


@given(value=VALUES)
def test_two_are_numbered_alike_where_they_were_the_same(value: Any) -> None:
    before, after = chosen(value), chosen(numbered(value, {}))
    assert [before.index(each) for each in before] == [after.index(each) for each in after]


@given(value=VALUES)
def test_all_else_is_left_as_it_is(value: Any) -> None:
    before = [each for each in leaves(value) if not isinstance(each, Chosen)]
    assert [each for each in leaves(numbered(value, {})) if not isinstance(each, Chosen)] == before


@given(value=VALUES)
def test_numbering_twice_is_numbering_once(value: Any) -> None:
    once = numbered(value, {})
    assert numbered(once, {}) == once


@given(first=VALUES, second=VALUES)
def test_numbers_go_on_from_value_to_value(first: Any, second: Any) -> None:
    seen: dict[str, str] = {}
    assert [numbered(first, seen), numbered(second, seen)] == numbered([first, second], {})


@given(value=VALUES)
def test_every_reference_is_found_in_order(value: Any) -> None:
    assert list(refs_in(value)) == [each for each in leaves(value) if isinstance(each, Ref)]


@given(text=st.text())
def test_what_was_chosen_reads_as_itself(text: str) -> None:
    assert str(Chosen(text)) == text
