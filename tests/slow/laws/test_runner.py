"""What a run walks, counts, finds again and saves."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conformance.laws import ENCODINGS, PLACES, MatcherTarget, ScrubberTarget, run_laws, write_regression
from tests.slow.laws import reference
from tests.slow.laws.reference import LAYERS, Reference

if TYPE_CHECKING:
    from pathlib import Path

PAIRS = len(PLACES) * len(ENCODINGS)
BROKEN = """
from tests.slow.laws.reference import LAYERS, Reference, matches

def scrubber(secret):
    return Reference(secret, layers=LAYERS - {MISSING})

def matcher(recorded, sent):
    return matches(recorded, sent) or IGNORES and recorded.body[:0] == sent.body[:0] and recorded.uri == sent.uri
"""


def without_hex(secret: str) -> Reference:
    return Reference(secret, layers=LAYERS - {"hex"})


def test_every_place_in_every_encoding_is_planted_equally_often_and_as_often_as_asked() -> None:
    run = run_laws([ScrubberTarget("reference", Reference)], seed=0, plants=PAIRS + 1, only=["idempotent"])
    assert set(run.plantings.values()) == {2}
    assert len(run.plantings) == PAIRS
    assert run.unplanted == []


def test_a_run_of_matchers_plants_nothing_and_says_so() -> None:
    run = run_laws([MatcherTarget("reference", reference.matches)], seed=0, only=["reflexive"])
    assert len(run.unplanted) == PAIRS


def test_a_run_names_every_place_that_breaks_a_law_and_shrinks_one() -> None:
    run = run_laws([ScrubberTarget("without_hex", without_hex)], seed=0, plants=1, only=["leaks-nothing"])
    (verdict,) = run.verdicts
    assert {encoding for _, encoding in verdict.pairs} == {"hex"}
    assert {place for place, _ in verdict.pairs} == set(PLACES)
    assert verdict.broken is not None
    assert len(verdict.broken.example.pairs) == 1


def test_the_same_seed_finds_the_same_counter_example() -> None:
    target = ScrubberTarget("without_hex", without_hex)
    first, second = (run_laws([target], seed=7, plants=1, only=["leaks-nothing"]) for _ in range(2))
    assert first.broken == second.broken != []


def test_a_run_of_a_time_finishes_the_round_that_it_began() -> None:
    run = run_laws([ScrubberTarget("reference", Reference)], seed=0, seconds=0.01, only=["idempotent"])
    assert set(run.plantings.values()) == {1}


@pytest.mark.parametrize("sort", ["scrubber", "matcher"])
def test_a_saved_counter_example_fails_until_its_target_is_mended(sort: str, tmp_path: Path) -> None:
    module = tmp_path / f"laws_{sort}_target.py"
    module.write_text(BROKEN.replace("{MISSING}", "{'hex'}").replace("IGNORES", "True"), encoding="utf-8")
    sys.path.insert(0, str(tmp_path))
    try:
        target_module = __import__(module.stem)
        name = f"{module.stem}:{sort}"
        if sort == "scrubber":
            target: ScrubberTarget | MatcherTarget = ScrubberTarget(name, target_module.scrubber)
        else:
            target = MatcherTarget(name, target_module.matcher)
        only = "leaks-nothing" if sort == "scrubber" else "sharp"
        (broken,) = run_laws([target], seed=0, plants=1, only=[only]).broken
    finally:
        sys.path.remove(str(tmp_path))
    path = write_regression(broken, tmp_path)
    assert path == write_regression(broken, tmp_path)
    assert ran(path, tmp_path) == 1
    module.write_text(BROKEN.replace("{MISSING}", "set()").replace("IGNORES", "False"), encoding="utf-8")
    assert ran(path, tmp_path) == 0


def ran(path: Path, folder: Path) -> int:
    """Run a saved test by plain pytest; return the exit code."""
    arguments = ["-q", "-n0", "-p", "no:cacheprovider", f"--rootdir={folder}", str(path)]
    script = f"import sys, pytest; sys.path.insert(0, {str(folder)!r}); sys.exit(pytest.main({arguments!r}))"
    return subprocess.run([sys.executable, "-B", "-c", script], check=False, capture_output=True).returncode
