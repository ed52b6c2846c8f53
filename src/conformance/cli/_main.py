"""The commands and their options; each does its work elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from conformance import __version__
from conformance.cli._convert import convert
from conformance.cli._fuzzing import fuzz
from conformance.cli._generating import generate
from conformance.cli._guarding import guard, guards
from conformance.cli._learning import learn
from conformance.cli._looking import diff, stats
from conformance.cli._reporting import report
from conformance.cli._reproducing import reproduce
from conformance.cli._scrubbing import audit, presets, scrub
from conformance.cli._serving import serve
from conformance.cli._verifying import verify
from conformance.errors import ConformanceError, ReplayStop, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

REGISTRY = click.option(
    "--registry",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("fixtures.toml"),
    show_default=True,
    help="The registry to read.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def conformance() -> None:
    """Record what a storage service does once; prove every client against it, offline.

    Suites are run by pytest: `pytest --stage=1` replays, `pytest --stage=2 --record` records.
    """


@conformance.command()
@REGISTRY
@click.option("--stage", type=click.IntRange(1, 3), default=3, show_default=True, help="Up to this stage.")
@click.option("--backend", "backends", multiple=True, help="Only this backend (repeatable).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def fixtures(registry: Path, stage: int, backends: Sequence[str], *, as_json: bool) -> None:
    """List what is declared, what of it this machine has, and what the rest lacks.

    Exit code 0; 2 when the registry is wrong.
    """
    from conformance.registry import load_registry  # noqa: PLC0415  (commands import what they need)
    from conformance.report import list_fixtures, render_fixtures_json, render_fixtures_table  # noqa: PLC0415

    declared = load_registry(registry)
    for name in backends:
        declared.backend(name)
    rows = list_fixtures(declared, stage=stage, backends=backends)
    if as_json:
        click.echo(render_fixtures_json(rows))
    else:
        Console().print(render_fixtures_table(rows))


@conformance.command()
@click.argument("cassette", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("number", type=click.IntRange(min=1), required=False)
def show(cassette: Path, number: int | None) -> None:
    """List the interactions of CASSETTE, or show all of the one with this NUMBER, its bodies decoded.

    Exit code 0; 2 when the cassette is damaged, or has no such interaction.
    """
    from conformance.cassette import load_cassette  # noqa: PLC0415
    from conformance.report import render_cassette_table, render_interaction  # noqa: PLC0415

    if not cassette.is_file():
        raise UsageError(f"There is no cassette {cassette}.", "Name a file below the cassettes folder.", slug="no-file")
    loaded = load_cassette(cassette)
    if number is None:
        Console().print(render_cassette_table(loaded))
    elif number <= len(loaded.interactions):
        click.echo(render_interaction(loaded.interactions[number - 1], number=number))
    else:
        what = f"{cassette} has {len(loaded.interactions)} interactions, and no #{number}."
        raise UsageError(what, "Leave the number out to list them.", slug="no-interaction")


@conformance.command()
@REGISTRY
def fsck(registry: Path) -> None:
    """Read every cassette, and find what is damaged, left over or belongs to nothing.

    Changes nothing. Exit code 0 when all is well, 1 when something is not, 2 when the registry is wrong.
    """
    from conformance.registry import load_registry  # noqa: PLC0415
    from conformance.report import check_files  # noqa: PLC0415

    count, problems = check_files(load_registry(registry))
    for problem in problems:
        click.echo(problem.message)
    click.echo(f"{count} cassettes, {len(problems)} problems")
    sys.exit(bool(problems))


@conformance.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@REGISTRY
def recover(folder: Path | None, registry: Path) -> None:
    """Give back what killed recordings had on disk, each as NAME.recovered.yaml beside its cassette.

    FOLDER is where they are, at any depth: a project without a fixtures.toml names it, another need not. No
    cassette is overwritten. Do not run it while something records. Exit code 0; 2 when a journal is damaged.
    """
    from conformance.registry import load_registry  # noqa: PLC0415
    from conformance.report import recover_journals  # noqa: PLC0415

    recovered = recover_journals(folder or load_registry(registry).cassettes)
    for left, target in recovered:
        cut = ", and one that was being written is lost" if left.is_cut else ""
        click.echo(f"{target}: {len(left.interactions)} interactions of process {left.pid}{cut}")
    click.echo(f"{len(recovered)} journals recovered")


@conformance.command()
@click.option("--markdown", is_flag=True, help="Print the page of the reference instead.")
def contracts(*, markdown: bool) -> None:
    """List the built-in contracts: their operations, arguments, and the capabilities that these need.

    Exit code 0.
    """
    from conformance.report import render_contracts, render_contracts_markdown  # noqa: PLC0415

    if markdown:
        click.echo(render_contracts_markdown(), nl=False)
    else:
        Console().print(render_contracts())


@conformance.command()
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep the project in this new folder, to start your own from.",
)
def demo(into: Path | None) -> None:
    """Explore an embedded S3, show what it does otherwise, record it, and replay it with the network closed.

    Needs the packages of `conformance[moto]`, and nothing beyond this machine. Exit code 0 when all went well, else 1.
    """
    from conformance.cli._demo import run_demo  # noqa: PLC0415

    sys.exit(run_demo(Console(), into))


conformance.add_command(diff)
conformance.add_command(generate)
conformance.add_command(stats)
conformance.add_command(convert)
conformance.add_command(scrub)
conformance.add_command(audit)
conformance.add_command(presets)
conformance.add_command(learn)
conformance.add_command(fuzz)
conformance.add_command(guard)
conformance.add_command(guards)
conformance.add_command(report)
conformance.add_command(reproduce)
conformance.add_command(serve)
conformance.add_command(verify)


def main() -> None:
    """Run the command line; what is wrong with files and options is a message and exit code 2."""
    try:
        conformance.main(standalone_mode=True)
    except (ConformanceError, ReplayStop) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
