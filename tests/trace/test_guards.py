"""A guard is made of a trace, and changes its state, without losing anything else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.errors import UsageError
from conformance.trace import (
    Bug,
    Observed,
    Outcome,
    Program,
    Step,
    Trace,
    fixed,
    guard_of,
    reopened,
    shown_by,
    with_observed,
    without_bug,
)

if TYPE_CHECKING:
    from collections.abc import Callable

OUTCOMES = st.one_of(
    st.builds(lambda text: Outcome({"data": text}), st.sampled_from([b"", b"a", b"b"])),
    st.builds(lambda error: Outcome(error=error), st.sampled_from(["not_found", "leaked"])),
)
OBSERVED = st.one_of(
    st.builds(Observed, OUTCOMES),
    st.builds(Observed, OUTCOMES, bug=st.just("BUG-2")),
    st.builds(Observed, OUTCOMES, reason=st.just("either is allowed")),
)
BUG = Bug("BUG-1", "reads back nothing", "open")


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    count = draw(st.integers(1, 3))
    steps = tuple(Step("get", {"key": f"k{at}"}) for at in range(count))
    known = st.dictionaries(st.integers(1, count), OBSERVED, min_size=1, max_size=3)
    return Trace(
        Program("box@1", steps),
        tuple(draw(OUTCOMES) for _ in steps),
        ("get -> ok",),
        draw(st.dictionaries(st.sampled_from(["one", "two"]), known, max_size=2)),
    )


def diverging(trace: Trace) -> set[tuple[str, int]]:
    """The places that have neither a reason nor a bug of their own."""
    return {
        (family, number)
        for family, steps in trace.observed.items()
        for number, each in steps.items()
        if not each.reason and not each.bug
    }


@given(traces())
@settings(deadline=None)
def test_a_guard_holds_the_program_and_all_that_was_observed_and_names_its_own(trace: Trace) -> None:
    own = diverging(trace)
    if not own:
        with pytest.raises(UsageError) as caught:
            guard_of(trace, BUG)
        assert caught.value.fault.slug == "nothing-observed"
        return
    guard = guard_of(trace, BUG)
    assert (guard.program, guard.expect, guard.covers, guard.bug) == (trace.program, trace.expect, trace.covers, BUG)
    assert {(family, at) for family in guard.observed for at in shown_by(guard, family)} == own
    for family, steps in trace.observed.items():
        for number, each in steps.items():
            bug = "BUG-1" if (family, number) in own else each.bug
            assert guard.observed[family][number] == replace(each, bug=bug)


@given(traces())
@settings(deadline=None)
def test_a_fixed_guard_has_lost_its_bug_alone_and_can_be_opened_with_what_shows_it_again(trace: Trace) -> None:
    guard = guard_of(trace, replace(BUG, state="fixed"))
    assert guard == fixed(guard)
    kept = {(family, at) for family, steps in trace.observed.items() for at in steps} - diverging(trace)
    assert {(family, at) for family, steps in guard.observed.items() for at in steps} == kept
    assert guard.observed == without_bug(guard).observed
    with pytest.raises(UsageError) as caught:
        reopened(guard)
    assert caught.value.fault.slug == "nothing-observed"
    if diverging(trace):
        again = reopened(guard, trace)
        assert again == guard_of(trace, BUG)
        assert fixed(again) == guard
        assert reopened(again) == again


def test_what_was_observed_anew_takes_the_place_of_what_was_observed() -> None:
    trace = Trace(Program("box@1", (Step("get"), Step("get"))), (Outcome({}), Outcome({})))
    trace = with_observed(trace, "one", {2: Outcome(error="leaked"), 1: Outcome(error="not_found")})
    trace = with_observed(trace, "one", {2: Outcome(error="not_found")})
    assert trace.observed == {"one": dict.fromkeys((1, 2), Observed(Outcome(error="not_found")))}
    assert with_observed(trace, "two", {}) == trace


@pytest.mark.parametrize("name", ["", "../BUG", "BUG 1", "a/b", "-b", "b.", "é"])
def test_an_id_that_no_file_can_have_is_refused(name: str) -> None:
    trace = Trace(Program("box@1", (Step("get"),)), (Outcome({}),))
    with pytest.raises(UsageError) as caught:
        guard_of(trace, replace(BUG, id=name, state="fixed"))
    assert caught.value.fault.slug == "bad-bug-id"


def test_a_guard_is_made_of_no_guard_and_changed_with_no_other_program() -> None:
    plain = Trace(Program("box@1", (Step("get"),)), (Outcome({}),))
    guard = guard_of(plain, replace(BUG, state="fixed"))
    other = replace(plain, program=Program("box@1", (Step("put"),)))
    changes: dict[str, Callable[[], Trace]] = {
        "is-a-guard": lambda: guard_of(guard, BUG),
        "no-guard": lambda: fixed(plain),
        "another-program": lambda: reopened(guard, other),
    }
    for slug, change in changes.items():
        with pytest.raises(UsageError) as caught:
            change()
        assert caught.value.fault.slug == slug
