"""Runs a peer's own test suite against a server on this machine, and compares the run with an earlier one."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import tomli
from platformdirs import user_cache_path

from benchmarks.peers.run import copy, download, install, make_environment
from benchmarks.peers.server import Target, open_azurite, open_emulator
from conformance.emulators.hns import KEY, NAME
from conformance.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from benchmarks.peers.run import Peer

HERE = Path(__file__).parent
CACHE = user_cache_path("conformance", appauthor=False) / "peers" / "on_server"
PATIENCE_S = 300


@dataclass(frozen=True, slots=True)
class Suite:
    """A peer whose suite speaks to a server.

    Attributes:
        peer: What to fetch, install and run.
        plugin: The module below plugins/ that points the suite at the server.
        is_hierarchical: Whether it asks for a hierarchical namespace.
    """

    peer: Peer
    plugin: str
    is_hierarchical: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one test: ``passed``, ``failed`` or ``skipped``, how long it took, and why where it did not pass."""

    outcome: str
    seconds: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """What came of a suite; ``tests`` by id, in the order in which they ran."""

    peer: str
    version: str
    against: str
    seconds: float
    tests: Mapping[str, Result]

    def counts(self) -> str:
        """Return how many tests came to what, and how long all took."""
        counts = Counter(result.outcome for result in self.tests.values())
        return (
            ", ".join(f"{counts[word]} {word}" for word in ("passed", "failed", "skipped")) + f", {self.seconds:.0f} s"
        )


def excused_tests(peer: str) -> Mapping[str, str]:
    """Return the tests of a peer that may fail, each with its reason."""
    reasons = tomli.loads((HERE / "excused.toml").read_text("utf-8")).get(peer, {})
    return {test: " ".join(reason.split()) for test, reason in reasons.items()}


def run_suite(suite: Suite, target: Target, *, cache: Path = CACHE, arguments: Sequence[str] = ()) -> SuiteRun:
    """Run a suite against a server, in an environment that is kept for the next run.

    Args:
        suite: Which.
        target: The server.
        cache: Where environments and sources are kept.
        arguments: Further ones of pytest.

    Raises:
        Unavailable: The sdist or what it needs cannot be had here.
    """
    python, source = _prepare(suite.peer, cache / suite.peer.name)
    with tempfile.TemporaryDirectory(prefix="peer-") as folder:
        there = copy(suite.peer, source, Path(folder) / "suite")
        report = there / "report.xml"
        options = [
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            suite.plugin,
            f"--timeout={PATIENCE_S}",
            f"--junitxml={report}",
        ]
        start = time.perf_counter()
        done = subprocess.run(
            [python, "-m", "pytest", *options, *suite.peer.arguments, *arguments],
            cwd=there,
            env=_environment(target),
            check=False,
            capture_output=True,
            text=True,
        )
        seconds = time.perf_counter() - start
        if not report.is_file():
            raise SystemExit(
                f"pytest of {suite.peer.name} wrote no report:\n{done.stdout[-4000:]}{done.stderr[-4000:]}"
            )
        return SuiteRun(suite.peer.name, suite.peer.version, target.name, seconds, read_results(report))


def write_run(run: SuiteRun, path: Path) -> None:
    """Write a run for `load_run`, as JSON."""
    path.write_text(json.dumps(asdict(run), indent=1) + "\n", "utf-8")


def load_run(path: Path) -> SuiteRun:
    """Return the run that `write_run` wrote."""
    data = json.loads(path.read_text("utf-8"))
    return SuiteRun(**data | {"tests": {test: Result(**result) for test, result in data["tests"].items()}})


def unexpected(run: SuiteRun, earlier: SuiteRun | None = None) -> list[str]:
    """Return the tests that failed and should not: none of excused.toml, and none that failed in the earlier run."""
    excused = excused_tests(run.peer)
    failed = [test for test, result in run.tests.items() if result.outcome == "failed" and test not in excused]
    return [test for test in failed if earlier is None or _outcome(earlier, test) != "failed"]


