"""What is said of a run of a peer's suite."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.peers.on_server import Result, SuiteRun, live_only, load_run, read_results, unexpected, write_run

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

EXCUSED = next(iter(live_only("remote-store")))
OUTCOMES = st.sampled_from(["passed", "failed", "skipped"])
RESULTS = st.builds(Result, OUTCOMES, st.floats(0, 1000), st.text(max_size=5))
RUNS = st.builds(
    SuiteRun,
    st.just("remote-store"),
    st.text(max_size=5),
    st.text(max_size=5),
    st.floats(0, 1000),
    st.dictionaries(st.sampled_from([EXCUSED, "a::b", "a::c", "a::d"]), RESULTS),
)


@given(RUNS)
def test_a_run_loads_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, run: SuiteRun) -> None:
    path = tmp_path_factory.mktemp("runs") / "run.json"
    write_run(run, path)
    assert load_run(path) == run


@given(RUNS, RUNS)
def test_what_fails_is_unexpected_unless_it_is_excused_or_failed_before(run: SuiteRun, earlier: SuiteRun) -> None:
    failed = {test for test, result in run.tests.items() if result.outcome == "failed"}
    failed_before = {test for test, result in earlier.tests.items() if result.outcome == "failed"}
    assert set(unexpected(run)) == failed - {EXCUSED}
    assert set(unexpected(run, earlier)) == failed - {EXCUSED} - failed_before
    assert unexpected(run, replace(earlier, tests=run.tests)) == []


def test_an_error_around_a_test_that_passes_is_a_failure_of_it(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite><testcase classname="a" name="b" time="0.5"/>'
        '<testcase classname="a" name="b" time="0.1"><error message="torn down"/></testcase>'
        '<testcase classname="a" name="c" time="0"><skipped message="not here"/></testcase></testsuite></testsuites>',
        "utf-8",
    )
    assert read_results(report) == {
        "a::b": Result("failed", 0.1, "torn down"),
        "a::c": Result("skipped", 0, "not here"),
    }
