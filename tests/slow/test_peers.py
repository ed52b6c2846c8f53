"""The suites of peers pass on the emulator; what is said of a run of one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.peers import adlfs, remote_store
from benchmarks.peers.on_server import (
    Result,
    Suite,
    SuiteRun,
    excused_tests,
    load_run,
    read_results,
    run_suite,
    unexpected,
    write_run,
)
from benchmarks.peers.server import open_emulator
from conformance.errors import Unavailable

if TYPE_CHECKING:
    from pathlib import Path

EXCUSED = next(iter(excused_tests("remote-store")))
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


@pytest.mark.parametrize(
    ("suite", "arguments", "passing"),
    [
        (adlfs.SUITE, ("--deselect", "adlfs/tests/test_spec.py::test_large_upload_overflow"), 190),  # it writes 3 GiB
        (remote_store.SUITE, (), 558),
    ],
    ids=["adlfs", "remote-store"],
)
def test_the_suite_of_a_peer_passes_on_the_emulator(suite: Suite, arguments: tuple[str, ...], passing: int) -> None:
    try:
        with open_emulator(is_hierarchical=suite.is_hierarchical) as target:
            run = run_suite(suite, target, arguments=arguments)
    except Unavailable as reason:
        pytest.skip(str(reason))
    assert unexpected(run) == []
    assert sum(result.outcome == "passed" for result in run.tests.values()) >= passing
