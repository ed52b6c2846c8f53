"""The demonstration: a small project, recorded on an embedded S3 and replayed offline."""

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
    from collections.abc import Iterator

    from rich.console import Console

PROJECT = Path(__file__).with_name("demo_project")


def run_demo(console: Console, into: Path | None) -> int:
    """Copy the project, record it, replay it; return the exit code.

    Raises:
        Unavailable: boto3 or moto is not installed.
        UsageError: ``into`` holds something.
    """
    missing = [name for name in ("boto3", "moto") if importlib.util.find_spec(name) is None]
    if missing:
        raise Unavailable(*missing, cure="Install conformance[moto].")
    with _folder(into) as folder:
        shutil.copytree(PROJECT, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        console.print(f"A project with a registry, a driver and a suite is in [bold]{folder}[/].\n", highlight=False)
        if not _pytest(console, folder, "--record", "1. Record: the suite runs on moto, an S3 in this process."):
            return 1
        if not _pytest(console, folder, "--fixture=bucket_replay", "2. Replay: no moto, no network, the same suite."):
            return 1
        cassettes = [load_cassette(path) for path in sorted((folder / "cassettes").rglob("*.yaml"))]
        requests = sum(len(cassette.interactions) for cassette in cassettes)
        console.print(f"{len(cassettes)} cassettes with {requests} recorded requests proved the suite offline.")
        if into is None:
            console.print("Keep the project with [bold]conformance demo --into FOLDER[/], and put your client in it.")
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


def _pytest(console: Console, folder: Path, option: str, title: str) -> bool:
    """Run the suite in a process of its own, showing what it prints; return whether it passed."""
    arguments = ["-q", "--rootdir=.", "-p", "no:cacheprovider", option]
    console.print(f"[bold]{title}[/]\n$ pytest {option}", highlight=False)
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=folder, check=False)
    console.print(f"{time.monotonic() - started:.1f} s\n", highlight=False)
    return done.returncode == 0
