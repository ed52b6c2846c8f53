"""Outcomes agree up to what the subject chose, one value for each name; differences are told in few words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conformance.contract import agreed, class_of, differences, shape_of
from conformance.trace import Chosen, Outcome

PLAIN = st.none() | st.booleans() | st.integers(0, 3) | st.text("ab", max_size=2) | st.binary(max_size=2)
VALUES = st.recursive(
    PLAIN | st.sampled_from("abc").map(Chosen),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("kl"), inner),
    max_leaves=6,
)
FIELDS = st.dictionaries(st.sampled_from(["data", "keys", "etag"]), VALUES)
OUTCOMES = FIELDS.map(Outcome) | st.sampled_from(["missing", "sealed"]).map(lambda error: Outcome(error=error))


def renamed(value: Any) -> Any:
    if isinstance(value, Chosen):
        return Chosen(f"subject's {value.text}")
    if isinstance(value, dict):
        return {name: renamed(each) for name, each in value.items()}
    return [renamed(each) for each in value] if isinstance(value, list) else value


@given(outcome=OUTCOMES)
def test_an_outcome_agrees_with_itself_by_other_names(outcome: Outcome) -> None:
    other = Outcome(renamed(outcome.value), outcome.error)
    found = agreed(outcome, other, {})
    assert found is not None
    assert all(value == f"subject's {name}" for name, value in found.items())
    assert agreed(outcome, other, found) == found


@given(one=OUTCOMES, other=OUTCOMES)
def test_without_names_to_agree_on_outcomes_agree_when_they_are_equal(one: Outcome, other: Outcome) -> None:
    assume("Chosen" not in repr(one) + repr(other))
    assert (agreed(one, other, {}) is not None) == (repr(one) == repr(other) or _same(one, other))


def _same(one: Outcome, other: Outcome) -> bool:
    def typed(value: Any) -> Any:
        if isinstance(value, dict):
            return sorted((name, repr(typed(each))) for name, each in value.items())
        return [typed(each) for each in value] if isinstance(value, list) else (type(value).__name__, value)

    return one.error == other.error and typed(one.value) == typed(other.value)


def test_a_name_stands_for_one_value() -> None:
    two = Outcome({"first": Chosen("etag"), "second": Chosen("etag")})
    assert agreed(two, Outcome({"first": Chosen("x"), "second": Chosen("x")}), {}) == {"etag": "x"}
    assert agreed(two, Outcome({"first": Chosen("x"), "second": Chosen("y")}), {}) is None
    assert agreed(Outcome({"first": Chosen("etag")}), Outcome({"first": Chosen("x")}), {"etag": "y"}) is None


def test_two_names_may_stand_for_one_value() -> None:
    two = Outcome({"first": Chosen("one"), "second": Chosen("two")})
    assert agreed(two, Outcome({"first": Chosen("x"), "second": Chosen("x")}), {}) == {"one": "x", "two": "x"}


@given(outcome=OUTCOMES)
def test_agreeing_changes_nothing_that_was_known(outcome: Outcome) -> None:
    known = {"a": "subject's a"}
    agreed(outcome, Outcome(renamed(outcome.value), outcome.error), known)
    assert known == {"a": "subject's a"}


@pytest.mark.parametrize(
    ("one", "other"), [(1, True), (b"a", "a"), (Chosen("a"), "a"), ("a", Chosen("a")), ([], {}), (0, None)]
)
def test_values_of_two_types_do_not_agree(one: Any, other: Any) -> None:
    assert agreed(Outcome({"field": one}), Outcome({"field": other}), {}) is None


def test_a_list_agrees_with_a_tuple() -> None:
    assert agreed(Outcome({"keys": ["a"]}), Outcome({"keys": ("a",)}), {}) == {}


def test_what_is_not_compared_makes_no_difference() -> None:
    assert agreed(Outcome(error="missing"), Outcome(error="missing", status=404, code="X", detail="y"), {}) == {}


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome({}), "ok"),
        (Outcome({"data": b"", "size": 3}), "ok (data none)"),
        (Outcome({"keys": ["a"], "prefixes": ["a/", "b/"]}), "ok (keys one, prefixes many)"),
        (Outcome({"exists": False, "etag": Chosen("x")}), "ok (exists false)"),
        (Outcome(error="missing", status=404, code="NoSuchKey", detail="no a"), "missing 404 NoSuchKey"),
        (Outcome(error="sealed"), "sealed"),
    ],
)
def test_the_class_of_an_outcome_is_its_error_or_the_shape_of_its_fields(outcome: Outcome, words: str) -> None:
    assert class_of(outcome) == words


@given(data=st.binary(min_size=1))
def test_all_bytes_but_none_have_one_shape(data: bytes) -> None:
    assert (shape_of(data), shape_of(b"")) == ("some", "none")


@pytest.mark.parametrize(
    ("expected", "actual", "words"),
    [
        ({"data": b"ab"}, {"data": b""}, "data empty"),
        ({"data": b""}, {"data": b"ab"}, "data not empty"),
        ({"data": b"ab"}, {"data": b"ba"}, "data of other content"),
        ({"data": b"ab"}, {"data": b"a"}, "data shorter"),
        ({"data": b"ab"}, {"data": b"abc"}, "data longer"),
        ({"keys": ["a", "b"]}, {"keys": ["b", "a"]}, "keys in another order"),
        ({"keys": ["a", "b"]}, {"keys": ["a", "c"]}, "keys with other items"),
        ({"size": 1}, {"size": 2}, "size of another value"),
        ({"exists": True}, {"exists": False}, "exists False instead of True"),
        ({"data": b"a"}, {"data": "a"}, "data is str, not bytes"),
        ({"data": b"a"}, {"data": None}, "data is none, not bytes"),
        ({"data": b"a", "etag": 1}, {"data": b"a", "next": 1}, "no etag, also next"),
        ({"etag": Chosen("a")}, {"etag": Chosen("b")}, "what it chose is not what it chose before"),
    ],
)
def test_a_difference_is_told_in_few_words(expected: dict[str, Any], actual: dict[str, Any], words: str) -> None:
    assert differences(Outcome(expected), Outcome(actual)) == words


def test_an_error_is_told_beside_what_was_expected() -> None:
    assert differences(Outcome({}), Outcome(error="missing", status=404)) == "missing 404 instead of ok"
    assert differences(Outcome(error="sealed"), Outcome({"data": b"a"})) == "ok (data some) instead of sealed"
