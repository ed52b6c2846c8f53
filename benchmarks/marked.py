"""What a test under ``@pytest.mark.vcr`` costs: with pytest-recording alone, and with conformance beside it."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import say
from benchmarks.files import tape_of
from conformance.cassette import write_cassette

CASES = {"pytest-recording": ("-p", "no:conformance"), "with conformance": ()}
TEST = """
@pytest.mark.vcr
def test_{number}():
    for key in range({requests}):
        assert requests.get(f"http://box.test/{{key}}").status_code == 200
"""


def measure_marked(count: int, rounds: int) -> list[dict[str, object]]:
    """Run ``count`` tests of one request each, then one test of ``count`` requests, each case in turn."""
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        for sort, tests, each in (("many tests", count, 1), ("one long test", 1, count)):
            project = _project(Path(folder, sort.replace(" ", "_")), tests=tests, requests=each)
            times: dict[str, list[float]] = {name: [] for name in CASES}
            for number in range(rounds):
                say(f"{sort}: round {number + 1} of {rounds}")
                for name, options in CASES.items():
                    times[name].append(_timed(project, options))
            alone = statistics.median(times["pytest-recording"])
            rows += [
                {
                    "case": f"{sort}, {name}",
                    "session_s": round(statistics.median(seconds), 2),
                    "ms_a_request": round(statistics.median(seconds) * 1000 / count, 2),
                    "ratio": round(statistics.median(seconds) / alone, 3),
                }
                for name, seconds in times.items()
            ]
    return rows


def _project(folder: Path, *, tests: int, requests: int) -> Path:
    folder.mkdir()
    text = "".join(TEST.format(number=number, requests=requests) for number in range(tests))
    (folder / "test_marked.py").write_text(f"import pytest, requests\n{text}")
    for number in range(tests):
        write_cassette(folder / "cassettes" / "test_marked" / f"test_{number}.yaml", tape_of(requests), None)
    return folder


def _timed(project: Path, options: tuple[str, ...]) -> float:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:cassetter", *options]
    started = time.perf_counter()
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    return time.perf_counter() - started
