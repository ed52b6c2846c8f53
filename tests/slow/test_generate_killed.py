"""Explorations that are interrupted or killed at a moment that the driver chooses: see ``tests.cli.generated``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conformance.compare import load_reports
from conformance.contract import Verdict
from conformance.generate import Journal
from conformance.registry import load_registry
from conformance.report import check_files
from conformance.trace import load_traces
from tests.cli.generated import PROGRAMS, write_project

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a process cannot send these signals to itself there")

COMMAND = [sys.executable, "-c", "from conformance.cli import main; main()"]
KILLS = ["exploring:73", "shrinking:33", "recording:3", "replaying:1", "writing:1", "writing:3"]
INTERRUPTS = [
    ("crate_http", "exploring:1"),
    ("crate_http", "shrinking:2"),
    ("crate_http", "recording:1"),
    ("crate_http", "writing:2"),
    ("crate_async", "exploring:73"),
    ("crate_async", "recording:3"),
]
BUG = "get/key: data empty"


def run(project: Path, *arguments: str, moment: str = "::") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MOMENT": moment, "COLUMNS": "200"}
    return subprocess.run(
        [*COMMAND, *arguments], cwd=project, env=environment, capture_output=True, text=True, check=False
    )


def explored(project: Path, fixture: str, moment: str = "::") -> subprocess.CompletedProcess[str]:
    return run(project, "generate", f"--fixture={fixture}", f"--programs={PROGRAMS}", moment=moment)


def found_by(project: Path, fixture: str) -> tuple[set[str], set[str]]:
    """Return the signatures and the groups of divergences that the journal of a run that ended early holds."""
    path = project / ".conformance" / "generate" / f"{fixture}.jsonl"
    assert path.exists()
    with Journal(path, contract="crate@1", fixture=fixture) as journal:
        return set(journal.harvest.counts), set(journal.harvest.hits)


def check_nothing_is_damaged(project: Path) -> None:
    """Assert that what the run had written is whole: traces, cassettes, and reports."""
    load_traces(project / "traces" / "crate")
    problems = check_files(load_registry(project / "fixtures.toml"))[1]
    assert {problem.sort for problem in problems} <= {"left", "temporary"}
    load_reports(sorted((project / ".conformance").glob("reports/*.json")))


def check_that_it_goes_on(project: Path, fixture: str) -> None:
    """Assert that the same command shows all that was found, and leaves nothing of the run before it."""
    signatures, groups = found_by(project, fixture)
    done = explored(project, fixture)
    assert done.returncode == 0, done.stderr
    (told,) = load_reports([project / ".conformance" / "reports" / f"{fixture}.json"]).explorations
    assert signatures <= told.signatures.keys()
    assert told.uncovered == ()
    assert groups <= {each.group for each in told.findings} == {BUG}
    assert {each.verdict for each in told.findings} == {Verdict.DIVERGES}
    traces = load_traces(project / "traces" / "crate")
    assert signatures <= {signature for trace in traces for signature in trace.covers}
    checked = run(project, "fsck")
    is_recorded = fixture != "crate_local"
    assert (checked.returncode, checked.stdout) == (0, f"{len(traces) * is_recorded} cassettes, 0 problems\n")
    assert not (project / ".conformance" / "generate" / f"{fixture}.jsonl").exists()


@pytest.mark.parametrize("moment", KILLS)
def test_an_exploration_that_is_killed_loses_nothing_that_was_found(tmp_path: Path, moment: str) -> None:
    write_project(tmp_path)
    killed = explored(tmp_path, "crate_http", f"{moment}:SIGKILL")
    assert killed.returncode == -signal.SIGKILL
    check_nothing_is_damaged(tmp_path)
    check_that_it_goes_on(tmp_path, "crate_http")


@pytest.mark.parametrize(("fixture", "moment"), INTERRUPTS)
def test_one_ctrl_c_ends_an_exploration_which_says_how_to_go_on_and_loses_nothing(
    tmp_path: Path, fixture: str, moment: str
) -> None:
    write_project(tmp_path)
    interrupted = explored(tmp_path, fixture, f"{moment}:SIGINT")
    assert interrupted.returncode == 130, interrupted.stderr
    assert "the same command goes on, --fresh starts anew" in interrupted.stderr
    assert "Traceback" not in interrupted.stderr
    check_nothing_is_damaged(tmp_path)
    assert check_files(load_registry(tmp_path / "fixtures.toml"))[1] == []
    check_that_it_goes_on(tmp_path, fixture)


def test_an_exploration_without_http_that_is_killed_goes_on_too(tmp_path: Path) -> None:
    write_project(tmp_path)
    assert explored(tmp_path, "crate_local", "shrinking:5:SIGKILL").returncode == -signal.SIGKILL
    check_nothing_is_damaged(tmp_path)
    check_that_it_goes_on(tmp_path, "crate_local")
