"""Which interactions of two cassettes belong together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import Change, Folding, Interaction, Request, Response, compare_cassettes
from tests.cassette.strategies import TAPES

KEYS = st.lists(st.sampled_from("abcdef"), max_size=8)
ID, OTHER = "0123456789abcdef", "fedcba9876543210"


def tape(*paths: str) -> tuple[Interaction, ...]:
    return tuple(Interaction(Request("GET", f"http://box.test/{path}"), Response(200)) for path in paths)


def told(changes: list[Change]) -> list[tuple[str, int | None, int | None]]:
    return [(change.sort, change.old, change.new) for change in changes]


@given(TAPES)
def test_a_cassette_is_the_same_as_itself(items: tuple[Interaction, ...]) -> None:
    for folding in (None, Folding()):
        changes = compare_cassettes(items, items, folding=folding)
        assert told(changes) == [("same", at, at) for at in range(len(items))]


@given(TAPES, TAPES)
def test_every_interaction_is_told_of_once(old: tuple[Interaction, ...], new: tuple[Interaction, ...]) -> None:
    changes = compare_cassettes(old, new, folding=Folding())
    assert sorted(change.old for change in changes if change.old is not None) == list(range(len(old)))
    assert [change.new for change in changes if change.new is not None] == list(range(len(new)))


@given(KEYS, KEYS)
def test_what_is_the_same_is_in_the_same_order(old: list[str], new: list[str]) -> None:
    changes = told(compare_cassettes(tape(*old), tape(*new)))
    kept = [at for sort, at, _ in changes if sort == "same" and at is not None]
    assert kept == sorted(kept)
    assert [old[at] for at in kept] == [new[to] for sort, _, to in changes if sort == "same" and to is not None]
    gone = [old[at] for sort, at, _ in changes if sort == "removed" and at is not None]
    come = [new[to] for sort, _, to in changes if sort == "added" and to is not None]
    assert not set(gone) & set(come)


def test_what_is_left_out_put_in_and_moved_is_told_by_its_place() -> None:
    changes = compare_cassettes(tape("a", "b", "c", "d"), tape("d", "a", "x", "c"))
    assert told(changes) == [("moved", 3, 0), ("same", 0, 1), ("removed", 1, None), ("added", None, 2), ("same", 2, 3)]


def test_a_request_whose_query_changed_belongs_to_its_old_self() -> None:
    (change,) = compare_cassettes(tape("a?x=1"), tape("a?x=2"))
    assert (change.sort, [found.part for found in change.request]) == ("changed", ["query x"])


def test_a_request_that_changed_and_changed_places_is_another() -> None:
    changes = compare_cassettes(tape("a?x=1", "b", "c"), tape("b", "c", "a?x=2"))
    assert told(changes) == [("removed", 0, None), ("same", 1, 0), ("same", 2, 1), ("added", None, 2)]


def test_requests_that_differ_in_ids_belong_together_if_they_are_renamed_alike() -> None:
    old = tape(f"{ID}/a", f"{ID}/b")
    assert [change.sort for change in compare_cassettes(old, tape(f"{OTHER}/a", f"{OTHER}/b"), folding=Folding())] == [
        "same"
    ] * 2
    mixed = compare_cassettes(old, tape(f"{OTHER}/a", f"{ID}/b"), folding=Folding())
    assert "changed" in {change.sort for change in mixed}
    assert [change.sort for change in compare_cassettes(old, tape(f"{OTHER}/a", f"{OTHER}/b"))] == [
        "removed",
        "removed",
        "added",
        "added",
    ]


def test_ids_that_stayed_are_paired_before_any_is_renamed() -> None:
    changes = compare_cassettes(tape(ID, OTHER), tape(OTHER, ID), folding=Folding())
    assert sorted(change.sort for change in changes) == ["moved", "same"]


def test_an_id_is_known_by_the_name_of_its_parameter() -> None:
    old, new = (tape(f"a?uploadId={value}", f"a?uploadId={value}&part=2") for value in ("abc~1", "xyz-23"))
    assert [change.sort for change in compare_cassettes(old, new, folding=Folding())] == ["same", "same"]


def test_ten_thousand_interactions_are_aligned() -> None:
    old = tape(*(f"{at % 5000}" for at in range(10_000)))
    changes = compare_cassettes(old, (*old[5000:], *old[1:5000]))
    assert [change.sort for change in changes].count("same") == 9999
