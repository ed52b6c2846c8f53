"""Plays a trace on a subject, and says whether what came of it is what the trace expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract._comparing import agreed
from conformance.contract._guarding import judge_guard
from conformance.contract._session import Run, Session, UnresolvedError, Verdict
from conformance.errors import Fault, UsageError
from conformance.trace import Observed, render_observed, render_step

if TYPE_CHECKING:
    from conformance.contract._api import Contract
    from conformance.contract._calling import Call
    from conformance.trace import Outcome, Trace

LONGEST = 400
FINE = (Verdict.OK, Verdict.ALLOWED)


def play_trace(contract: Contract, trace: Trace, call: Call, *, capabilities: frozenset[str]) -> Run:
    """Run the steps of a trace on a fresh subject; the run ends before a step whose reference nothing was given for.

    Raises:
        Unreachable: The service could not be reached.
    """
    session = Session(contract, call, capabilities=capabilities)
    for step in trace.program.steps:
        try:
            session.play(step)
        except UnresolvedError:
            break
    return Run(trace.program, tuple(session.played))


def judge(trace: Trace, run: Run, family: str) -> str | None:
    """Return why a trace fails on a family of fixtures; None where it passes.

    It passes where every step does what is expected of the family, or, where nothing is observed of the family, what
    the contract allows. A step that is not offered ends what can be judged.

    Args:
        trace: The trace; a guard is strict (``judge_guard``).
        run: What came of it (``play_trace``).
        family: The family of the fixture that was run.
    """
    if trace.bug is not None:
        fault = judge_guard(trace, run, family)
        return fault.render() if fault else None
    expected = trace.expected_of(family)
    chosen: dict[str, str] = {}
    for number, (want, played) in enumerate(zip(expected, run.played, strict=False), start=1):
        known = agreed(want, played.outcome, chosen)
        if known is not None:
            chosen = known
        elif played.verdict is Verdict.NOT_OFFERED:
            return None
        elif family in trace.observed or played.verdict not in FINE:
            return _told(trace, run, family, number)
    return None if len(run.played) == len(expected) else _told(trace, run, family, len(run.played) + 1)


def _told(trace: Trace, run: Run, family: str, number: int) -> str:
    steps = [f"{'->' if at == number else '  '} {at}. {_cut(render_step(step))}"
             for at, step in enumerate(trace.program.steps, start=1)]  # fmt: skip
    details = ["program", *(f"  {step}" for step in steps)]
    details.append(f"expected  {_shown(trace.expected_of(family)[number - 1])}")
    if number > len(run.played):
        details.append("got       nothing: an earlier step did not give what it refers to")
        cure = "Shorten the program, or explore it anew with `conformance generate`."
    else:
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
