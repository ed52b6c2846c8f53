"""Recordings that are killed."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conformance.registry import load_registry
from conformance.report import check_files, recover_journals

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENDLESS = """
import itertools
def test_it(subject):
    for key in itertools.count():
        subject.get(f"/{key}")
        print("answered", key, flush=True)
"""
RECORD = [sys.executable, "-m", "pytest", "-s", "--stage=2", "--record", "--fixture=box_service"]


def answered(process: subprocess.Popen[str]) -> Iterator[int]:
    """Yield the keys that the client has its answers to."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(("answered", "test_it.py answered")):
            yield int(line.split()[-1])


def kill_after(project: Path, count: int) -> int:
    """Record until ``count`` requests are answered, kill the process, and return how many were answered in all."""
    with subprocess.Popen(RECORD, cwd=project, stdout=subprocess.PIPE, text=True) as process:
        keys = answered(process)
        for key in keys:
            if key + 1 == count:
                break
        process.kill()
        return max([key, *keys]) + 1


@pytest.mark.parametrize("count", [1, 2, 17, 60])
def test_a_killed_recording_loses_at_most_the_request_in_flight(project: pytest.Pytester, count: int) -> None:
    project.makepyfile(test_it="def test_it(subject):\n    subject.get('/old')\n")
    project.runpytest("--stage=2", "--record", "--fixture=box_service").assert_outcomes(passed=1)
    (cassette,) = (project.path / "cassettes").rglob("*.yaml")
    before = cassette.read_bytes()
    project.makepyfile(test_it=ENDLESS)
    seen = kill_after(project.path, count)
    registry = load_registry(project.path / "fixtures.toml")
    assert [problem.sort for problem in check_files(registry)[1]] == ["left"]
    ((left, target),) = recover_journals(registry)
    assert left.cassette == cassette
    assert cassette.read_bytes() == before
    assert len(left.interactions) in (seen, seen + 1)
    for key, item in enumerate(left.interactions):
        assert item.request.uri == f"http://box.test:80/{key}"
        assert item.response.body.startswith(b"/%d " % key)
    assert target.exists()
    assert check_files(registry)[1] == []
