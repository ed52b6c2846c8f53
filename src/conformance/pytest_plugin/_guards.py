"""Guards as items of pytest: beside each, one for every mutant that passes when the guard fails under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.contract import as_observed
from conformance.errors import UsageError
from conformance.trace import keep_failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from conformance.contract import Contract, Run
    from conformance.pytest_plugin._traces import TraceFile
    from conformance.registry import FixtureSpec
    from conformance.trace import Trace


class MutantItem(pytest.Item):
    """A guard on a fixture, under one of its mutants.

    Attributes:
        guard: The guard.
        contract: Its contract.
        spec: The fixture, of stage 1.
        number: The number of the mutant, from 1.
    """

    parent: TraceFile
    guard: Trace
    contract: Contract
    spec: FixtureSpec
    number: int

    def runtest(self) -> None:
        """Run the guard as it is, then under the mutant; skip where it changes nothing."""
        from conformance.report import GuardRun, fault_of  # noqa: PLC0415  (few runs have guards)

        module, name = self.parent.traces.registry.trace_id(self.path)
        run = GuardRun(self.guard, self.contract, self.spec, module, name)
        shade = self.parent.traces.subjects.check_mutant(run, self.number)
        if shade.colour == "does not apply":
            pytest.skip(f"mutant {self.number} does not apply: {shade.why}")
        fault = fault_of(run, self.number, shade)
        if fault is not None:
            pytest.fail(fault.render(), pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where it stands, and its name in reports."""
        return self.path, 0, self.nodeid


def mutant_items(
    file: TraceFile, trace: Trace, offering: Sequence[tuple[FixtureSpec, Contract]]
) -> Iterator[pytest.Item]:
    """Yield an item for every mutant of a guard on every fixture of stage 1; none for other traces.

    An edit is of a recording, so it has items on replays alone.
    """
    for spec, contract in offering:
        for number, mutant in enumerate(trace.bug.mutants if trace.bug else (), start=1):
            if spec.stage == 1 and (mutant.driver or spec.kind == "replay"):
                item: MutantItem = MutantItem.from_parent(file, name=f"{spec.name}[mutant {number}]")
                item.guard, item.contract, item.spec, item.number = trace, contract, spec, number
                yield item


def keep_failed(root: Path, nodeid: str, trace: Trace, run: Run, family: str) -> None:
    """Keep a trace that failed, with what was observed, for ``conformance guard --from-failure``.

    One that ended early, or that holds what no trace can, is not kept.
    """
    if len(run.played) == len(trace.program.steps):
        try:
            keep_failure(root, nodeid, as_observed(trace, family, run.outcomes))
        except UsageError:
            return
