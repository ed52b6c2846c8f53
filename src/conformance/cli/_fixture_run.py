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
from conformance.contract import Expected, Exploration, Finding, Unreachable, Verdict, numbered_outcomes
from conformance.errors import ConformanceError, EnvironmentFault, ReplayStop
from conformance.generate import (
    Budget,
    Candidate,
    Explorer,
    Journal,
    cover,
    explore,
    groups_of,
    keep,
    name_of,
    signatures_of,
    smallest,
    trace_of,
)
from conformance.trace import Program, own_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from rich.console import Console

    from conformance.cli._interrupts import Interrupts
    from conformance.cli._plan import Plan
    from conformance.contract import Contract, Played
    from conformance.fixtures import Opener
    from conformance.generate import Harvest, Hit, Keeping, Kept, Subject
    from conformance.registry import FixtureSpec, Registry

FEW_STEPS = 2  # a finding with no more before it is small enough
SHRINKING = 1.0  # of the time of exploring, at most; what is not shrunk by then is kept as it is


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
        self.played[name] = played
        for signature in signatures_of(played):
            self.covered.setdefault(signature, name)
        for at, each in enumerate(played):
            known = self.findings.get(each.group)
            if each.verdict is Verdict.DIVERGES and (known is None or len(played) < len(known[1])):
                self.findings[each.group] = (name, played, at)


