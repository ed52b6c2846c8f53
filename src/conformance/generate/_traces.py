"""Makes traces of what is kept, and notes in a trace what another subject does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.contract import UnresolvedError, Verdict, numbered_outcomes, usual_outcomes
from conformance.trace import Observed, Trace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.contract import Contract, Played
    from conformance.generate._keep import Kept
    from conformance.trace import Outcome


def trace_of(contract: Contract, kept: Kept, *, capabilities: frozenset[str]) -> Trace | None:
    """Return the trace of a kept program, with nothing observed yet.

    None where the model by itself cannot follow it: a step refers to what only a diverging subject gave.
    """
    try:
        expect = usual_outcomes(contract, kept.program, capabilities=capabilities)
    except UnresolvedError:
        return None
    return Trace(kept.program, expect, kept.covers)


def observed_of(trace: Trace, played: Sequence[Played], family: str) -> Mapping[int, Observed]:
    """Return where a subject does not do what a trace expects first, by number of the step from 1.

    What was noted of a bug before is noted again, where the step still shows the same.

    Args:
        trace: The trace.
        played: The trace's program, run on the subject.
        family: Whose notes of earlier are looked at.
    """
    before = trace.observed.get(family, {})
    found: dict[int, Observed] = {}
    actual = numbered_outcomes([each.outcome for each in played])
    for number, (expected, outcome, each) in enumerate(zip(trace.expect, actual, played, strict=True), start=1):
        if outcome == expected:
            continue
        known = before.get(number)
        if known is not None and known.outcome == outcome:
            found[number] = known
        else:
            found[number] = Observed(_told(outcome), _reason_of(each))
    return found


def with_observed(trace: Trace, family: str, observed: Mapping[int, Observed]) -> Trace:
    """Return a trace that tells where one family differs; all that it tells of others stays."""
    others = {name: steps for name, steps in trace.observed.items() if name != family}
    return replace(trace, observed=dict(sorted({**others, family: observed}.items())) if observed else others)


def _reason_of(played: Played) -> str:
    """Return why an outcome is allowed; empty where it diverges."""
    if played.verdict is Verdict.DIVERGES:
        return ""
    if played.verdict is Verdict.NOT_OFFERED:
        return played.outcome.detail or "not offered"
    return played.accepted.reason if played.accepted and played.accepted.reason else "as an earlier step left it"


def _told(outcome: Outcome) -> Outcome:
    """Return an outcome without what a client says for people, which changes with its version."""
    return replace(outcome, detail="")
