"""`conformance reproduce`: runs what a report found once more, in this process and with services of its own."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import Progress

from conformance.cli._reporting import FILE, found_reports, script_paths, shown_findings
from conformance.errors import EnvironmentFault, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.contract import Finding
    from conformance.registry import Registry

ENVIRONMENT = 3


@click.command()
@click.argument("reports", nargs=-1, metavar="[REPORT.json]...", type=FILE)
@click.option("--show", "group", help="Only the groups that have this in their name.")
@click.option(
    "--scripts", is_flag=True, help="Run the scripts beside the report instead, each in a process of its own."
)
@click.option("--json", "json_file", type=FILE, help="Also write into this file what showed.")
@click.option(
    "--registry",
    type=FILE,
    default=Path("fixtures.toml"),
    show_default=True,
    help="The registry that declares the fixtures; reports are looked for beside it.",
)
def reproduce(
    reports: Sequence[Path], *, group: str | None, scripts: bool, json_file: Path | None, registry: Path
) -> None:
    """Run the smallest program of each finding again, on a fresh subject of its fixture.

    Reads the REPORTs, or without one those that `conformance generate` left in .conformance/reports beside the
    registry. Services are started anew. Nothing is recorded, and no file is changed.

    Exit code 0 when every finding shows, 1 when one does not (one that is flaky may), 2 when a report, a fixture or an
    option is wrong, 3 when a service does not work.
    """
    from conformance.contract import Verdict  # noqa: PLC0415  (commands import what they need)
    from conformance.registry import load_registry  # noqa: PLC0415

    found = found_reports(reports, registry)
    declared = load_registry(registry)
    findings = [each for each in shown_findings(found, group) if each.verdict is not Verdict.ENVIRONMENT]
    lines: list[tuple[str, Finding]] = []
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal, redirect_stdout=False) as progress:
        words = (
            _by_scripts(script_paths(found, findings, reports, registry), declared)
            if scripts
            else _again(findings, declared)
        )
        for word, said, finding in progress.track(words, total=len(findings), description="reproducing"):
            lines.append((word, finding))
            click.echo(f"{word:<12}{finding.fixture}  {finding.group}{f': {said}' if said else ''}")
    if json_file is not None:
        told = [{"fixture": each.fixture, "contract": each.contract, "group": each.group, "shown": word}
                for word, each in lines]  # fmt: skip
        json_file.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    counts = Counter(word for word, _ in lines)
    click.echo(f"{counts['shown']} of {len(lines)} findings shown")
    if counts["environment"]:
        sys.exit(ENVIRONMENT)
    sys.exit(any(word == "not shown" and each.verdict is not Verdict.FLAKY for word, each in lines))


def _again(findings: Sequence[Finding], registry: Registry) -> Iterable[tuple[str, str, Finding]]:
    """Yield for each finding whether it shows, and what came where it does not."""
    from conformance.cli._showing import ProgramRunner, shows  # noqa: PLC0415
    from conformance.contract import class_of  # noqa: PLC0415
    from conformance.fixtures import Opener  # noqa: PLC0415

    opener = Opener(registry)
    runner = ProgramRunner(registry, opener)
    try:
        for finding in findings:
            try:
                run = runner.run(finding.program, finding.fixture)
            except (EnvironmentFault, Unavailable) as fault:
                yield "environment", fault.fault.what, finding
                continue
            came = class_of(run.outcomes[finding.step - 1])
            yield ("shown", "", finding) if shows(finding, run) else ("not shown", came, finding)
    finally:
        opener.close()


def _by_scripts(paths: Sequence[tuple[Path, Finding]], registry: Registry) -> Iterable[tuple[str, str, Finding]]:
    """Yield for each finding whether its script shows it, and what the script said where it does not."""
    from conformance.cli._scripting import shows_by_script  # noqa: PLC0415
    from conformance.fixtures import Opener  # noqa: PLC0415

    opener = Opener(registry)
    try:
        for path, finding in paths:
            spec = registry.fixture(finding.fixture)
            is_shown, said = shows_by_script(path, spec, registry=registry, opener=opener)
            yield ("shown", path.name, finding) if is_shown else ("not shown", f"{path.name}: {said}", finding)
    finally:
        opener.close()
