"""Fetches a peer's sdist, installs it, runs its suite twice and compares the outcomes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import tomli

if TYPE_CHECKING:
    from collections.abc import Callable

ATTEMPTS = 8
HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@dataclass(frozen=True, slots=True)
class Peer:
    """A project whose suite is run.

    Attributes:
        name: On the package index.
        version: The one whose suite is known to pass without us.
        extras: Of its own, that its tests need.
        requirements: What its tests need besides.
        keep: What of the sdist the tests need beside the installed package; empty for all of it.
        arguments: Of pytest.
        behind: Further arguments for the run with our cassettes, where installing the library is not enough.
        files: Files that its tests read and its sdist lacks.
    """

    name: str
    version: str
    extras: str
    requirements: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


PEERS = {
    peer.name: peer
    for peer in (
        Peer(
            "vcrpy",
            "9.4.2",
            "tests",
            keep=("tests", "pyproject.toml"),
            arguments=("-m", "not online"),
            behind=("-p", "behind"),
            files=(".editorconfig",),
        ),
        Peer("pytest-recording", "0.14.1", "tests", arguments=("tests",)),
        Peer(
            "remote-store",
            "0.33.0",
            "azure,graph,httpx,s3,requests,sql,yaml",
            requirements=("pytest", "pytest-asyncio", "pytest-recording==0.14.1", "hypothesis", "moto[server,s3]"),
            arguments=(
                *("tests/backends/conformance", "-k", "replay", "--stage=1"),
                *("-o", "asyncio_default_fixture_loop_scope=function"),
            ),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one run: the outcome of each test, and how long all took."""

    outcomes: dict[str, str]
    seconds: float

    def render(self) -> str:
        """Return the counts of outcomes and the time."""
        counts = Counter(self.outcomes.values())
        return "  ".join(f"{counts[word]:>5} {word}" for word in ("passed", "failed", "skipped")) + (
            f"  {self.seconds:6.1f} s"
        )


def run_peer(peer: Peer, folder: Path, source: Path | None) -> int:
    """Run a suite without and with our cassettes; return 1 when they make an unexpected difference, else 0."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    source = source or download(peer, folder)
    python = make_environment(folder / "environment")
    install(python, f"{source}[{peer.extras}]", *peer.requirements)
    without = _run_suite(peer, python, copy(peer, source, folder / "without"), ())
    install(python, str(ROOT))
    behind = _run_suite(peer, python, copy(peer, source, folder / "with"), peer.behind)
    print(f"{peer.name} {peer.version}\n  without  {without.render()}\n  with     {behind.render()}")
    return _compare(peer, without, behind, lambda test: _failures_alone(peer, python, folder / "without", test))


def _failures_alone(peer: Peer, python: Path, folder: Path, test: str) -> int:
    """Return how often a test fails by itself and without our cassettes, of ``ATTEMPTS``."""
    alone = replace(peer, arguments=(*peer.arguments, "-k", test.rpartition("::")[2].partition("[")[0]))
    runs = [_run_suite(alone, python, folder, ("-p", "no:conformance")) for _ in range(ATTEMPTS)]
    return sum(run.outcomes.get(test) == "failed" for run in runs)


def _compare(peer: Peer, without: Run, behind: Run, failures: Callable[[str], int]) -> int:
    reasons = tomli.loads((HERE / "exceptions.toml").read_text("utf-8")).get(peer.name, {})
    passed = {test for test, outcome in without.outcomes.items() if outcome == "passed"}
    broken = {test for test in passed if behind.outcomes.get(test) != "passed"}
    for test in sorted(broken & set(reasons)):
        print(f"  excepted    {test}: {' '.join(reasons[test].split())}")
    flaky = {test: count for test in broken - set(reasons) if (count := failures(test))}
    for test, count in sorted(flaky.items()):
        print(f"  flaky       {test}: also fails without our cassettes, {count} of {ATTEMPTS} times by itself")
    broken -= set(flaky)
    for test in sorted(broken - set(reasons)):
        print(f"  BROKEN      {test}: {behind.outcomes.get(test, 'was not run')}")
    for test in sorted(set(reasons) - broken):
        print(f"  NOT BROKEN  {test}: take it out of exceptions.toml")
    changed = [test for test, outcome in without.outcomes.items() if behind.outcomes.get(test) != outcome]
    for test in sorted(set(changed) - passed):
        print(f"  changed     {test}: {without.outcomes[test]} → {behind.outcomes.get(test, 'was not run')}")
    return int(broken != set(reasons) or not passed)


def download(peer: Peer, folder: Path) -> Path:
    """Put a peer's sdist, unpacked, into a folder; return where.

    Raises:
        CalledProcessError: The package index does not have it.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    subprocess.run([*command, "--dest", str(folder), f"{peer.name}=={peer.version}"], check=True)
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        archive.extractall(folder / "source", filter="data")
    return next((folder / "source").iterdir())


def make_environment(folder: Path) -> Path:
    """Make an environment; return its interpreter. uv is in it, which resolves what pip gives up on."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", "uv"], check=True)
    return python


def install(python: Path, *requirements: str) -> None:
    """Install into an environment made by `make_environment`."""
    command = [str(python), "-m", "uv", "pip", "install", "--quiet", "--python", str(python)]
    subprocess.run([*command, *requirements], check=True)


def copy(peer: Peer, source: Path, target: Path) -> Path:
    """Copy what the tests need, so that each run starts from the same files."""
    target.mkdir()
    for path in [source / name for name in peer.keep] or source.iterdir():
        if path.is_dir():
            shutil.copytree(path, target / path.name)
        else:
            shutil.copy(path, target)
    for name in peer.files:
        (target / name).write_text("root = true\n", "utf-8")
    return target


def _run_suite(peer: Peer, python: Path, folder: Path, behind: tuple[str, ...]) -> Run:
    report = folder / "report.xml"
    plugin = folder.parent / "plugin"
    plugin.mkdir(exist_ok=True)
    shutil.copy(HERE / "behind.py", plugin)
    environment = os.environ | {"PYTHONPATH": str(plugin), "CONFORMANCE_CACHE": str(folder.parent / "cache")}
    certificates = subprocess.run(
        [python, "-c", "import pytest_httpbin.certs as certs; print(certs.where())"],
        capture_output=True,
        text=True,
        check=False,
    )
    if certificates.returncode == 0:
        environment["REQUESTS_CA_BUNDLE"] = certificates.stdout.strip()
    options = ["-q", "-p", "no:cacheprovider", f"--junitxml={report}", *peer.arguments, *behind]
    start = time.perf_counter()
    subprocess.run([python, "-m", "pytest", *options], cwd=folder, env=environment, check=False, capture_output=True)
    return Run(_outcomes(report), time.perf_counter() - start)


def _outcomes(report: Path) -> dict[str, str]:
    """Return the outcome of each test by its id; an error in what surrounds a test is a failure of it."""
    words = {"failure": "failed", "error": "failed", "skipped": "skipped"}
    outcomes: dict[str, str] = {}
    for case in ET.parse(report).iter("testcase"):  # noqa: S314  (pytest wrote it)
        test = f"{case.get('classname')}::{case.get('name')}"
        found = [words[part.tag] for part in case if part.tag in words]
        outcomes[test] = "failed" if "failed" in [*found, outcomes.get(test)] else (found or ["passed"])[0]
    return outcomes
