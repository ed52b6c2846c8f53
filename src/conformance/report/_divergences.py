"""What diverges, for people: subjects against behaviours, each finding with its program, and what is new."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from conformance.contract import Verdict
from conformance.report._steps import expected_text, outcome_text, step_text
from conformance.report._text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import RenderableType

    from conformance.compare import Contrast, DivergenceReport, ReportDifference
    from conformance.contract import Exploration, Finding

STYLES = {
    Verdict.OK: "green",
    Verdict.ALLOWED: "green",
    Verdict.NOT_OFFERED: "dim",
    Verdict.DIVERGES: "bold red",
    Verdict.FLAKY: "yellow",
    Verdict.MODEL_SUSPECT: "bold magenta",
    Verdict.ENVIRONMENT: "yellow",
}
NOT_SEEN = Text("not seen", style="dim")
BARS = "▁▂▃▄▅▆▇█"
CURVE_WIDTH = 24


def render_divergences(report: DivergenceReport, *, with_coverage: bool = False) -> RenderableType:
    """Return the tables of a report: behaviours against fixtures, what was explored, clients that differ, and coverage.

    Args:
        report: The report.
        with_coverage: Whether every behaviour is listed with the trace that shows it, not only those without one.
    """
    parts: list[RenderableType] = [*_behaviours(report), _explored(report)]
    parts += _contrasts("client divergence ", report.between_clients)
    parts += _contrasts("service divergence ", report.between_services)
    parts += [line for each in report.explorations for line in _coverage(each, is_whole=with_coverage)]
    return Group(*parts)


def render_findings(report: DivergenceReport, findings: Iterable[Finding]) -> RenderableType:
    """Return findings in full: the smallest program as steps, what is expected, what came, and what is known of it."""
    return Group(*(line for finding in findings for line in _finding(report, finding)))


def render_report_difference(difference: ReportDifference) -> RenderableType:
    """Return what is new, changed, fixed and not seen again, a line a finding."""
    lines = []
    for word, style, findings in (
        ("new", "bold red", difference.new),
        ("changed", "yellow", [after for _, after in difference.changed]),
        ("fixed", "green", difference.fixed),
        ("not seen again", "dim", difference.unseen),
    ):
        lines += [_line((f"{word:<15}", style), f"{each.fixture}  {each.group}") for each in findings]
    counts = f"{len(difference.new)} new, {len(difference.changed)} changed, {len(difference.fixed)} fixed"
    return Group(*lines, Text(f"{counts}, {len(difference.unseen)} not seen again"))


def sparkline(curve: Sequence[tuple[int, int]], *, width: int = CURVE_WIDTH) -> str:
    """Return how a count grew, one bar for each of ``width`` equal parts of the way; empty without a curve.

    Args:
        curve: Pairs of (way, count), both growing.
        width: How many bars.
    """
    if not curve or not curve[-1][0]:
        return ""
    most = max(count for _, count in curve) or 1
    counts = [
        max((count for way, count in curve if way * width <= curve[-1][0] * part), default=0)
        for part in range(1, width + 1)
    ]
    return "".join(BARS[count * (len(BARS) - 1) // most] for count in counts)


def _behaviours(report: DivergenceReport) -> Iterator[RenderableType]:
    for contract, rows in groupby(report.rows, key=lambda row: row.contract):
        listed = list(rows)
        table = Table(
            title=f"{escape(contract)}: {len(listed)} group{'s' * (len(listed) != 1)} of divergences",
            title_justify="left",
        )
        table.add_column("behaviour: how it differs", overflow="fold", ratio=1)
        for fixture in listed[0].cells:
            table.add_column(escape(fixture), overflow="fold", min_width=8)
        for row in listed:
            cells = (NOT_SEEN if each is None else Text(str(each), style=STYLES[each]) for each in row.cells.values())
            table.add_row(Text(one_line(row.group)), *cells)
        yield table
    if not report.rows:
        yield Text("Nothing diverges.", style="green")


def _explored(report: DivergenceReport) -> Table:
    count = len(report.explorations)
    table = Table(title=f"{count} exploration{'s' * (count != 1)}", title_justify="left")
    table.add_column("fixture", overflow="fold")
    for heading in ("contract", "service"):
        table.add_column(heading, overflow="fold")
    for heading in ("programs", "steps", "time", "behaviours", "left, estimated"):
        table.add_column(heading, justify="right")
    table.add_column("behaviours known, by steps", no_wrap=True)
    table.add_column("findings", overflow="fold")
    for each in report.explorations:
        table.add_row(
            *map(escape, (each.fixture, each.contract, each.service)),
            f"{each.programs:,}",
            f"{each.steps:,}",
            f"{each.seconds:,.0f} s",
            f"{len(each.signatures):,}",
            f"{each.estimate_left:,.0f}",
            sparkline(each.curve),
            _counted(report, each),
        )
    return table


def _counted(report: DivergenceReport, exploration: Exploration) -> str:
    verdicts = [report.verdict_of(finding) for finding in exploration.findings]
    return ", ".join(f"{verdicts.count(each)} {each}" for each in Verdict if each in verdicts) or "none"


def _contrasts(word: str, found: Iterable[Contrast]) -> Iterator[RenderableType]:
    for each in found:
        where = f"on {each.here.service}" if each.here.service == each.there.service else f"through {each.here.driver}"
        yield _line((word, "bold red"), f"{where}: {each.what}")
        for number, step in enumerate(each.program.steps, start=1):
            yield _line(f"    {number}. {step_text(step)}")
        yield _line(f"    {each.here.fixture}: {outcome_text(each.actual)}")
        yield _line(f"    {each.there.fixture}: {outcome_text(each.outcome)}")


def _coverage(exploration: Exploration, *, is_whole: bool) -> Iterator[RenderableType]:
    seen, uncovered = exploration.signatures, exploration.uncovered
    name = f"{exploration.fixture}, {exploration.contract}"
    if uncovered:
        told = f"{name}: {len(uncovered)} of {len(seen)} behaviours are shown by NO trace"
        yield _line((told, "bold white on red"))
    else:
        yield _line((f"{name}: all {len(seen)} behaviours are shown by traces", "green"))
    for signature in sorted(seen) if is_whole else uncovered:
        trace = exploration.covered.get(signature)
        yield _line(("  ok         ", "green") if trace else ("  UNCOVERED  ", "bold red"), signature)
        if trace:
            yield _line(f"             {trace}")


def _finding(report: DivergenceReport, finding: Finding) -> Iterator[Text]:
    verdict = report.verdict_of(finding)
    yield _line((f"{verdict}  ", STYLES[verdict]), (finding.group, "bold"))
    yield _line(f"  {finding.fixture}, {finding.contract}, program {finding.program.id}")
    for number, step in enumerate(finding.program.steps, start=1):
        text = f"{number}. {step_text(step)}"
        yield _line((f"  > {text}", "bold") if number == finding.step else f"    {text}")
    for number, each in enumerate(finding.expected):
        yield _line(f"  {'or       ' if number else 'expected '} {expected_text(each)}")
    yield _line("  got       ", (outcome_text(finding.actual), STYLES[verdict]))
    for fixture, outcome in finding.elsewhere.items():
        yield _line(f"  elsewhere {fixture}: {outcome_text(outcome)}")
    yield _line(f"  met {finding.hits} times, shown again {finding.reproduced} times in a fresh process")
    yield _line(f"  trace     {finding.trace}" if finding.trace else "  trace     none")
    yield Text()


def _line(*parts: str | tuple[str, str]) -> Text:
    return Text.assemble(*(one_line(each) if isinstance(each, str) else (one_line(each[0]), each[1]) for each in parts))
