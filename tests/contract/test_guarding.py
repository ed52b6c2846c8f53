"""Guards are strict both ways: open ones must show their bug, fixed ones must not, and none shows anything else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract import (
    Allowed,
    Played,
    Run,
    as_observed,
    differing,
    judge_guard,
    numbered_outcomes,
    title_of,
)
from conformance.trace import Bug, Chosen, Outcome, Program, Step, Trace, fixed, guard_of, with_observed

OUTCOMES = st.sampled_from(
    [
        Outcome({}),
        Outcome({"data": b""}),
        Outcome({"data": b"a"}),
        Outcome({"etag": Chosen("$1")}),
        Outcome(error="not_found"),
        Outcome(error="leaked", code="builtins.KeyError"),
    ]
)


def run_of(guard: Trace, *came: Outcome, reason: str = "") -> Run:
    """Return a run of a guard; where there is a reason, the contract allows all that came."""
    steps = guard.program.steps
    allowed = [Allowed(each, None, reason) if reason else None for each in came]
    played = (Played(*each) for each in zip(steps, came, [""] * len(came), [()] * len(came), allowed, strict=False))
    return Run(guard.program, tuple(played))


@st.composite
def guards(draw: st.DrawFn) -> Trace:
    """Draw an open guard of which the family ``one`` shows the bug at one step or two."""
    expect = draw(st.lists(OUTCOMES, min_size=1, max_size=3))
    trace = Trace(Program("box@1", tuple(Step("get", {"key": "k"}) for _ in expect)), tuple(expect))
    shown = draw(st.dictionaries(st.integers(1, len(expect)), OUTCOMES, min_size=1, max_size=2))
    return guard_of(with_observed(trace, "one", shown), Bug("BUG-1", "reads back nothing", "open"))


@given(guards(), st.data())
@settings(deadline=None)
def test_exactly_one_state_passes_for_what_is_observed_or_expected_and_none_for_anything_else(
    guard: Trace, data: st.DataObject
) -> None:
    came = tuple(data.draw(st.sampled_from([want, shows]) | OUTCOMES)
                 for want, shows in zip(guard.expect, guard.expected_of("one"), strict=True))  # fmt: skip
    as_expected = not differing(guard.expect, came)
    as_observed = not differing(guard.expected_of("one"), came)
    passing = [
        state
        for state, each in (("open", guard), ("fixed", fixed(guard)))
        if judge_guard(each, run_of(each, *came), "one") is None
    ]
    assert passing == (["fixed"] if as_expected else ["open"] if as_observed else [])


@given(guards(), st.data())
@settings(deadline=None)
def test_a_family_of_which_nothing_is_observed_must_do_what_is_expected_in_both_states(
    guard: Trace, data: st.DataObject
) -> None:
    came = tuple(data.draw(st.just(want) | OUTCOMES) for want in guard.expect)
    is_right = not differing(guard.expect, came)
    assert (judge_guard(guard, run_of(guard, *came), "two") is None) == is_right
    assert (judge_guard(fixed(guard), run_of(guard, *came), "two") is None) == is_right


NUMBERED = st.one_of(OUTCOMES, st.integers(1, 3).map(lambda at: Outcome({"etag": Chosen(f"${at}")})))


@given(guards(), st.data())
@settings(deadline=None)
def test_what_came_is_what_is_expected_of_a_trace_that_observed_it(guard: Trace, data: st.DataObject) -> None:
    came = numbered_outcomes([data.draw(NUMBERED) for _ in guard.expect])
    for trace in (guard, replace(guard, bug=None)):
        for family in ("one", "two"):
            found = as_observed(trace, family, came)
            assert differing(found.expected_of(family), came) == ()
            assert set(found.observed.get(family, {})) <= set(range(1, len(came) + 1))
            assert {**found.observed, family: None} == {**trace.observed, family: None}
            if not differing(trace.expect, came):
                assert family not in found.observed
            assert as_observed(found, family, came) == found


def test_where_names_would_clash_all_of_what_came_is_observed() -> None:
    wanted = (Outcome({"a": Chosen("$1"), "b": Chosen("$2")}), Outcome(error="not_found"))
    came = (Outcome({"a": Chosen("$1"), "b": Chosen("$1")}), Outcome({"etag": Chosen("$2")}))
    found = as_observed(Trace(Program("box@1", (Step("get"), Step("get"))), wanted), "one", came)
    assert differing(found.expected_of("one"), came) == ()
    assert [each.outcome for each in found.observed["one"].values()] == list(came)


GUARD = guard_of(
    with_observed(
        Trace(
            Program("box@1", (Step("put", {"key": "a/"}), Step("get", {"key": "a/"}))),
            (Outcome({}), Outcome({"data": b"hi"})),
        ),
        "one",
        {2: Outcome({"data": b""})},
    ),
    Bug("BUG-1", "reads back nothing", "open"),
)


@pytest.mark.parametrize(
    ("guard", "family", "came", "slug", "says"),
    [
        (GUARD, "one", b"hi", "looks-fixed", "BUG-1 looks fixed on one: reads back nothing"),
        (GUARD, "one", b"ho", "not-as-observed", "one no longer shows BUG-1 as it was observed"),
        (GUARD, "two", b"", "also-wrong", "two does not do what is expected where BUG-1 is guarded"),
        (fixed(GUARD), "one", b"", "bug-is-back", "BUG-1 is back on one: reads back nothing"),
    ],
)
def test_a_guard_that_fails_says_why(guard: Trace, family: str, came: bytes, slug: str, says: str) -> None:
    found = judge_guard(guard, run_of(guard, Outcome({}), Outcome({"data": came})), family)
    assert found is not None
    assert found.slug == slug
    assert found.what.startswith(says)
    assert "conformance guard BUG-1 --" in found.cure
    if slug != "looks-fixed":
        expected, got = ("" if slug == "not-as-observed" else "hi"), came.decode()
        assert found.details == (
            'step 2  get(key = "a/")',
            f'  expected  {{ ok = {{ data = {{ bytes = "{expected}" }} }} }}',
            f'  got       {{ ok = {{ data = {{ bytes = "{got}" }} }} }}',
        )


def test_one_chosen_value_stands_for_one_over_the_whole_program() -> None:
    wanted = (Outcome({"etag": Chosen("$1")}), Outcome({"etag": Chosen("$1")}))
    assert differing(wanted, (Outcome({"etag": Chosen("x")}), Outcome({"etag": Chosen("x")}))) == ()
    assert differing(wanted, (Outcome({"etag": Chosen("x")}), Outcome({"etag": Chosen("y")}))) == (2,)
    assert differing(wanted, wanted[:1]) == (2,)


def test_a_program_that_ended_early_is_told_of_and_long_values_are_cut() -> None:
    found = judge_guard(fixed(GUARD), run_of(GUARD, Outcome({"data": b"x" * 900}, detail="d" * 900)), "one")
    assert found is not None
    assert found.details[2].startswith('  got       { ok = { data = { bytes = "xxx')
    assert max(map(len, found.details)) < 900
    assert found.details[-1] == "  got       nothing: an earlier step did not give what it refers to"


def test_what_the_contract_allows_is_told_with_the_line_that_says_so() -> None:
    came = run_of(GUARD, Outcome({}), Outcome(error="not_found"), reason="some lose it")
    for guard in (GUARD, fixed(GUARD)):
        found = judge_guard(guard, came, "two")
        assert found is not None
        assert found.slug == "also-allowed"
        assert '`step.2 = { error = "not_found", reason = "some lose it" }`' in found.cure
        known = with_observed(guard, "two", {2: Outcome(error="not_found")}, reason="some lose it")
        assert judge_guard(known, came, "two") is None
    still = judge_guard(GUARD, came, "one")
    assert still is not None
    assert still.slug == "not-as-observed"


def test_of_what_is_not_offered_nothing_is_said_except_where_the_bug_must_show() -> None:
    came = run_of(GUARD, Outcome({}), Outcome(error="not_offered"))
    assert judge_guard(GUARD, came, "two") is None
    assert judge_guard(fixed(GUARD), came, "one") is None
    found = judge_guard(GUARD, came, "one")
    assert found is not None
    assert found.slug == "not-as-observed"


def test_what_no_trace_can_hold_is_told_all_the_same() -> None:
    found = judge_guard(GUARD, run_of(GUARD, Outcome({}), Outcome({"data": object})), "two")
    assert found is not None
    assert found.details[2] == "  got       {'data': <class 'object'>}"


def test_a_title_says_what_differs_or_what_is_covered() -> None:
    assert title_of(GUARD) == "get: data empty"
    assert title_of(fixed(GUARD)) == "put, get"
    assert title_of(replace(fixed(GUARD), covers=("get -> ok", "put -> ok"))) == "get -> ok, put -> ok"


def test_a_trace_that_is_no_guard_is_not_judged_as_one() -> None:
    with pytest.raises(ValueError, match="traces with a bug"):
        judge_guard(replace(GUARD, bug=None), run_of(GUARD), "one")


def test_a_fixed_guard_that_still_tells_what_was_observed_wants_what_is_expected_all_the_same() -> None:
    bug = replace(GUARD.bug, state="fixed") if GUARD.bug else None
    by_hand = replace(GUARD, bug=bug)
    assert judge_guard(by_hand, run_of(GUARD, *GUARD.expect), "one") is None
    found = judge_guard(by_hand, run_of(GUARD, *GUARD.expected_of("one")), "one")
    assert found is not None
    assert found.slug == "bug-is-back"
