"""The demonstration: an embedded S3 is explored, recorded, and replayed offline."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.cassette import load_cassette
from conformance.errors import Unavailable, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

PROJECT = Path(__file__).with_name("demo_project")
FIXTURE = "s3_moto"
GENERATE = ["generate", f"--fixture={FIXTURE}", "--time=10s", "--programs=60"]
REPLAY = ["-q", "--stage=1", "--rootdir=.", "-p", "no:cacheprovider"]
CONFORMANCE = ["-c", "from conformance.cli import main; main()"]
SHOWN = 3


def run_demo(console: Console, into: Path | None) -> int:
    """Copy the project, explore and record it, show what was found, replay it; return the exit code.

    Raises:
        Unavailable: boto3 or moto is not installed.
        UsageError: ``into`` holds something.
    """
    missing = [name for name in ("boto3", "moto") if importlib.util.find_spec(name) is None]
    if missing:
        raise Unavailable(*missing, cure="Install conformance[moto].")
    with _folder(into) as folder:
        shutil.copytree(PROJECT, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        console.print(f"A project is in [bold]{folder}[/]: fixtures.toml, and server.py for moto.\n", highlight=False)
        title = (
            "1. Explore: random programs on moto, an S3 in this process, through boto3; the telling ones are recorded."
        )
        if not _ran(console, folder, [*CONFORMANCE, *GENERATE], title, f"conformance {' '.join(GENERATE)}"):
            return 1
        _show(console, folder)
        title = "3. Replay: no moto, no network, the same programs through boto3."
        if not _ran(console, folder, ["-m", "pytest", *REPLAY], title, "pytest --stage=1"):
            return 1
        cassettes = [load_cassette(path) for path in sorted((folder / "cassettes").rglob("*.yaml"))]
        requests = sum(len(cassette.interactions) for cassette in cassettes)
        console.print(f"{len(cassettes)} traces with {requests} recorded requests now hold boto3 to what moto does.")
        if into is None:
            console.print("Keep the project with [bold]conformance demo --into FOLDER[/], and put your server in it.")
    return 0


@contextmanager
def _folder(into: Path | None) -> Iterator[Path]:
    if into is None:
        with tempfile.TemporaryDirectory(prefix="conformance-demo-", ignore_cleanup_errors=True) as folder:
            yield Path(folder)
        return
    if into.exists() and any(into.iterdir()):
        what = f"The folder {into} is not empty."
        raise UsageError(what, "Name a new folder.", slug="not-empty")
    into.mkdir(parents=True, exist_ok=True)
    yield into


def _show(console: Console, folder: Path) -> None:
    """Show a few of the divergences: those with the shortest programs, one an operation."""
    from conformance.compare import load_reports  # noqa: PLC0415  (commands import what they need)
    from conformance.report import render_findings  # noqa: PLC0415

    report = load_reports([folder / ".conformance" / "reports" / f"{FIXTURE}.json"])
    found = sorted(report.findings, key=lambda each: len(each.expected) * len(each.program.steps))
    shown = list({each.program.steps[each.step - 1].op: each for each in reversed(found)}.values())[-SHOWN:]
    console.print("[bold]2. What moto does otherwise than the contract of an object store[/]", highlight=False)
    console.print(f"$ conformance report    ({len(shown)} of {len(found)} divergences)\n", highlight=False)
    console.print(render_findings(report, shown), soft_wrap=True)


def _ran(console: Console, folder: Path, arguments: Sequence[str], title: str, shown: str) -> bool:
    """Run Python in a process of its own, showing what it prints; return whether it went well."""
    console.print(f"[bold]{title}[/]\n$ {shown}", highlight=False, soft_wrap=True)
    started = time.monotonic()
    done = subprocess.run([sys.executable, *arguments], cwd=folder, check=False)
    console.print(f"{time.monotonic() - started:.1f} s\n", highlight=False)
    return done.returncode == 0
