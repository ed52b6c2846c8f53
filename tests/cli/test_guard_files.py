"""The file of a guard takes another state, or another bug's sight, and says nothing else than before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from conformance.cli._guard_files import render_settled
from conformance.errors import UsageError
from conformance.trace import Bug, Trace, fixed, guard_of, parse_trace, render_trace, reopened, shown_by
from tests.trace.test_guards import traces

PATH = Path("traces/guards/BUG-1.toml")
FIXED = Bug("BUG-1", "reads back nothing", "fixed")


def commented(text: str) -> str:
    """Return the text with a comment above and behind each header."""
    rows = (f"# above {at}\n{row} # behind {at}" if row[:1] == "[" else row for at, row in enumerate(text.split("\n")))
    return "\n".join(rows)


@given(traces())
@settings(deadline=None, max_examples=25)
def test_a_file_says_what_the_guard_says_and_keeps_its_comments(trace: Trace) -> None:
    shut = guard_of(trace, FIXED)
    try:
        guard = reopened(shut, trace)
    except UsageError:
        return
    text = commented(render_trace(guard))
    done = render_settled(text, shut, path=PATH)
    assert parse_trace(done, path=PATH) == shut == fixed(guard)
    again = render_settled(done, guard, path=PATH)
    assert parse_trace(again, path=PATH) == guard
    for told in (done, again):
        assert [row for row in told.split("\n") if "step" in row and "above" not in row and "observed" not in row][
            :1
        ] == ([row for row in text.split("\n") if "step" in row and "above" not in row and "observed" not in row][:1])
        lost = {row for row in text.split("\n") if row.startswith("# above")} - set(told.split("\n"))
        assert len(lost) <= sum(not shown_by(shut, family) for family in guard.observed)
    if not guard.observed.keys() - shut.observed.keys():
        assert [row for row in done.split("\n") if "#" in row] == [row for row in text.split("\n") if "#" in row]
    same = render_settled(text, guard, path=PATH)
    assert same == text


def test_several_steps_of_one_table_are_dropped_around_one_that_stays() -> None:
    own, other = '{ error = "leaked", bug = "BUG-1" }', '{ error = "leaked", bug = "BUG-2" }'
    steps = "".join('[[step]]\nop = "a"\nexpect = { ok = {} }\n' for _ in range(3))
    text = (
        f'schema = 1\ncontract = "box@1"\n{steps}[observed.one]\nstep.1 = {own}\n# of another\nstep.2 = {other}\n'
        f'step.3 = {own}\n[bug]\nid = "BUG-1"\ntitle = "t"\nstate = "open"\n'
    )
    guard = parse_trace(text, path=PATH)
    done = render_settled(text, fixed(guard), path=PATH)
    assert parse_trace(done, path=PATH) == fixed(guard)
    assert f"# of another\nstep.2 = {other}" in done


@pytest.mark.parametrize("shape", ["{ one = { step = { 2 = %s } } }", "{ one.step.2 = %s }"])
def test_an_inline_table_is_changed_as_well(shape: str) -> None:
    shown = '{ error = "leaked", bug = "BUG-1" }'
    text = (
        f'schema = 1\ncontract = "box@1"\nobserved = {shape % shown}\n'
        'step = [{ op = "a", expect = { ok = {} } }, { op = "a", expect = { ok = {} } }]\n'
        'bug = { id = "BUG-1", title = "t", state = "open" }\n'
    )
    guard = fixed(parse_trace(text, path=PATH))
    done = render_settled(text, guard, path=PATH)
    assert parse_trace(done, path=PATH) == guard
    assert "leaked" not in done


def test_what_cannot_be_changed_is_refused_and_named() -> None:
    text = 'schema = 1\ncontract = "b@1"\nstep = [{ op = "a", expect = { ok = {} } }]\n'
    guard = replace(parse_trace(text, path=PATH), bug=FIXED)
    other = replace(guard, covers=("something else",))
    with pytest.raises(UsageError) as caught:
        render_settled(render_trace(guard), other, path=PATH)
    assert caught.value.fault.slug == "fixed-form"
    assert caught.value.fault.path == PATH
