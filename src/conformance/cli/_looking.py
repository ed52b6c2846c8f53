"""The commands that look at cassettes and change nothing."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from conformance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

PIPED_COLUMNS = 160
EXISTING_OR_NOT = click.Path(path_type=Path)


@click.command()
@click.argument("old", type=EXISTING_OR_NOT)
@click.argument("new", type=EXISTING_OR_NOT)
@click.option("--exact", is_flag=True, help="Fold nothing: a date is what it says, an id is itself.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def diff(old: Path, new: Path, *, exact: bool, as_json: bool) -> None:
    """Say in what cassettes OLD and NEW, or two folders of them, differ by meaning.

    Interactions belong together by method, path, query and body. Bodies are compared decoded: JSON by value, XML by
    structure, forms, multipart and text by their parts. Dates are folded, and so are ids that are renamed alike
    everywhere: <date>, <uuid>, <id>.

    Exit code 0 when both mean the same, 1 when they differ, 2 when one cannot be read.
    """
    from conformance.report import compare_files, render_diff, render_diff_json  # noqa: PLC0415

    differences = compare_files(old, new, is_exact=exact)
    if as_json:
        click.echo(render_diff_json(differences))
    else:
        Console().print(render_diff(differences), soft_wrap=True)
    sys.exit(not all(difference.is_same for difference in differences))


@click.command()
@click.argument("paths", type=EXISTING_OR_NOT, nargs=-1)
@click.option(
    "--registry",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("fixtures.toml"),
    show_default=True,
    help="The registry whose cassettes are counted where no PATH is given.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def stats(paths: Sequence[Path], registry: Path, *, as_json: bool) -> None:
    """Count what is recorded, by fixture family, or in each PATH: a cassette or a folder of them.

    Exit code 0; 2 when the registry is wrong or a cassette damaged.
    """
    from conformance.registry import load_registry  # noqa: PLC0415
    from conformance.report import (  # noqa: PLC0415
        gather_stats,
        gather_stats_of,
        render_stats_json,
        render_stats_table,
    )

    for path in paths:
        if not path.exists():
            raise UsageError(f"There is no {path}.", "Name a cassette, or a folder of them.", slug="no-file")
    found = [gather_stats_of(path) for path in paths] if paths else gather_stats(load_registry(registry))
    if as_json:
        click.echo(render_stats_json(found))
    else:
        console = Console()
        if not console.is_terminal and "COLUMNS" not in os.environ:
            console.width = PIPED_COLUMNS
        console.print(render_stats_table(found))
