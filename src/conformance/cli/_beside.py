"""What other fixtures make of what was found on one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.cli._showing import FindingRunner
from conformance.cli._subjects import Subjects
from conformance.cli._tracing import TraceRunner
from conformance.contract import Side, Unreachable, Verdict
from conformance.errors import ConformanceError
from conformance.generate import check_canary, groups_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.cli._tracing import Check, Traces
    from conformance.contract import Contract, Exploration, Finding, Played
    from conformance.fixtures import Opener
    from conformance.registry import FixtureSpec, Registry
    from conformance.trace import Outcome

    Tell = Callable[[str, int, int], None]


class Beside:
    """Other fixtures of a contract.

    Attributes:
        failed: By what was not done, why.
    """

    def __init__(self, registry: Registry, opener: Opener, contract: Contract) -> None:
        """Run nothing yet."""
        self._registry = registry
        self._opener = opener
        self._contract = contract
        self._runner = FindingRunner(registry, opener)
        self.failed: dict[str, str] = {}

    def observe(self, traces: Traces, family: str, specs: Sequence[FixtureSpec], tell: Tell) -> None:
        """Have the traces of a family be for other fixtures too: note what these make of them, and record it."""
        for spec in specs:
            runner = TraceRunner(self._registry, self._opener, spec, self._contract)
            names = [name for name, each in traces.by_name.items() if each.is_for(family) and runner.can_run(each)]
            for at, name in enumerate(names):
                tell(f"observing {spec.name}", at, len(names))
                traces.join(name, spec.family)
                try:
                    runner.observe(traces, name, check=self._check_of(spec))
                except ConformanceError as error:
                    self.failed[f"{name} on {spec.name}"] = error.fault.what
                except Unreachable as error:
                    self.failed[f"{name} on {spec.name}"] = f"the connection is lost: {error}"

    def _check_of(self, spec: FixtureSpec) -> Check:
        """Return what refuses a divergence that a service shows which does not work."""

        def check(played: Sequence[Played]) -> None:
            if groups_of(played):
                check_canary(self._contract, Subjects(self._opener, spec).open, capabilities=spec.capabilities)

        return check

    def compare(self, exploration: Exploration, specs: Sequence[FixtureSpec], tell: Tell) -> Exploration:
        """Return an exploration with what comes of the findings' steps on other fixtures.

        A fixture that does not offer one of the steps, or whose service does not work, is left out.
        """
        findings = exploration.findings
        for spec in specs:
            found = []
            for at, finding in enumerate(findings):
                tell(f"comparing with {spec.name}", at, len(findings))
                outcome = self._outcome(finding, spec)
                more = {} if outcome is None else {spec.name: outcome}
                found.append(replace(finding, elsewhere={**finding.elsewhere, **more}))
            findings = tuple(found)
        sides = tuple(Side(each.name, each.service or each.backend, each.driver) for each in specs)
        return replace(exploration, findings=findings, beside=sides)

    def _outcome(self, finding: Finding, spec: FixtureSpec) -> Outcome | None:
        try:
            run = self._runner.run(replace(finding, fixture=spec.name))
        except ConformanceError as error:
            self.failed[f"what {spec.name} does"] = error.fault.what
            return None
        steps = run.played[: finding.step]
        is_offered = all(each.verdict is not Verdict.NOT_OFFERED for each in steps)
        return replace(run.outcomes[finding.step - 1], detail="") if is_offered else None
