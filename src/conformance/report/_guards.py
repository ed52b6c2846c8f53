"""The index of guards, and whether each of them can fail."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from rich.markup import escape
from rich.table import Table

from conformance.compare import load_reports
from conformance.contract import trace_of_finding
from conformance.errors import MissingCassette, Unavailable, UsageError
from conformance.fixtures import Opener, lacking
from conformance.report._contracts import contract_of_fixture
from conformance.report._mutants import Colour, GuardRun, Shade, check_mutant
from conformance.trace import Mutant, Trace, load_trace, load_traces, shown_by

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.registry import FixtureSpec, Registry

#: One mutant of a guard on one fixture.
Trial: TypeAlias = tuple[GuardRun, int]
Track: TypeAlias = Callable[[Sequence[Trial]], Iterable[Trial]]


@dataclass(frozen=True, slots=True)
class GuardFixture:
    """A fixture that a guard is run on.

    Attributes:
        name: The fixture.
        shows_bug: Whether the bug is observed of its family.
        is_recorded: Whether there is a recording of the guard; None where nothing is recorded of it.
    """

    name: str
    shows_bug: bool
    is_recorded: bool | None


@dataclass(frozen=True, slots=True)
class GuardRow:
    """A guard.

    Attributes:
        bug: As it is filed.
        title: What was wrong.
        state: ``open`` or ``fixed``.
        path: The file.
        fixtures: What it is run on, in the order of the registry.
        mutants: What each mutant does, in one line.
    """

    bug: str
    title: str
    state: str
    path: str
    fixtures: tuple[GuardFixture, ...]
    mutants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckedMutant:
    """A mutant of a guard, and what became of the guard under it.

    Attributes:
        bug: The bug.
        path: The file of the guard.
        mutant: The number of the mutant from 1; 0 where the guard has none.
        what: What the mutant does.
        fixtures: By fixture, how the guard turned out.
    """

    bug: str
    path: str
    mutant: int
    what: str
    fixtures: dict[str, Shade]

    @property
    def is_failure(self) -> bool:
        """Whether the guard is not shown to fail: it must be red wherever the mutant applies, and that somewhere."""
        colours: set[Colour] = {shade.colour for shade in self.fixtures.values()} - {"does not apply"}
        return colours != {"red"}


def load_guards(registry: Registry) -> list[Trace]:
    """Return the guards of a registry, by path.

    Raises:
        TraceError: One or more are wrong.
        UsageError: A trace in the folder has no bug.
    """
    found = load_traces(registry.traces / "guards")
    for guard in found:
        if guard.bug is None:
            cure = "Give it [bug] with id, title and state, or move it out of guards."
            raise UsageError("This trace is no guard: it has no [bug].", cure, slug="no-guard", path=guard.path)
    return found


def runs_of(guard: Trace, registry: Registry) -> list[GuardRun]:
    """Return what a guard is run on: the fixtures that keep its contract and offer what it needs, as declared.

    Raises:
        DriverError: A fixture declares a contract that cannot be found.
        UsageError: A step names an operation that the contract does not have.
    """
    found = []
    for spec in registry.fixtures.values():
        contract = contract_of_fixture(spec, registry)
        if contract is None or contract.id != guard.program.contract or not guard.is_for(spec.family):
            continue
        needs = {each for step in guard.program.steps for each in contract.operation(step.op).needs_of(step.args)}
        if needs <= spec.capabilities:
            module, name = registry.trace_id(guard.path or registry.traces)
            found.append(GuardRun(guard, contract, spec, module, name))
    return found


def list_guards(registry: Registry) -> list[GuardRow]:
    """Return the guards of a registry, by path.

    Raises:
        ConformanceError: One is wrong.
    """
    rows = []
    for guard in load_guards(registry):
        if guard.bug is not None:
            bug, fixtures = guard.bug, tuple(_fixture(run, registry) for run in runs_of(guard, registry))
            told = tuple(map(_what, bug.mutants))
            rows.append(GuardRow(bug.id, bug.title, bug.state, _path(guard, registry), fixtures, told))
    return rows


def check_guards(registry: Registry, names: Sequence[str], track: Track) -> list[CheckedMutant]:
    """Run every guard under each of its mutants, on the fixtures of stage 1 that this machine can open.

    Args:
        registry: The registry.
        names: Only on these fixtures; empty for all.
        track: Yields what it is given, and tells how far it is.

    Raises:
        ConformanceError: A guard, a mutant or a fixture is wrong.
    """
    for name in names:
        if registry.fixture(name).stage != 1:
            cure = "Mutants run on fixtures of stage 1: those in this process, and replays."
            raise UsageError(f"--fixture={name} is of stage {registry.fixture(name).stage}.", cure, slug="beyond-stage")
    checked: dict[tuple[str, int], CheckedMutant] = {}
    trials: list[Trial] = []
    for guard in load_guards(registry):
        mutants = guard.bug.mutants if guard.bug else ()
        told = enumerate(map(_what, mutants), start=1) if mutants else [(0, "it names no mutant")]
        for number, what in told:
            path = _path(guard, registry)
            checked[path, number] = CheckedMutant(guard.bug.id if guard.bug else "", path, number, what, {})
            runs = [run for run in runs_of(guard, registry) if _is_meant(run.spec, names, registry)]
            trials += [(run, number) for run in runs if number]
    opener = Opener(registry)
    try:
        for run, number in track(trials):
            shade = _shade(run, number, registry, opener)
            checked[_path(run.guard, registry), number].fixtures[run.spec.name] = shade
    finally:
        opener.close()
    return list(checked.values())


def trace_of_report(path: Path, number: int | None, *, registry: Registry) -> Trace:
    """Return the trace of a finding in a report of divergences.

    Where the trace that the report names is there, it is that one: it holds what came of every step, not of one alone.

    Args:
        path: The report.
        number: Which finding, from 1 in the order of the file; may be left out where there is one.
        registry: Where its fixture is declared.

    Raises:
        UsageError: There is no such finding, or several and none is named; the fixture has no such contract.
    """
    found = load_reports([path]).findings
    if not found or (number or 1) > len(found) or (number is None and len(found) > 1):
        details = [f"{at}  {each.fixture}  {each.group}" for at, each in enumerate(found, start=1)]
        what = f"has {len(found)} findings{f', and no {number}' if number else ''}."
        raise UsageError(what, "Name one with --finding.", slug="no-finding", path=path, details=details)
    finding = found[(number or 1) - 1]
    spec = registry.fixture(finding.fixture)
    contract = contract_of_fixture(spec, registry)
    if contract is None or contract.id != finding.contract:
        what = f"[fixture.{spec.name}] keeps {contract.id if contract else 'no contract'}, not {finding.contract}."
        raise UsageError(what, "Write the report again with `conformance generate`.", slug="other-contract", path=path)
    kept = registry.traces / finding.trace
    if finding.trace and kept.is_file() and (trace := load_trace(kept)).program == finding.program:
        return trace
    families = {name: each.family for name, each in registry.fixtures.items()}
    return trace_of_finding(finding, contract, capabilities=spec.capabilities, families=families)


def render_guards_table(rows: Sequence[GuardRow]) -> Table:
    """Return a table for a terminal."""
    still = sum(row.state == "open" for row in rows)
    table = Table(title=f"{_guards(len(rows))}, {still} open", title_justify="left")
    for heading in ("bug", "state", "title", "fixtures", "mutants"):
        table.add_column(heading, no_wrap=heading in ("bug", "state"), overflow="fold")
    for row in rows:
        fixtures = "\n".join(map(_told_fixture, row.fixtures)) or "[yellow]none keeps its contract[/]"
        mutants = "\n".join(map(escape, row.mutants)) or "[yellow]none[/]"
        table.add_row(escape(row.bug), row.state, escape(row.title), fixtures, mutants)
    return table


def render_guards_json(rows: Sequence[GuardRow]) -> str:
    """Return a JSON list, one object a guard, with the fields of ``GuardRow``."""
    return json.dumps([asdict(row) for row in rows], indent=2)


def render_checked(found: Sequence[CheckedMutant]) -> str:
    """Return a line for each guard, mutant and fixture, then how many guards are not shown to fail."""
    lines = []
    for each in found:
        lines.append(f"{each.path} {f'mutant {each.mutant}: ' if each.mutant else ''}{each.what}")
        lines += [f"  {name}: {shade.colour}: {shade.why}" for name, shade in each.fixtures.items()]
        if each.mutant and not any(shade.colour != "does not apply" for shade in each.fixtures.values()):
            lines.append("  it applies to no fixture that could be opened here")
    failed = {each.path for each in found if each.is_failure}
    return "\n".join([*lines, f"{_guards(len({each.path for each in found}))}, {len(failed)} not shown to fail"])


def render_checked_json(found: Sequence[CheckedMutant]) -> str:
    """Return a JSON list, one object a mutant, with the fields of ``CheckedMutant`` and ``is_failure``."""
    return json.dumps([{**asdict(each), "is_failure": each.is_failure} for each in found], indent=2)


def _shade(run: GuardRun, number: int, registry: Registry, opener: Opener) -> Shade:
    try:
        return check_mutant(run, number, registry=registry, opener=opener)
    except MissingCassette:
        return Shade("does not apply", "nothing is recorded yet")
    except Unavailable as reason:
        return Shade("does not apply", f"lacks {', '.join(reason.lacking)}")


def _is_meant(spec: FixtureSpec, names: Sequence[str], registry: Registry) -> bool:
    is_ready = not lacking(spec, root=registry.path.parent)
    return spec.stage == 1 and is_ready and (not names or spec.name in names)


def _fixture(run: GuardRun, registry: Registry) -> GuardFixture:
    is_recorded = run.spec.replays is not None or run.spec.name in registry.recorded
    shows = bool(shown_by(run.guard, run.spec.family))
    return GuardFixture(run.spec.name, shows, run.cassette(registry).is_file() if is_recorded else None)


def _told_fixture(fixture: GuardFixture) -> str:
    words = ["shows it"] * fixture.shows_bug
    if fixture.is_recorded is not None:
        words.append("recorded" if fixture.is_recorded else "[yellow]not recorded[/]")
    return escape(fixture.name) + (f" ({', '.join(words)})" if words else "")


def _what(mutant: Mutant) -> str:
    if mutant.driver:
        return f"driver {mutant.driver}"
    edit: dict[str, Any] = dict(mutant.edit)
    changes = [f"{name} = {json.dumps(value, default=str)}" for name, value in edit.items() if name != "at"]
    return f"answer {edit.get('at')}: {', '.join(changes)}"


def _path(guard: Trace, registry: Registry) -> str:
    root = registry.path.parent
    path = guard.path or registry.traces
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def _guards(count: int) -> str:
    return f"{count} guard{'s' * (count != 1)}"
