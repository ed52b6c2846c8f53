"""Replays the kept traces of a fixture under a mutant of its driver, as the plugin replays them, until one fails."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.contract import Unreachable
from conformance.registry import load_registry
from conformance.report import failure_of, runs_of
from conformance.trace import load_traces

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from conformance.fixtures import Opener
    from conformance.report import GuardRun
    from tests.slow.mutation.planting import DriverMutant

MEND = "pytest --stage=2 --record"
REGISTRY = load_registry(Path(__file__).parents[3] / "fixtures.toml")


@dataclass(frozen=True, slots=True)
class Catch:
    """What caught a mutant.

    Attributes:
        trace: The path of the trace below the folder of traces, without its suffix, and the fixture.
        why: What it said, in one line.
    """

    trace: str
    why: str


@cache
def recorded_runs(fixtures: tuple[str, ...]) -> tuple[GuardRun, ...]:
    """Return the kept traces that some replay fixtures have recordings of; short recordings first."""
    runs = [
        run
        for trace in load_traces(REGISTRY.traces)
        for run in runs_of(trace, REGISTRY)
        if run.spec.name in fixtures and run.cassette(REGISTRY).exists()
    ]
    return tuple(sorted(runs, key=lambda run: run.cassette(REGISTRY).stat().st_size))


def first_catch(mutant: DriverMutant, runs: Sequence[GuardRun], opener: Opener) -> Catch | None:
    """Return the first trace that fails under a mutant, those with its operations tried first; None if all pass."""
    broken = set(mutant.operations)
    ordered = sorted(runs, key=lambda run: broken.isdisjoint(step.op for step in run.guard.program.steps))
    catches = (caught_by(run, opener, mutant.break_subject) for run in ordered)
    return next((each for each in catches if each is not None), None)


def caught_by(run: GuardRun, opener: Opener, break_subject: Callable[[Any], Any]) -> Catch | None:
    """Return what a trace says of a subject; None where it passes."""
    try:
        failure = failure_of(run, opener, MEND, break_subject=break_subject)
    except Unreachable as error:
        failure = f"unreachable: {error}"
    return Catch(f"{run.module}/{run.test} ({run.spec.name})", _in_one_line(failure)) if failure else None


def _in_one_line(failure: str) -> str:
    """Return of a failure the step, what was expected and what came; of a stop, the request and what differs."""
    lines = [line.strip() for line in failure.splitlines()]
    told = [line for line in lines if line.startswith(("->", "expected", "got", "nearest"))]
    said = lines[0][lines[0].find("No recorded") :] if "No recorded" in lines[0] else ""
    return " ".join(" ".join(each.split()) for each in [said, *told] if each) or lines[0]
