"""One run of `conformance generate` on one fixture: explore, keep, write, record, report."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from conformance.cli._beside import Beside
from conformance.cli._confirming import confirmed
from conformance.cli._scripting import make_scripts
from conformance.cli._subjects import Subjects
from conformance.cli._tracing import TraceRunner, Traces
from conformance.compare import DivergenceReport, write_report
from conformance.contract import Expected, Exploration, Finding, Verdict, numbered_outcomes
from conformance.errors import ConformanceError
from conformance.generate import (
    Budget,
    Candidate,
    Explorer,
    Journal,
    cover,
    explore,
    keep,
    name_of,
    signatures_of,
    trace_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from rich.console import Console

    from conformance.contract import Contract, Played
    from conformance.fixtures import Opener
    from conformance.generate import Harvest, Keeping, Kept
    from conformance.registry import FixtureSpec, Registry

SHRINKING = 1.0  # of the time of exploring, at most; what is not shrunk by then is kept as it is


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run of the command is to do.

    Attributes:
        seconds: For how long to explore; shrinking takes as long again at most.
        requests: At most so many requests while exploring; None is no bound.
        size_bytes: At most so many bytes of bodies while exploring; None is no bound.
        programs: At most so many programs while exploring; None is no bound.
        seed: What the first programs are drawn with.
        is_fresh: Whether what an interrupted run left is thrown away.
        beside: Fixtures that the traces are run on too.
        others: Fixtures that are explored in the same run of the command.
    """

    seconds: float
    requests: int | None = None
    size_bytes: int | None = None
    programs: int | None = None
    seed: int = 0
    is_fresh: bool = False
    beside: tuple[FixtureSpec, ...] = ()
    others: tuple[FixtureSpec, ...] = ()


@dataclass(slots=True)
class Shown:
    """What the traces show on the fixture.

    Attributes:
        covered: By signature, the name of a trace that shows it.
        findings: By group, how a trace shows it: the name, the steps that were run, and which of them, from 0.
        by_trace: By name of a trace, all that it shows: signatures, and groups of divergences.
        played: By name of a trace, what came of it last.
    """

    covered: dict[str, str] = field(default_factory=dict)
    findings: dict[str, tuple[str, Sequence[Played], int]] = field(default_factory=dict)
    by_trace: dict[str, frozenset[str]] = field(default_factory=dict)
    played: dict[str, Sequence[Played]] = field(default_factory=dict)

    def add(self, name: str, played: Sequence[Played]) -> None:
        """Take in what one trace shows."""
        self.by_trace[name] = shown_by(played)
        for signature in signatures_of(played):
            self.covered.setdefault(signature, name)
        for at, each in enumerate(played):
            known = self.findings.get(each.group)
            if each.verdict is Verdict.DIVERGES and (known is None or len(played) < len(known[1])):
                self.findings[each.group] = (name, played, at)


def shown_by(played: Sequence[Played]) -> frozenset[str]:
    """Return all that a program shows: signatures, and groups of divergences."""
    return signatures_of(played) | {each.group for each in played if each.verdict is Verdict.DIVERGES}


@dataclass(frozen=True, slots=True)
class Generated:
    """What a run came to.

    Attributes:
        exploration: For the report.
        spent: What of the budget was spent.
        new: Names of the traces that were written.
        unrecorded: By name of a trace, why it could not be recorded.
        report: Where the report is.
        by_trace: By name of a trace, all that it shows: signatures, and groups of divergences.
        unconfirmed: Why the findings could not be run again in fresh processes; empty where they were.
    """

    exploration: Exploration
    spent: str
    new: tuple[str, ...]
    unrecorded: Mapping[str, str]
    report: Path
    by_trace: Mapping[str, frozenset[str]]
    unconfirmed: str = ""


