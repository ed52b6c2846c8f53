"""Recording by the workers of pytest-xdist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cassette import load_cassette
from tests.pytest_plugin.test_recording import PLAIN, RECORD, REPLAY
from tests.pytest_plugin.test_traces import RECORD as RECORD_TRACES
from tests.pytest_plugin.test_traces import TRACE, add, shelf
from tests.slow.pytest_plugin.test_modes import ORPHANS, orphans_of

if TYPE_CHECKING:
    import pytest

__all__ = ["shelf"]  # a fixture

MANY = """
import time
from pathlib import Path
def test_it(subject, worker_id):
    Path(worker_id).touch()  # both have begun, whatever the machine does, before either ends
    for key in range(40):
        assert subject.get(f"/{worker_id}/{key}").startswith(f"/{worker_id}/{key} ")
    while not (Path("gw0").exists() and Path("gw1").exists()):
        time.sleep(0.01)
"""


def test_workers_of_xdist_record_what_one_process_records(project: pytest.Pytester) -> None:
    project.makepyfile(*[], **{f"test_{name}": PLAIN for name in "abcdef"})
    result = project.runpytest_subprocess(*RECORD, "-n2")
    result.assert_outcomes(passed=6)
    result.stdout.fnmatch_lines(["recorded    6 tests: box_service changed"])
    project.runpytest(*REPLAY).assert_outcomes(passed=6)


def test_two_workers_that_record_one_cassette_lose_nothing_and_mix_nothing(project: pytest.Pytester) -> None:
    project.makepyfile(MANY)
    project.runpytest_subprocess(*RECORD, "--dist=each", "--tx=2*popen").assert_outcomes(passed=2)
    (path,) = (project.path / "cassettes").rglob("*.yaml")
    tape = load_cassette(path).interactions
    asked = sorted(item.request.uri.partition("/gw")[2] for item in tape)
    assert asked == sorted(f"{worker}/{key}" for worker in (0, 1) for key in range(40))
    for item in tape:
        assert item.response.body.startswith(b"/gw" + item.request.uri.partition("/gw")[2].encode() + b" ")
    assert not list((project.path / "cassettes").rglob("*.journal"))


def test_cassettes_that_no_test_asks_for_are_named_once_by_all_workers(project: pytest.Pytester) -> None:
    assert orphans_of(project, "-n2") == ORPHANS


def test_workers_run_and_record_each_trace_once(shelf: pytest.Pytester) -> None:
    for name in "bcdef":
        add(shelf, f"box/{name}", TRACE)
    result = shelf.runpytest_subprocess(*RECORD_TRACES, "-n2")
    result.assert_outcomes(passed=7)
    result.stdout.fnmatch_lines(["recorded    6 tests: remote changed"])
    assert len(list((shelf.path / "cassettes").rglob("*.yaml"))) == 6
    shelf.runpytest_subprocess("-n2").assert_outcomes(passed=19)
