"""Set cover."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.generate import Candidate, cover, shares, shown
from conformance.trace import Program, Step

SIGNATURES = st.sampled_from("abcdefghij")


@st.composite
def candidates(draw: st.DrawFn) -> list[Candidate]:
    found = draw(st.lists(st.tuples(st.frozensets(SIGNATURES, min_size=1), st.integers(1, 9)), max_size=12))
    return [Candidate(Program("c@1", (Step(str(at)),)), each, cost) for at, (each, cost) in enumerate(found)]


@given(candidates(), st.frozensets(SIGNATURES))
def test_what_is_chosen_shows_all_that_is_wanted_and_can_be_shown(
    every: list[Candidate], wanted: frozenset[str]
) -> None:
    chosen = cover(every, wanted)
    assert shown(chosen) & wanted == shown(every) & wanted
    assert all(each in every for each in chosen)


@given(candidates(), st.frozensets(SIGNATURES))
def test_nothing_that_is_chosen_can_be_left_out(every: list[Candidate], wanted: frozenset[str]) -> None:
    chosen = cover(every, wanted)
    for each in chosen:
        assert not each.signatures & wanted <= shown(one for one in chosen if one is not each)


@given(candidates(), st.frozensets(SIGNATURES))
def test_everything_wanted_is_the_share_of_one(every: list[Candidate], wanted: frozenset[str]) -> None:
    chosen = cover(every, wanted)
    found = shares(chosen, wanted)
    assert sorted(one for share in found for one in share) == sorted(shown(chosen) & wanted)
    assert all(share <= each.signatures for share, each in zip(found, chosen, strict=True))