class FixtureRun:
    """One fixture, explored."""

    def __init__(  # noqa: PLR0913, PLR0917  (each is a thing of its own)
        self,
        registry: Registry,
        opener: Opener,
        spec: FixtureSpec,
        contract: Contract,
        plan: Plan,
        console: Console,
    ) -> None:
        """Run nothing yet."""
        self._registry = registry
        self._opener = opener
        self._spec = spec
        self._contract = contract
        self._plan = plan
        self._budget = Budget(plan.seconds, plan.requests, plan.size_bytes, plan.programs)
        self._subjects = Subjects(opener, spec)
        self._runner = TraceRunner(registry, opener, spec, contract)
        self._traces = Traces(registry, contract)
        self._beside = Beside(registry, opener, contract)
        self._unrecorded: dict[str, str] = {}
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._progress = Progress(*columns, console=console, transient=True)
        self._task = self._progress.add_task(spec.name)

    def run(self) -> Generated:
        """Explore, keep, write, record, report, and confirm.

        Raises:
            EnvironmentFault: The service does not work; what was found is in the journal.
            ConformanceError: The fixture cannot be opened, or a file is wrong.
        """
        folder = self._registry.path.parent / ".conformance"
        path = folder / "generate" / f"{self._spec.name}.jsonl"
        if self._plan.is_fresh:
            path.unlink(missing_ok=True)
        with self._progress, Journal(path, contract=self._contract.id, fixture=self._spec.name) as journal:
            explorer = self._explorer(journal)
            self._watch(journal.harvest)
            shown, others = self._run_known(explorer)
            spent = explore(explorer, first_seed=self._plan.seed)
            self._join_others(journal.harvest, shown, others)
            keeping = keep(
                explorer,
                journal.harvest,
                known=shown.covered,
                known_groups=shown.findings,
                is_late=lambda: self._budget.elapsed > self._plan.seconds * (1 + SHRINKING),
                progress=self._tell,
            )
            new = self._write(keeping, shown)
            self._beside.observe(self._traces, self._same_contract(self._plan.beside), self._tell)
            exploration = self._exploration(journal.harvest, keeping, shown)
            compared = self._same_contract((*self._plan.beside, *self._plan.others))
            exploration = self._beside.compare(exploration, shown.played, compared, self._tell)
            report = folder / "reports" / f"{self._spec.name}.json"
            exploration, unconfirmed = self._report(exploration, report)
            journal.remove()
        unrecorded = {**self._unrecorded, **self._beside.failed}
        return Generated(exploration, spent, new, unrecorded, report, shown.by_trace, unconfirmed)

    def _report(self, exploration: Exploration, report: Path) -> tuple[Exploration, str]:
        """Write the report, confirm it in fresh processes, and write scripts beside it."""
        write_report(report, DivergenceReport((exploration,)))
        exploration, unconfirmed = confirmed(exploration, report, registry=self._registry.path, tell=self._tell)
        write_report(report, DivergenceReport((exploration,)))
        make_scripts(
            exploration.findings, report.with_suffix(""), registry=self._registry, opener=self._opener, tell=self._tell
        )
        return exploration, unconfirmed

    def _same_contract(self, specs: Sequence[FixtureSpec]) -> list[FixtureSpec]:
        found = {each.name: each for each in specs if each.contract == self._spec.contract}
        return [each for name, each in found.items() if name != self._spec.name]

    def _explorer(self, journal: Journal) -> Explorer:
        return Explorer(
            self._contract,
            self._subjects.open,
            capabilities=self._spec.capabilities,
            journal=journal,
            budget=self._budget,
            watch=lambda: self._watch(journal.harvest),
        )

    def _watch(self, harvest: Harvest) -> None:
        found = (
            f"{harvest.programs:,} programs  {harvest.steps:,} steps  {len(harvest.counts)} behaviours  "
            f"{len(harvest.hits)} divergences  about {harvest.estimate_left:.0f} behaviours left"
        )
        self._progress.update(self._task, description=f"{self._spec.name}  exploring  {found}")

    def _tell(self, what: str, at: int, of: int) -> None:
        self._progress.update(self._task, description=f"{self._spec.name}  {what}  {at} of {of}")

    def _offered(self) -> Iterator[str]:
        for name, trace in list(self._traces.by_name.items()):
            if self._runner.is_offered(trace):
                yield name

    def _run_known(self, explorer: Explorer) -> tuple[Shown, Mapping[str, Sequence[Played]]]:
        """Run the traces that are there; return what those of this family show, and how those of others ran."""
        shown, others = Shown(), {}
        runnable = {name: each for name, each in self._traces.by_name.items() if self._runner.can_run(each)}
        for at, (name, trace) in enumerate(runnable.items()):
            self._tell("running the traces that are there", at, len(runnable))
            played = explorer.replay(trace.program)
            if trace.is_for(self._spec.family):
                shown.add(name, played)
            else:
                others[name] = played
        return shown, others

    def _join_others(self, harvest: Harvest, shown: Shown, others: Mapping[str, Sequence[Played]]) -> None:
        """Have as few traces of other families as can be kept for this one too: they show what needs no new one."""
        candidates = {
            name: Candidate(self._traces.by_name[name].program, shown_by(played), len(played))
            for name, played in others.items()
        }
        groups = {each.group for played in others.values() for each in played if each.verdict is Verdict.DIVERGES}
        wanted = {*harvest.counts, *harvest.hits, *groups} - {*shown.covered, *shown.findings}
        chosen = cover(list(candidates.values()), wanted)
        for name, each in candidates.items():
            if each in chosen:
                self._join(name)
                shown.add(name, others[name])

    def _write(self, keeping: Keeping, shown: Shown) -> tuple[str, ...]:
        """Write what is kept as traces; note and record what the fixture does in all that lack it."""
        new = []
        for kept in keeping.kept:
            trace = trace_of(self._contract, kept, capabilities=self._spec.capabilities)
            if trace is None:
                continue
            name = self._name_of(kept)
            if name in self._traces.by_name:
                self._join(name)
                continue
            self._traces.put(name, replace(trace, families=(self._spec.family,)))
            new.append(name)
        names = list(self._offered())
        for at, name in enumerate(names):
            self._tell("recording", at, len(names))
            try:
                played = self._runner.observe(self._traces, name)
            except ConformanceError as error:
                self._unrecorded[name] = error.fault.what
                continue
            shown.add(name, played)
        return tuple(new)

    def _join(self, name: str) -> None:
        """Have a trace that is kept for other families be kept for this one too."""
        trace = self._traces.by_name[name]
        if not trace.is_for(self._spec.family):
            self._traces.put(name, replace(trace, families=tuple(sorted({*trace.families, self._spec.family}))))

    def _name_of(self, kept: Kept) -> str:
        same = next((name for name, each in self._traces.by_name.items() if each.program == kept.program), None)
        told = [kept.hit.signature] if kept.hit else list(kept.covers)
        return same or name_of(told, self._traces.by_name, unique=kept.program.id)

    def _exploration(self, harvest: Harvest, keeping: Keeping, shown: Shown) -> Exploration:
        folder = self._contract.name
        findings = [self._finding(group, harvest, *shown.findings[group]) for group in sorted(shown.findings)]
        flaky = [self._flaky(group, harvest) for group in keeping.flaky if group in harvest.hits]
        return Exploration(
            self._spec.name,
            self._spec.service or self._spec.backend,
            self._contract.id,
            self._spec.capabilities,
            harvest.programs,
            harvest.steps,
            harvest.seconds,
            dict(sorted(harvest.counts.items())),
            (*findings, *flaky),
            harvest.sampled_curve(),
            harvest.estimate_left,
            frozenset(harvest.not_offered),
            {each: f"{folder}/{shown.covered[each]}.toml" for each in sorted(harvest.counts) if each in shown.covered},
            self._spec.driver,
        )

    def _finding(self, group: str, harvest: Harvest, name: str, played: Sequence[Played], at: int) -> Finding:
        outcomes = numbered_outcomes([each.outcome for each in played])
        return Finding(
            self._contract.id,
            self._spec.name,
            group,
            Verdict.DIVERGES,
            self._traces.by_name[name].program,
            at + 1,
            tuple(Expected(each.outcome, each.reason) for each in played[at].expected),
            outcomes[at],
            harvest.hit_counts[group],
            played[at].signature,
            trace=f"{self._contract.name}/{name}.toml",
        )

    def _flaky(self, group: str, harvest: Harvest) -> Finding:
        hit = harvest.hits[group]
        return Finding(
            self._contract.id,
            self._spec.name,
            group,
            Verdict.FLAKY,
            hit.program,
            len(hit.program.steps),
            tuple(Expected(outcome, reason) for outcome, reason in hit.expected),
            hit.actual,
            harvest.hit_counts[group],
            hit.signature,
        )