def shown_by(played: Sequence[Played]) -> frozenset[str]:
    """Return all that a program shows: signatures, and groups of divergences."""
    return signatures_of(played) | groups_of(played)


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
        interrupts: Interrupts,
    ) -> None:
        """Run nothing yet."""
        self._interrupts = interrupts
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
        self._untraced: list[Hit] = []
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._progress = Progress(*columns, console=console, transient=True)
        self._task = self._progress.add_task(spec.name)

    def run(self, *, beside: Sequence[FixtureSpec] = (), along: Sequence[FixtureSpec] = ()) -> Generated:
        """Explore, keep, write, record, report, and confirm.

        Args:
            beside: Fixtures that the traces are run on too.
            along: Fixtures that are explored in the same run of the command.

        Raises:
            EnvironmentFault: The service does not work; what was found is in the journal.
            ConformanceError: The fixture cannot be opened, or a file is wrong.
        """
        folder = own_folder(self._registry.path.parent)
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
                is_late=lambda: self._is_late(SHRINKING),
                progress=self._tell,
            )
            new = self._write(keeping, shown, explorer)
            self._beside.observe(self._traces, self._spec.family, self._same_contract(beside), self._tell)
            self._shrink_shown(explorer, journal.harvest, shown)
            exploration = self._exploration(journal.harvest, keeping, shown)
            compared = self._same_contract((*beside, *along))
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
            self._open,
            capabilities=self._spec.capabilities,
            journal=journal,
            budget=self._budget,
            watch=lambda: self._watch(journal.harvest),
        )

    def _open(self) -> AbstractContextManager[Subject]:
        self._interrupts.check()
        return self._subjects.open()

    def _watch(self, harvest: Harvest) -> None:
        found = (
            f"{harvest.programs:,} programs  {harvest.steps:,} steps  {len(harvest.counts)} behaviours  "
            f"{len(harvest.hits)} divergences  about {harvest.estimate_left:.0f} behaviours left"
        )
        self._progress.update(self._task, description=f"{self._spec.name}  exploring  {found}")

    def _tell(self, what: str, at: int, of: int) -> None:
        self._interrupts.check()
        self._progress.update(self._task, description=f"{self._spec.name}  {what}  {at} of {of}")

    def _offered(self) -> Iterator[str]:
        for name, trace in list(self._traces.by_name.items()):
            if self._runner.is_offered(trace):
                yield name

    def _run_known(self, explorer: Explorer) -> tuple[Shown, Mapping[str, Sequence[Played]]]:
        """Run the traces that are there; return what those of this family show, and how those of others ran."""
        shown, others, groups = Shown(), {}, set[str]()
        runnable = {name: each for name, each in self._traces.by_name.items() if self._runner.can_run(each)}
        for at, (name, trace) in enumerate(runnable.items()):
            self._tell("running the traces that are there", at, len(runnable))
            played = explorer.replay(trace.program)
            if not groups_of(played) <= groups:
                explorer.check_canary()
                groups |= groups_of(played)
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
        groups = {group for played in others.values() for group in groups_of(played)}
        wanted = {*harvest.counts, *harvest.hits, *groups} - {*shown.covered, *shown.findings}
        chosen = cover(list(candidates.values()), wanted)
        for name, each in candidates.items():
            if each in chosen:
                self._traces.join(name, self._spec.family)
                shown.add(name, others[name])

    def _write(self, keeping: Keeping, shown: Shown, explorer: Explorer) -> tuple[str, ...]:
        """Write what is kept as traces; note and record what the fixture does in all that lack it."""
        new = []
        for kept in keeping.kept:
            trace = trace_of(self._contract, kept, capabilities=self._spec.capabilities)
            if trace is None:
                self._untraced += [kept.hit] if kept.hit else []
                continue
            name = self._name_of(kept)
            if name in self._traces.by_name:
                self._traces.join(name, self._spec.family)
                continue
            self._traces.put(name, replace(trace, families=(self._spec.family,)))
            new.append(name)
        names = list(self._offered())
        for at, name in enumerate(names):
            self._tell("recording", at, len(names))
            played = self._observed(name, shown.by_trace.get(name, frozenset()), explorer)
            if played is not None:
                shown.add(name, played)
        return tuple(new)

    def _observed(self, name: str, known: frozenset[str], explorer: Explorer) -> Sequence[Played] | None:
        """Return what came of a trace, noted and recorded; None where it cannot be recorded.

        Raises:
            EnvironmentFault: The service does not work; nothing of what it did is noted.
        """

        def check(played: Sequence[Played]) -> None:
            if not shown_by(played) <= known:
                explorer.check_canary()

        try:
            return self._runner.observe(self._traces, name, check=check)
        except EnvironmentFault:
            raise
        except Unreachable as error:
            played = explorer.replay(self._traces.by_name[name].program)
            if self._runner.is_recorded:
                self._unrecorded[name] = f"the connection is lost: {error}"
            self._runner.note(self._traces, name, played)
            return played
        except (ConformanceError, ReplayStop) as error:
            explorer.check_canary()
            self._unrecorded[name] = error.fault.what
            return None

    def _name_of(self, kept: Kept) -> str:
        same = next((name for name, each in self._traces.by_name.items() if each.program == kept.program), None)
        told = [kept.hit.signature] if kept.hit else list(kept.covers)
        return same or name_of(told, self._traces.taken, unique=kept.program.id)

    def _shrink_shown(self, explorer: Explorer, harvest: Harvest, shown: Shown) -> None:
        """Have each finding shown by the smallest program, whatever else the trace shows that holds it."""
        long = {group: found for group, found in shown.findings.items() if found[2] >= FEW_STEPS}
        for at, (group, (name, played, last)) in enumerate(long.items()):
            self._tell("shrinking what traces show", at, len(long))
            program = Program(self._contract.id, tuple(each.step for each in played[: last + 1]))
            hit = harvest.hits.get(group)
            shorter = hit.program if hit is not None and len(hit.program.steps) <= last else program
            found = smallest(explorer, shorter, group, is_late=lambda: self._is_late(2 * SHRINKING))
            if found is not None and len(found) <= last:
                shown.findings[group] = (name, found, next(at for at, each in enumerate(found) if each.group == group))

    def _is_late(self, shrinking: float) -> bool:
        return self._budget.elapsed > self._plan.seconds * (1 + shrinking)

    def _exploration(self, harvest: Harvest, keeping: Keeping, shown: Shown) -> Exploration:
        folder = self._contract.name
        findings = [self._finding(group, harvest, *shown.findings[group]) for group in sorted(shown.findings)]
        untraced = [self._of_hit(hit, harvest, Verdict.DIVERGES) for hit in self._untraced]
        hits = [harvest.hits[group] for group in keeping.flaky if group in harvest.hits]
        flaky = [self._of_hit(hit, harvest, Verdict.FLAKY) for hit in hits]
        return Exploration(
            self._spec.name,
            self._spec.service or self._spec.backend,
            self._contract.id,
            self._spec.capabilities,
            harvest.programs,
            harvest.steps,
            harvest.seconds,
            dict(sorted(harvest.counts.items())),
            (*findings, *untraced, *flaky),
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
            Program(self._contract.id, tuple(each.step for each in played[: at + 1])),
            at + 1,
            tuple(Expected(each.outcome, each.reason) for each in played[at].expected),
            outcomes[at],
            harvest.hit_counts[group],
            played[at].signature,
            trace=f"{self._contract.name}/{name}.toml",
        )

    def _of_hit(self, hit: Hit, harvest: Harvest, verdict: Verdict) -> Finding:
        """Return what is told of a divergence that no trace holds."""
        return Finding(
            self._contract.id,
            self._spec.name,
            hit.group,
            verdict,
            hit.program,
            len(hit.program.steps),
            tuple(Expected(outcome, reason) for outcome, reason in hit.expected),
            hit.actual,
            harvest.hit_counts[hit.group],
            hit.signature,
        )
