"""Whether what came of a trace on a subject is what the trace expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract._comparing import agreed
from conformance.contract._guarding import judge_guard
from conformance.contract._session import UNRESOLVED, Verdict
from conformance.errors import Fault, UsageError
from conformance.trace import Observed, render_observed, render_step

if TYPE_CHECKING:
    from conformance.contract._session import Played, Run
    from conformance.trace import Outcome, Trace

LONGEST = 400
FINE = (Verdict.OK, Verdict.ALLOWED)


def judge(trace: Trace, run: Run, family: str) -> str | None:
    """Return why a trace fails on a family of fixtures; None where it passes.

    It passes where every step does what is expected of the family, or, where nothing is observed of the family, what
    the contract allows. A step that is not offered ends what can be judged.

    Args:
        trace: The trace; a guard is strict (``judge_guard``).
        run: What came of it (``run_program``).
        family: The family of the fixture that was run.
    """
    if trace.bug is not None:
        fault = judge_guard(trace, run, family)
        return fault.render() if fault else None
    expected = trace.expected_of(family)
    chosen: dict[str, str] = {}
    for number, (want, played) in enumerate(zip(expected, run.played, strict=True), start=1):
        known = agreed(want, played.outcome, chosen)
        if known is not None:
            chosen = known
        elif _is_declined(played):
            return None
        elif family in trace.observed or played.verdict not in FINE:
            return _told(trace, run, family, number)
    return None


def declined(run: Run) -> Played | None:
    """Return the first step that the client cannot express, if there is one; what came after it proves nothing."""
    return next((each for each in run.played if _is_declined(each)), None)


def _is_declined(played: Played) -> bool:
    return played.verdict is Verdict.NOT_OFFERED and played.outcome.code != UNRESOLVED


def _told(trace: Trace, run: Run, family: str, number: int) -> str:
    steps = [f"{'->' if at == number else '  '} {at}. {_cut(render_step(step))}"
             for at, step in enumerate(trace.program.steps, start=1)]  # fmt: skip
    details = ["program", *(f"  {step}" for step in steps)]
    details.append(f"expected  {_shown(trace.expected_of(family)[number - 1])}")
    outcome = run.outcomes[number - 1]
    said = f": {outcome.detail}" if outcome.detail else ""
    details += [f"got       {_shown(outcome)}{_cut(said)}", f"verdict   {run.played[number - 1].verdict}"]
    cure = (
        f"If this is what it does, write `step.{number} = {_shown(outcome)}` under [observed.{family}], with a "
        f"reason or a bug, or let `conformance generate` observe it."
    )
    what = f"Step {number} of {len(trace.expect)} does not do what is expected of {family}."
    return Fault(what, cure, "diverges", trace.path, details=tuple(details)).render()


def _shown(outcome: Outcome) -> str:
    try:
        return _cut(render_observed(Observed(outcome)))
    except UsageError:
        return _cut(repr(dict(outcome.value or {})))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
