"""Recording by the workers of pytest-xdist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.pytest_plugin.test_recording import PLAIN, RECORD, REPLAY

if TYPE_CHECKING:
    import pytest


def test_workers_of_xdist_record_what_one_process_records(project: pytest.Pytester) -> None:
    project.makepyfile(*[], **{f"test_{name}": PLAIN for name in "abcdef"})
    result = project.runpytest_subprocess(*RECORD, "-n2")
    result.assert_outcomes(passed=6)
    result.stdout.fnmatch_lines(["recorded    6 tests: box_service changed"])
    project.runpytest(*REPLAY).assert_outcomes(passed=6)
