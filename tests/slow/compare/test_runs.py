"""Which interactions of several runs are the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import Interaction, Request, Response
from conformance.compare._runs import align

PATHS = st.lists(st.sampled_from(["/a", "/b", "/c/d", "/c/e", "/a?x=1", "/a?y=2"]), max_size=7)


def tape(*paths: str) -> list[Interaction]:
    return [Interaction(Request("GET", f"http://box.test{path}"), Response(200)) for path in paths]


@given(st.lists(st.tuples(PATHS, PATHS), min_size=2, max_size=3))
def test_every_interaction_of_the_first_run_is_aligned_or_told_of(drawn: list[tuple[list[str], list[str]]]) -> None:
    runs = [{"one": tape(*one), "other": tape(*other)} for one, other in drawn]
    aligned, unstable = align(runs)
    assert len(aligned) <= min(len(one) + len(other) for one, other in drawn)
    assert len(aligned) + len(unstable) >= max(len(one) + len(other) for one, other in drawn)
    for found in aligned:
        assert found.items[0] == runs[0][found.cassette][found.position]
        assert len({item.request.uri.count("/") for item in found.items}) == 1
    assert len({(found.cassette, found.position) for found in aligned}) == len(aligned)


@given(PATHS)
def test_a_program_is_aligned_with_itself(paths: list[str]) -> None:
    aligned, unstable = align([{"one": tape(*paths)}] * 3)
    assert ([found.position for found in aligned], unstable) == (list(range(len(paths))), [])
    assert all(len(set(found.items)) == 1 for found in aligned)


def test_a_cassette_that_some_runs_alone_have_is_told_of() -> None:
    _, unstable = align([{"one": tape("/a")}, {"one": tape("/a"), "other": tape("/b")}])
    assert [(found.cassette, found.asked, found.what) for found in unstable] == [
        ("other", "GET http://box.test/b", "was asked for in 1 of 2 runs")
    ]


def test_of_requests_of_one_form_those_most_alike_belong_together() -> None:
    aligned, unstable = align(
        [{"one": tape("/x/k7?at=0", "/y/m2?at=1", "/z/q9?at=2")}, {"one": tape("/x/p3?at=0", "/z/w5?at=2")}]
    )
    assert [(found.items[0].request.uri[-8:], found.items[1].request.uri[-8:]) for found in aligned] == [
        ("/k7?at=0", "/p3?at=0"),
        ("/q9?at=2", "/w5?at=2"),
    ]
    assert [found.asked for found in unstable] == ["GET http://box.test/y/m2"]


def test_requests_that_change_places_are_still_the_same() -> None:
    aligned, unstable = align([{"one": tape("/a", "/b")}, {"one": tape("/b", "/a")}])
    assert ([[item.request.uri[-1] for item in found.items] for found in aligned], unstable) == (
        [["a", "a"], ["b", "b"]],
        [],
    )
