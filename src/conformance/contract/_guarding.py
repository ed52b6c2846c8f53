"""Holds what came of a guard against its bug: open ones must still show it, fixed ones must not, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.contract._comparing import agreed, differences
from conformance.contract._session import Run, Verdict, usual_outcomes
from conformance.errors import Fault, UsageError
from conformance.trace import (
    Observed,
    Outcome,
    Trace,
    render_observed,
    render_step,
    shown_by,
    with_observed,
    without_bug,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.contract._api import Contract
    from conformance.contract._findings import Finding

LONGEST = 400


def judge_guard(guard: Trace, run: Run, family: str) -> Fault | None:
    """Return why a guard fails on a family of fixtures; None where it passes.

    An open guard passes where the family does exactly what is observed of it: at the steps of the bug, the bug; at all
    others what is expected. A fixed one, and a family of which the bug is not observed, must do what is expected; of a
    step that such a family does not offer nothing is said.

    Args:
        guard: A trace with a bug.
        run: What came of it; it may have ended before a step whose reference nothing was given for.
        family: The family of the fixture that was run.
    """
    if guard.bug is None:
        message = "judge_guard is for traces with a bug"
        raise ValueError(message)
    bug, is_open = guard.bug, guard.bug.state == "open"
    clean = without_bug(guard).expected_of(family)
    wanted = guard.expected_of(family) if is_open else clean
    shows = is_open and bool(shown_by(guard, family))
    if shows and not differing(clean, run.outcomes):
        what = f"{bug.id} looks fixed on {family}: {bug.title}"
        return Fault(what, f"If it is, run `conformance guard {bug.id} --fixed`.", "looks-fixed", guard.path)
    unoffered = {number for number, each in enumerate(run.played, start=1) if each.verdict is Verdict.NOT_OFFERED}
    wrong = [number for number in differing(wanted, run.outcomes) if shows or number not in unoffered]
    if not wrong:
        return None
    details = tuple(line for number in wrong for line in _told(guard, run, number, wanted[number - 1]))
    if shows:
        what = f"{family} no longer shows {bug.id} as it was observed, nor does it do what is expected: {bug.title}"
        cure = f"If this is how the bug shows now, run `conformance guard {bug.id} --open --from-failure`."
        return Fault(what, cure, "not-as-observed", guard.path, details=details)
    allowed = [number for number in wrong if number <= len(run.played) and run.played[number - 1].accepted]
    if allowed == wrong:
        lines = "; ".join(f"`{_observed_line(run, number)}`" for number in allowed)
        what = f"{family} does not do what is expected where {bug.id} is guarded, but what the contract allows."
        cure = f"Write it under [observed.{family}]: {lines}."
        return Fault(what, cure, "also-allowed", guard.path, details=details)
    if is_open:
        what = f"{family} does not do what is expected where {bug.id} is guarded: {bug.title}"
        cure = f"If it has the bug too, run `conformance guard {bug.id} --open --from-failure`."
        return Fault(what, cure, "also-wrong", guard.path, details=details)
    what = f"{bug.id} is back on {family}: {bug.title}"
    cure = f"Mend it; or file it again and run `conformance guard {bug.id} --open --from-failure`."
    return Fault(what, cure, "bug-is-back", guard.path, details=details)


def differing(wanted: Sequence[Outcome], outcomes: Sequence[Outcome]) -> tuple[int, ...]:
    """Return the numbers of the steps, from 1, of which something else came than is wanted; a missing one is wrong."""
    chosen: dict[str, str] = {}
    wrong = []
    for number, want in enumerate(wanted, start=1):
        came = outcomes[number - 1] if number <= len(outcomes) else None
        known = agreed(want, came, chosen) if came is not None else None
        if known is None:
            wrong.append(number)
        else:
            chosen = known
    return tuple(wrong)


def as_observed(trace: Trace, family: str, outcomes: Sequence[Outcome]) -> Trace:
    """Return a trace that holds what came of it on a family: what is expected, and where it differs what was observed.

    What the trace held as allowed of the family stays, and of what diverges, that which came again; the family does
    what is expected of it in what is returned.

    Args:
        trace: A trace, or a guard.
        family: The family of the fixture that was run.
        outcomes: What came of every step, chosen values numbered.
    """
    known = trace.observed.get(family, {})
    was_wrong = differing(trace.expected_of(family), outcomes)
    allowed = {number: each for number, each in known.items() if each.reason and number not in was_wrong}
    base = replace(trace, observed={**trace.observed, family: allowed})
    found = base
    while wrong := differing(found.expected_of(family), outcomes):  # terminates because each turn holds more steps
        is_more = not found.observed.get(family, {}).keys() >= set(wrong)
        # one name may stand for two values where some steps are expected and some observed: then all are observed
        taken = wrong if is_more else range(1, len(outcomes) + 1)
        found = with_observed(found, family, {number: outcomes[number - 1] for number in taken})
    steps = {
        number: known[number] if number in known and known[number].outcome == each.outcome else each
        for number, each in found.observed.get(family, {}).items()
    }
    others = {name: each for name, each in found.observed.items() if name != family}
    return replace(found, observed={**others, family: steps} if steps else others)


def trace_of_finding(
    finding: Finding, contract: Contract, *, capabilities: frozenset[str], families: Mapping[str, str]
) -> Trace:
    """Return the program of a finding with what is expected of it, and what came of its step on each fixture.

    What the model allows beside the usual outcome keeps its reason.

    Args:
        finding: The finding.
        contract: Its contract.
        capabilities: What the fixture of the finding offers.
        families: The families of fixtures, by the name of a fixture; fixtures that are not there are left out.
    """
    expect = usual_outcomes(contract, finding.program, capabilities=capabilities)
    trace = Trace(finding.program, expect, (finding.signature,))
    for fixture, outcome in {**finding.elsewhere, finding.fixture: finding.actual}.items():
        is_known = fixture in families and agreed(expect[finding.step - 1], outcome, {}) is None
        if not is_known:
            continue
        reasons = [each.reason for each in finding.expected if agreed(each.outcome, outcome, {}) is not None]
        trace = with_observed(trace, families[fixture], {finding.step: outcome}, reason="".join(reasons[:1]))
    return trace


def title_of(trace: Trace) -> str:
    """Return in one line where a trace observes something else than is expected; where it does not, what it covers."""
    for steps in trace.observed.values():
        for number, each in steps.items():
            if not each.reason:
                op, expected = trace.program.steps[number - 1].op, trace.expect[number - 1]
                return f"{op}: {differences(expected, each.outcome)}"
    return ", ".join(trace.covers) or ", ".join(step.op for step in trace.program.steps)


def _told(guard: Trace, run: Run, number: int, wanted: Outcome) -> list[str]:
    came = "nothing: an earlier step did not give what it refers to"
    if number <= len(run.outcomes):
        outcome = run.outcomes[number - 1]
        came = _shown(outcome) + (f": {_cut(outcome.detail)}" if outcome.detail else "")
    step = _cut(render_step(guard.program.steps[number - 1]))
    return [f"step {number}  {step}", f"  expected  {_shown(wanted)}", f"  got       {came}"]


def _observed_line(run: Run, number: int) -> str:
    accepted = run.played[number - 1].accepted
    reason = accepted.reason if accepted else ""
    return f"step.{number} = {_shown(run.outcomes[number - 1], reason or 'the contract allows it')}"


def _shown(outcome: Outcome, reason: str = "") -> str:
    try:
        return _cut(render_observed(Observed(outcome, reason)))
    except UsageError:  # a driver returned what no trace can hold
        return _cut(repr(dict(outcome.value or {})))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
