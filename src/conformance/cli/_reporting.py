"""`conformance report`: what explorations have found."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from conformance.cli._looking import PIPED_COLUMNS
from conformance.errors import UsageError, nearest_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.compare import DivergenceReport
    from conformance.contract import Finding

REPORTS = Path(".conformance", "reports")
FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("reports", nargs=-1, metavar="[REPORT.json]...", type=FILE)
@click.option("--diff", "old", type=FILE, help="Say what is new and what is fixed since this report.")
@click.option("--json", "json_file", type=FILE, help="Also write all into this file, as one report.")
@click.option("--show", "group", help="Show the findings of the groups that have this in their name, in full.")
@click.option("--coverage", is_flag=True, help="List every behaviour with the trace that shows it.")
@click.option(
    "--registry",
    type=FILE,
    default=Path("fixtures.toml"),
    show_default=True,
    help="The registry beside which reports are looked for.",
)
def report(  # noqa: PLR0913  (one argument an option)
    reports: Sequence[Path],
    *,
    old: Path | None,
    json_file: Path | None,
    group: str | None,
    coverage: bool,
    registry: Path,
) -> None:
    """Say where subjects differ from the model of their contract, and from each other.

    Reads the REPORTs, or without one those that `conformance generate` left in .conformance/reports beside the
    registry.

    Exit code 0 when nothing diverges, 1 when something does, 2 when a report cannot be read. With --diff: 1 when a
    finding is new.
    """
    from conformance.compare import diff_reports, load_reports, write_report  # noqa: PLC0415
    from conformance.report import render_divergences, render_findings, render_report_difference  # noqa: PLC0415

    found = found_reports(reports, registry)
    before = load_reports([old]) if old else None
    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPED_COLUMNS
    if group is not None:
        findings = shown_findings(found, group)
        console.print(render_findings(found, findings), soft_wrap=True)
        for path, _ in script_paths(found, findings, reports, registry):
            _print_scripts(path)
    if before is None and group is None:
        console.print(render_divergences(found, with_coverage=coverage))
    if json_file is not None:
        write_report(json_file, found)
    if before is None:
        sys.exit(found.diverges)
    difference = diff_reports(before, found)
    console.print(render_report_difference(difference), soft_wrap=True)
    sys.exit(bool(difference.new))


def found_reports(reports: Sequence[Path], registry: Path) -> DivergenceReport:
    """Return the reports that are named, or those that were left beside a registry, as one.

    Raises:
        UsageError: There is none, or one cannot be read.
    """
    from conformance.compare import load_reports  # noqa: PLC0415

    return load_reports(reports or _left(registry.parent))


def shown_findings(found: DivergenceReport, group: str | None) -> list[Finding]:
    """Return the findings of the groups that have a text in their name; all of them without one.

    Raises:
        UsageError: No group has it.
    """
    shown = [each for each in found.findings if group is None or group in each.group]
    if not shown and group is not None:
        near = nearest_word(group, [each.group for each in found.findings])
        cure = f'Did you mean "{near}"?' if near else "Leave --show out to list the groups."
        raise UsageError(f"No group of divergences has {group!r} in its name.", cure, slug="no-group")
    return shown


def script_paths(
    found: DivergenceReport, findings: Iterable[Finding], reports: Sequence[Path], registry: Path
) -> list[tuple[Path, Finding]]:
    """Return where the script of each finding is, or would be: in the folder beside the report that holds it.

    Args:
        found: The reports, as one.
        findings: Some of its findings.
        reports: The files that were named; those beside the registry where none was.
        registry: The registry.
    """
    from conformance.report import script_path  # noqa: PLC0415

    folders = {path.stem: path.with_suffix("") for path in reports or _left(registry.parent)}
    numbers = {
        id(each): number
        for exploration in found.explorations
        for number, each in enumerate(exploration.findings, start=1)
    }
    return [
        (
            script_path(folders.get(each.fixture, registry.parent / REPORTS / each.fixture), numbers[id(each)], each),
            each,
        )
        for each in findings
    ]


def _print_scripts(path: Path) -> None:
    from conformance.report import scripts_of  # noqa: PLC0415

    for each in scripts_of(path):
        click.echo(f"# {each}\n{each.read_text('utf-8')}")


def _left(folder: Path) -> list[Path]:
    found = sorted((folder / REPORTS).glob("*.json"))
    if not found:
        what = f"There is no report in {folder / REPORTS}."
        raise UsageError(what, "Make one with `conformance generate`, or name one.", slug="no-file")
    return found
