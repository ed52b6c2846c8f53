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
    from collections.abc import Sequence

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

    found = load_reports(reports or _left(registry.parent))
    before = load_reports([old]) if old else None
    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPED_COLUMNS
    if group is not None:
        console.print(render_findings(found, _shown(found, group)), soft_wrap=True)
    if before is None and group is None:
        console.print(render_divergences(found, with_coverage=coverage))
    if json_file is not None:
        write_report(json_file, found)
    if before is None:
        sys.exit(found.diverges)
    difference = diff_reports(before, found)
    console.print(render_report_difference(difference), soft_wrap=True)
    sys.exit(bool(difference.new))


def _left(folder: Path) -> list[Path]:
    found = sorted((folder / REPORTS).glob("*.json"))
    if not found:
        what = f"There is no report in {folder / REPORTS}."
        raise UsageError(what, "Make one with `conformance generate`, or name one.", slug="no-file")
    return found


def _shown(found: DivergenceReport, group: str) -> list[Finding]:
    shown = [each for each in found.findings if group in each.group]
    if not shown:
        near = nearest_word(group, [each.group for each in found.findings])
        cure = f'Did you mean "{near}"?' if near else "Leave --show out to list the groups."
        raise UsageError(f"No group of divergences has {group!r} in its name.", cure, slug="no-group")
    return shown
