"""`conformance learn`: records a fixture several times, and says what is new in each recording."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from conformance.cli._looking import PIPED_COLUMNS
from conformance.errors import RecordingError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.cassette import Interaction
    from conformance.registry import FixtureSpec, Registry

APART_S = 1.1  # a clock that tells seconds has gone on in the meantime
SHOWN_LINES = 15
NO_TESTS = 5
NEW_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("fixture")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[PYTEST ARGUMENTS]...")
@click.option("--runs", type=click.IntRange(2, 9), default=3, show_default=True, help="How often to record.")
@click.option("-k", "expression", help="Only the tests that this expression of pytest selects.")
@click.option("--responses", is_flag=True, help="Also write rules for what only answers have.")
@click.option("--write", type=NEW_FILE, help="Write the rules into this new file, not to stdout.")
@click.option("--json", "json_file", type=NEW_FILE, help="Also write all that was found into this new file, as JSON.")
@click.option(
    "--registry",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("fixtures.toml"),
    show_default=True,
    help="The registry to read.",
)
def learn(  # noqa: PLR0913  (one argument an option)
    fixture: str,
    arguments: Sequence[str],
    *,
    runs: int,
    expression: str | None,
    responses: bool,
    write: Path | None,
    json_file: Path | None,
    registry: Path,
) -> None:
    """Record the tests of FIXTURE several times, find what differs, and write normalizers for it, to be reviewed.

    The recordings go into folders of their own: no cassette of the project is read or changed. What the rules that
    FIXTURE has take out is not seen. Progress and a table go to stderr.

    Exit code 0; 1 when the program itself was another in one of the runs (a status, a request more or less); 2 when
    tests fail or nothing is recorded.
    """
    from conformance.compare import find_volatility, propose  # noqa: PLC0415  (commands import what they need)
    from conformance.registry import load_registry  # noqa: PLC0415
    from conformance.report import render_normalizers, render_volatility, render_volatility_json  # noqa: PLC0415

    for path in (write, json_file):
        if path is not None and (path.exists() or not path.parent.is_dir()):
            what = f"{path} exists." if path.exists() else f"There is no folder {path.parent}."
            raise UsageError(what, "Name a new file in a folder that is there.", slug="target-exists")
    declared = load_registry(registry)
    spec = _recorded(declared, fixture)
    chosen = [*arguments, *(["-k", expression] if expression else [])]
    recorded = []
    for number in range(1, runs + 1):
        started = time.monotonic()
        recorded.append(_record(declared, spec, chosen, number=number))
        count = sum(map(len, recorded[-1].values()))
        took_s = time.monotonic() - started
        told = f"{len(recorded[-1]):,} cassettes, {count:,} interactions, {took_s:.1f} s"
        click.echo(f"run {number} of {runs}: {told}", err=True)
        if number < runs:
            time.sleep(max(0.0, APART_S - took_s))
    found = find_volatility(recorded)
    proposals = propose(found, prefix=spec.backend, match=spec.match, with_responses=responses)
    console = Console(stderr=True)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPED_COLUMNS
    console.print(render_volatility(found, proposals))
    rules = render_normalizers(found, proposals, fixture=spec.name)
    if write is None:
        click.echo(rules, nl=False)
    else:
        _write_new(write, rules)
    if json_file is not None:
        _write_new(json_file, render_volatility_json(found, proposals) + "\n")
    sys.exit(bool(found.unstable))


def _recorded(registry: Registry, name: str) -> FixtureSpec:
    spec = registry.fixture(name)
    if spec.replays is not None:
        what, cure = f"{name} is a replay, and records nothing.", f"Learn from {spec.replays}, which it replays."
    elif name not in registry.recorded:
        what = f"{name} is recorded for no fixture."
        cure = f'Declare one with replays = "{name}" in {registry.path}.'
    else:
        return spec
    raise UsageError(what, cure, slug="nothing-to-record")


def _record(
    registry: Registry, spec: FixtureSpec, arguments: Sequence[str], *, number: int
) -> dict[str, tuple[Interaction, ...]]:
    """Record once, in a process of its own; return the cassettes by name."""
    from conformance.cassette import load_cassette  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="conformance-learn-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        options = [
            "--record",
            f"--stage={spec.stage}",
            f"--fixture={spec.name}",
            "--require-fixtures",
            f"--override-ini=conformance_fixtures={registry.path.resolve()}",
            f"--override-ini=conformance_cassettes={folder}",
        ]
        command = [sys.executable, "-m", "pytest", *options, *arguments]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode not in (0, NO_TESTS):
            raise _failed(spec, number, done.stdout)
        cassettes = {path.relative_to(folder).as_posix(): load_cassette(path) for path in folder.rglob("*.yaml")}
    if not cassettes:
        what = f"Run {number} of the tests of {spec.name} recorded nothing."
        cure = "Name tests that ask for a subject of this fixture and send something."
        raise RecordingError(what, cure, slug="nothing-learned", details=_last_lines(done.stdout))
    return {name: cassette.interactions for name, cassette in cassettes.items()}


def _failed(spec: FixtureSpec, number: int, output: bytes) -> RecordingError:
    what = f"Run {number} of the tests of {spec.name} did not pass, so that it shows nothing."
    cure = "Mend them, or choose others with -k, until `pytest --record` passes."
    return RecordingError(what, cure, slug="failed-run", details=_last_lines(output))


def _last_lines(output: bytes) -> list[str]:
    return output.decode("utf-8", "replace").rstrip().splitlines()[-SHOWN_LINES:]


def _write_new(path: Path, text: str) -> None:
    """Write a file; one that has come to be there in the meantime stays."""
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}.", "Name another.", slug="target-exists"
        ) from error
