"""What other fixtures make of what was found on one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.cli._showing import ProgramRunner
from conformance.cli._subjects import Subjects
from conformance.cli._tracing import TraceRunner
from conformance.contract import Side, Unreachable, Variation, Verdict, agreed, class_of, numbered_outcomes
from conformance.errors import ConformanceError
from conformance.generate import check_canary, groups_of
from conformance.trace import Program

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.cli._tracing import Check, Traces
    from conformance.contract import Contract, Exploration, Finding, Played
    from conformance.fixtures import Opener
    from conformance.registry import FixtureSpec, Registry
    from conformance.trace import Outcome

    Tell = Callable[[str, int, int], None]

FINE = {Verdict.OK, Verdict.ALLOWED}


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
        self._runner = ProgramRunner(registry, opener)
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

    def compare(
        self, exploration: Exploration, here: Mapping[str, Sequence[Played]], specs: Sequence[FixtureSpec], tell: Tell
    ) -> Exploration:
        """Return an exploration with what other fixtures make of the findings, and differently of what is allowed.

        A fixture whose service does not work is left out, and so is what it does not offer.

        Args:
            exploration: The exploration.
            here: What came of each trace on its fixture, by name.
            specs: The other fixtures.
            tell: Called with what is being done, how far it is, and how far it goes.
        """
        findings = exploration.findings
        variations: list[Variation] = []
        for spec in specs:
            try:
                findings = self._elsewhere(findings, spec, tell)
                variations += self._variations(here, spec, tell)
            except ConformanceError as error:
                self.failed[f"what {spec.name} does"] = error.fault.what
        sides = tuple(Side(each.name, each.service or each.backend, each.driver) for each in specs)
        return replace(exploration, findings=findings, beside=sides, variations=tuple(variations))

    def _elsewhere(self, findings: tuple[Finding, ...], spec: FixtureSpec, tell: Tell) -> tuple[Finding, ...]:
        found = []
        for at, finding in enumerate(findings):
            tell(f"findings on {spec.name}", at, len(findings))
            run = self._runner.run(finding.program, spec.name)
            more = {}
            if all(each.verdict is not Verdict.NOT_OFFERED for each in run.played[: finding.step]):
                more = {spec.name: _told(run.outcomes[finding.step - 1])}
            found.append(replace(finding, elsewhere={**finding.elsewhere, **more}))
        return tuple(found)

    def _variations(self, here: Mapping[str, Sequence[Played]], spec: FixtureSpec, tell: Tell) -> list[Variation]:
        """Return the first step of each trace that comes out differently, one of each sort, by the shortest program."""
        found: dict[tuple[str, str], Variation] = {}
        for at, played in enumerate(sorted(here.values(), key=len)):
            tell(f"traces on {spec.name}", at, len(here))
            program = Program(self._contract.id, tuple(each.step for each in played))
            run = self._runner.run(program, spec.name)
            one, other = numbered_outcomes([each.outcome for each in played]), run.outcomes
            pairs = enumerate(zip(one, other, strict=True))
            first = next((step for step, pair in pairs if agreed(*pair, {}) is None), None)
            if first is None or not {played[first].verdict, run.played[first].verdict} <= FINE:
                continue
            until = replace(program, steps=program.steps[: first + 1])
            shown = Variation(until, played[first].signature, _told(one[first]), spec.name, _told(other[first]))
            key = (shown.signature, class_of(shown.outcome))
            if key not in found or len(until.steps) < len(found[key].program.steps):
                found[key] = shown
        return [found[key] for key in sorted(found)]


def _told(outcome: Outcome) -> Outcome:
    """Return an outcome without what a client says for people."""
    return replace(outcome, detail="")