def main(suite: Suite) -> None:
    """Run one suite as the command line says; exit with 1 when tests failed that should not."""
    module = f"benchmarks.peers.{suite.peer.name.replace('-', '_')}"
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=f"Runs the suite of {suite.peer.name}.")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--against", choices=("azurite", "emulator"), help="start this server, and stop it afterwards")
    where.add_argument("--url", help="of an account at a server that runs, as http://127.0.0.1:10000/devstoreaccount1")
    parser.add_argument("--account", default=NAME, help="its name (default: %(default)s)")
    parser.add_argument("--key", default=KEY, help="its key (default: that of all emulators)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the run")
    parser.add_argument(
        "--compare", type=Path, metavar="FILE", help="with a run written before; what failed there may fail"
    )
    parser.add_argument("pytest", nargs="*", help="further arguments of pytest, after --")
    arguments = parser.parse_args()
    earlier = load_run(arguments.compare) if arguments.compare else None
    try:
        with _open(suite, arguments) as target:
            run = run_suite(suite, target, arguments=arguments.pytest)
    except Unavailable as error:
        sys.exit(str(error))
    if arguments.json:
        write_run(run, arguments.json)
    print(_render(run))
    if earlier is not None:
        print(_render_comparison(earlier, run))
    passed = any(result.outcome == "passed" for result in run.tests.values())
    sys.exit(1 if unexpected(run, earlier) or not passed else 0)


def _open(suite: Suite, arguments: argparse.Namespace) -> AbstractContextManager[Target]:
    if arguments.url:
        return nullcontext(Target(arguments.url, arguments.url.rstrip("/"), arguments.account, arguments.key))
    return open_azurite() if arguments.against == "azurite" else open_emulator(is_hierarchical=suite.is_hierarchical)


def _prepare(peer: Peer, folder: Path) -> tuple[Path, Path]:
    """Return the interpreter and the unpacked sdist; both are made anew where they were made for something else."""
    made_for, meant = folder / "made_for.txt", f"{peer}\n"
    if not (made_for.is_file() and made_for.read_text("utf-8") == meant):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            source = download(peer, folder)
            python = make_environment(folder / "environment")
            install(python, f"{source}[{peer.extras}]", "pytest-timeout", *peer.requirements)
        except subprocess.CalledProcessError as error:
            raise Unavailable(
                f"the sdist of {peer.name} {peer.version}, or what it needs",
                cure="See that pip reaches a package index.",
            ) from error
        made_for.write_text(meant, "utf-8")
    scripts = folder / "environment" / ("Scripts" if os.name == "nt" else "bin")
    return scripts / "python", next((folder / "source").iterdir())


def _environment(target: Target) -> dict[str, str]:
    """Return what the suite sees: the account, and none of the credentials of whoever runs this."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AZURE_", "RS_"))}
    account = {"PEER_URL": target.url, "PEER_ACCOUNT": target.account, "PEER_KEY": target.key}
    return kept | account | {"PYTHONPATH": str(HERE / "plugins")}


def read_results(report: Path) -> dict[str, Result]:
    """Return what came of each test; an error in what surrounds a test is a failure of it."""
    words = {"failure": "failed", "error": "failed", "skipped": "skipped"}
    results: dict[str, Result] = {}
    for case in ET.parse(report).iter("testcase"):  # noqa: S314  (pytest wrote it)
        test = f"{case.get('classname')}::{case.get('name')}"
        found = [(words[part.tag], (part.get("message") or "").strip()) for part in case if part.tag in words]
        outcome, why = min(found, default=("passed", ""))
        if results.get(test, Result("", 0)).outcome != "failed":
            results[test] = Result(outcome, float(case.get("time", 0)), why[:500])
    return results


def _outcome(run: SuiteRun, test: str) -> str:
    return run.tests[test].outcome if test in run.tests else "not run"


def _render(run: SuiteRun) -> str:
    """Return a line a test, what did not pass with its reason, and the counts."""
    excused = excused_tests(run.peer)
    lines = []
    for test, result in run.tests.items():
        lines.append(f"{result.outcome:<8}{result.seconds:>8.2f} s  {test}")
        if result.why:
            lines += [f"{'':<20}{line}" for line in result.why.splitlines()[:3]]
        if test in excused:
            lines.append(f"{'':<20}excused: {excused[test]}")
    return "\n".join([*lines, f"{run.peer} {run.version} against {run.against}: {run.counts()}"])


def _render_comparison(earlier: SuiteRun, run: SuiteRun) -> str:
    """Return the tests that came to something else than before, and the counts of both runs."""
    tests = [*run.tests, *(test for test in earlier.tests if test not in run.tests)]
    changed = [test for test in tests if _outcome(earlier, test) != _outcome(run, test)]
    lines = [f"  {_outcome(earlier, test)} → {_outcome(run, test)}  {test}" for test in changed]
    return "\n".join(
        [
            f"{len(changed)} of {len(tests)} tests came to something else:",
            *lines,
            *(f"{each.against}: {each.counts()}" for each in (earlier, run)),
        ]
    )
