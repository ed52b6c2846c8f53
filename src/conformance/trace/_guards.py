"""Makes guards: a trace that stands for a filed bug, open while subjects show it, fixed from then on."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from conformance.errors import UsageError
from conformance.trace._trace import Bug, Observed, Trace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.trace._program import Outcome

NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?")


def with_observed(trace: Trace, family: str, outcomes: Mapping[int, Outcome], *, reason: str = "") -> Trace:
    """Return a trace that also holds what was observed on a family, in place of what it held of those steps.

    Args:
        trace: Any trace.
        family: The family of fixtures.
        outcomes: What came of some steps, by their numbers from 1, chosen values numbered over the program.
        reason: Why the contract allows them; empty where they diverge.
    """
    known = {number: Observed(outcome, reason) for number, outcome in outcomes.items()}
    observed = {**trace.observed, family: {**trace.observed.get(family, {}), **known}}
    return replace(trace, observed={name: dict(sorted(steps.items())) for name, steps in observed.items() if steps})


def guard_of(trace: Trace, bug: Bug) -> Trace:
    """Return a trace as the guard of a bug; it is no longer tied to the file that the trace was read from.

    In an open guard the bug is what was observed and has neither a reason nor a bug of its own; it stays, with the id.
    In a fixed one it goes: those families must do what is expected.

    Raises:
        UsageError: The id cannot name a file; the trace is a guard already; an open guard has nothing to show.
    """
    if not NAME.fullmatch(bug.id):
        cure = "Write it as it is filed, with letters, digits, and -, _ or . between them: BUG-197."
        raise UsageError(f"{bug.id!r} cannot be the name of a guard.", cure, slug="bad-bug-id")
    if trace.bug is not None:
        cure = f"Change its state with `conformance guard {trace.bug.id} --fixed`, or make this one of its trace."
        raise UsageError(f"This is the guard of {trace.bug.id} already.", cure, slug="is-a-guard")
    guard = replace(trace, bug=bug, path=None)
    named = {
        family: {number: _named(each, bug.id) for number, each in steps.items()}
        for family, steps in trace.observed.items()
    }
    return _settled(replace(guard, observed=named), bug.state)


def fixed(guard: Trace) -> Trace:
    """Return a guard in the state fixed: what was observed of its bug is dropped.

    Raises:
        UsageError: It is no guard.
    """
    return _settled(guard, "fixed")


def reopened(guard: Trace, shown: Trace | None = None) -> Trace:
    """Return a guard in the state open.

    Args:
        guard: The guard.
        shown: A trace of the same program on which the bug was observed again; without one, the guard itself must hold
            what is observed.

    Raises:
        UsageError: It is no guard, the programs are not the same, or nothing was observed.
    """
    if shown is None:
        return _settled(guard, "open")
    if shown.program != guard.program:
        cure = "Run the guard, and take what it shows: `pytest traces/guards`, then `--open --from-failure`."
        raise UsageError("What was observed was observed of another program.", cure, slug="another-program")
    bug = _bug_of(guard)
    for family, steps in shown.observed.items():
        fresh = {at: each.outcome for at, each in steps.items() if not each.reason and each.bug in ("", bug.id)}
        guard = with_observed(guard, family, fresh)
        guard = replace(guard, observed={**guard.observed, **_named_in(guard, family, bug.id)})
    return _settled(guard, "open")


def shown_by(guard: Trace, family: str) -> Mapping[int, Observed]:
    """Return, by number of the step, where a family is observed to show the bug of a guard."""
    bug = _bug_of(guard)
    return {number: each for number, each in guard.observed.get(family, {}).items() if each.bug == bug.id}


def without_bug(guard: Trace) -> Trace:
    """Return a guard without what was observed of its bug; what else is observed stays."""
    bug = _bug_of(guard)
    kept = {
        family: {number: each for number, each in steps.items() if each.bug != bug.id}
        for family, steps in guard.observed.items()
    }
    return replace(guard, observed={family: steps for family, steps in kept.items() if steps})


def _settled(guard: Trace, state: Literal["open", "fixed"]) -> Trace:
    bug = replace(_bug_of(guard), state=state)
    guard = replace(guard, bug=bug)
    if state == "fixed":
        return without_bug(guard)
    if not any(shown_by(guard, family) for family in guard.observed):
        what = f"Nothing that was observed shows {bug.id}, so an open guard of it would guard nothing."
        cure = "Take what a run shows with --from-failure, or add --fixed if every subject does what is expected."
        raise UsageError(what, cure, slug="nothing-observed", path=guard.path)
    return guard


def _bug_of(guard: Trace) -> Bug:
    if guard.bug is None:
        cure = "Make one of it: `conformance guard BUG-123 --from FILE`."
        raise UsageError("This trace is no guard: it has no [bug].", cure, slug="no-guard", path=guard.path)
    return guard.bug


def _named(observed: Observed, bug: str) -> Observed:
    return observed if observed.reason or observed.bug else replace(observed, bug=bug)


def _named_in(guard: Trace, family: str, bug: str) -> dict[str, dict[int, Observed]]:
    steps = guard.observed.get(family, {})
    return {family: {number: _named(each, bug) for number, each in steps.items()}} if steps else {}
