"""What the plugin adds to a test that has nothing to do with it."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REGISTRY = '[backend.box]\ndriver = "box:store"\n[fixture.box]\nbackend = "box"\nkind = "local"\n'
CASES = {"no plugin": ("", ("-p", "no:conformance")), "plugin": ("", ()), "plugin and registry": (REGISTRY, ())}


def measure_plain(count: int, rounds: int) -> list[dict[str, object]]:
    """Run ``count`` and four times ``count`` empty tests in each case, in turn, ``rounds`` times.

    The difference of the two medians is what the tests cost without what a session costs once.
    """
    times: dict[tuple[str, int], list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        runs = [(name, size, _project(Path(folder), name, size)) for size in (count, 4 * count) for name in CASES]
        for _ in range(rounds):
            for name, size, project in runs:
                times.setdefault((name, size), []).append(_timed(project, CASES[name][1]))
    medians = {key: statistics.median(values) for key, values in times.items()}
    per_test = {name: (medians[name, 4 * count] - medians[name, count]) / (3 * count) for name in CASES}
    return [
        {
            "case": name,
            "session_s": round(medians[name, count], 3),
            "ms_per_test": round(per_test[name] * 1000, 4),
            "added_ms_per_test": round((per_test[name] - per_test["no plugin"]) * 1000, 4),
            "ratio": round(per_test[name] / per_test["no plugin"], 3),
        }
        for name in CASES
    ]


def _project(folder: Path, name: str, size: int) -> Path:
    project = folder / f"{name} {size}"
    project.mkdir()
    (project / "test_plain.py").write_text("\n".join(f"def test_{number}(): pass" for number in range(size)))
    (project / "pytest.ini").write_text("[pytest]\n")
    if CASES[name][0]:
        (project / "fixtures.toml").write_text(CASES[name][0])
    return project


def _timed(project: Path, options: tuple[str, ...]) -> float:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", *options]
    started = time.perf_counter()
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    return time.perf_counter() - started
