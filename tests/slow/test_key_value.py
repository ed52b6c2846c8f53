"""The example of a contract of one's own, from nothing: explored, replayed, guarded, mended."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.compare import load_reports
from conformance.trace import load_trace
from tests.cli.test_main import run

EXAMPLE = Path(__file__).parents[2] / "examples" / "key_value"
MADE = shutil.ignore_patterns("traces", "cassettes", "__pycache__", ".*")
REPORT = ".conformance/reports/key_value.json"
GENERATE = ("generate", "--fixture", "key_value", "--programs", "150", "--seed", "0")
BUG, MENDED = "int(self.body)), version\n", "int(self.body)), self.new_version\n"
CLOSED = """
import socket

def connect(self, address):
    raise OSError(f"the network is closed: {address}")

socket.socket.connect = socket.socket.connect_ex = connect
"""


def generate(folder: Path) -> None:
    done = run(*GENERATE, folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "not recorded" not in done.stdout


def run_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def explored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example without what was generated of it, explored; not to be changed."""
    folder = tmp_path_factory.mktemp("key_value") / "mine"
    shutil.copytree(EXAMPLE, folder, ignore=MADE)
    generate(folder)
    return folder


@pytest.fixture
def mine(explored: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(explored, tmp_path / "mine"))


def test_the_bug_of_the_service_is_all_that_is_found_and_takes_at_most_four_steps(explored: Path) -> None:
    (finding,) = load_reports([explored / REPORT]).findings
    assert finding.group == "set/there, another version: ok instead of conflict"
    assert len(finding.program.steps) <= 4
    assert "increment" in {step.op for step in finding.program.steps}
    told = run("report", "--show", "set", folder=explored)
    assert (told.returncode, f"trace     {finding.trace}" in told.stdout) == (1, True)
    assert (explored / ".conformance" / ".gitignore").read_text() == "*\n"


def test_what_was_generated_replays_with_the_network_closed(mine: Path) -> None:
    count = len(list(mine.joinpath("traces").rglob("*.toml")))
    mine.joinpath("closed.py").write_text(CLOSED)
    done = run_pytest(mine, "-p", "closed")
    assert done.returncode == 0, done.stdout
    assert f"{count} passed" in done.stdout
    assert "the network is closed" in run_pytest(mine, "-p", "closed", "--stage=2").stdout


def test_a_guard_of_the_bug_can_fail_and_turns_red_when_the_service_is_mended(mine: Path) -> None:
    mutants = ("--mutant", "mutants:forgets_the_condition", "--edit", "3: status=412")
    assert run("guard", "KV-1", "--from", REPORT, *mutants, folder=mine).returncode == 0
    assert run_pytest(mine, "traces/guards", "--stage=2", "--record").returncode == 0
    assert run_pytest(mine, "--stage=2").returncode == 0
    assert run("guards", "--check", folder=mine).returncode == 0

    source = mine.joinpath("service.py").read_text("utf-8")
    assert source.count(BUG) == 1
    mine.joinpath("service.py").write_text(source.replace(BUG, MENDED), "utf-8")
    red = run_pytest(mine, "traces/guards", "--stage=2")
    assert (red.returncode, "KV-1 looks fixed on key_value" in red.stdout) == (1, True)

    assert run("guard", "KV-1", "--fixed", folder=mine).returncode == 0
    assert load_trace(mine / "traces" / "guards" / "KV-1.toml").observed == {}
    assert "KV-1 is back" in run_pytest(mine, "traces/guards").stdout  # what is recorded is of the service as it was
    assert run_pytest(mine, "traces/guards", "--stage=2", "--record").returncode == 0
    generate(mine)
    assert load_reports([mine / REPORT]).findings == ()
    done = run_pytest(mine, "--stage=2")
    assert done.returncode == 0, done.stdout


def test_the_service_is_small_enough_to_be_read() -> None:
    assert len(EXAMPLE.joinpath("service.py").read_text("utf-8").splitlines()) <= 80
