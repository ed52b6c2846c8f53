"""`conformance fuzz`: scrubbers and matchers, held to their laws."""

from __future__ import annotations

import os
import re
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from conformance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.laws import MatcherTarget, ScrubberTarget

    Target = ScrubberTarget | MatcherTarget

PIPED_COLUMNS = 200
UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}
LARGEST_SEED = 2**32


class Duration(click.ParamType[float]):
    """Seconds, or a number with s, m or h behind it."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds."""
        found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", str(value))
        if found is None or not float(found[1]):
            self.fail(f"{value!r} is no time: write 90, 90s, 5m or 1h", param, ctx)
        return float(found[1]) * UNITS[found[2]]


def fuzz_target(
    name: str, *, registry: Path | str = "fixtures.toml", sort: Literal["scrubber", "matcher"] = "scrubber"
) -> Target:
    """Return the target of a name; a saved counter-example of a fixture calls this.

    Args:
        name: ``fixture:NAME``, ``preset:NAME``, ``matcher:default``, or ``module:callable``.
        registry: Where the fixtures are declared.
        sort: Which of a fixture's two targets, or what the callable is.

    Raises:
        UsageError: There is no such target.
        RegistryError: The registry cannot be read, or declares no such fixture.
    """
    from conformance.cli._fuzz_targets import open_target  # noqa: PLC0415

    return open_target(name, registry=Path(registry), sort=sort)


@click.command()
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option("--as", "sort", type=click.Choice(["scrubber", "matcher"]), default="scrubber", help="What a TARGET is.")
@click.option("--law", "laws", multiple=True, metavar="LAW", help="Only this law (repeatable).")
@click.option("--plants", type=click.IntRange(1), help="Plant at least so many secrets.  [default: 20000]")
@click.option("--time", "seconds", type=Duration(), help="Go on planting for so long: 90, 90s, 5m, 1h.")
@click.option("--seed", type=click.IntRange(0), help="Try the same examples as the run of this seed.")
@click.option(
    "--save",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("tests/laws"),
    show_default=True,
    help="Write each counter-example into this folder, as a test.",
)
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the report here too.")
@click.option(
    "--registry",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("fixtures.toml"),
    show_default=True,
    help="The registry whose fixtures are targets.",
)
def fuzz(  # noqa: PLR0913  (one argument an option)
    targets: Sequence[str],
    *,
    sort: Literal["scrubber", "matcher"],
    laws: Sequence[str],
    plants: int | None,
    seconds: float | None,
    seed: int | None,
    save: Path,
    json_file: Path | None,
    registry: Path,
) -> None:
    """Attack scrubbers and matchers: plant secrets in every place and encoding, and hold each to its laws.

    A TARGET is preset:NAME, fixture:NAME, or module:callable: a function that takes a declared secret and returns a
    scrubber or, with --as matcher, one of two requests that says whether they match. Without one, all presets and
    the fixtures of the registry are tried. docs/reference/laws.md has the laws, the places and the encodings.

    Exit code 0 when all laws hold, 1 when one is broken, 2 when a target or an option is wrong.
    """
    from conformance.cli._fuzz_targets import fuzz_targets  # noqa: PLC0415
    from conformance.laws import PLANTS, law_named, run_laws, write_regression  # noqa: PLC0415
    from conformance.report import render_laws, render_laws_json  # noqa: PLC0415

    if plants and seconds:
        raise UsageError("--plants and --time both say when to stop.", "Give one of them.")
    wanted = [law_named(law) for law in laws]
    found = [fuzz_target(name, registry=registry, sort=sort) for name in targets] or fuzz_targets(registry)
    seed = secrets.randbelow(LARGEST_SEED) if seed is None else seed
    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPED_COLUMNS
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("")

        def show(target: str, law: str, planted: int) -> None:
            progress.update(task, description=f"{target}  {law}  {planted:,} planted")

        run = run_laws(found, seed=seed, plants=plants or PLANTS, seconds=seconds, only=wanted, progress=show)
    if not run.verdicts:
        what = f"No target is held to {', '.join(laws) or 'any law'}."
        raise UsageError(what, "Name a law of its sort, or say with --as what it is.", slug="unknown-law")
    saved = {at: str(write_regression(one, save, registry=str(registry))) for at, one in enumerate(run.broken)}
    console.print(render_laws(run, saved=saved))
    if json_file is not None:
        json_file.write_text(render_laws_json(run) + "\n", encoding="utf-8")
    sys.exit(bool(run.broken))
