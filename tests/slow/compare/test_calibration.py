"""The embedded accounts answer as recorded ones did, but for what is known to differ."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.compare.verification import apply_accepted, load_accepted
from tests.cassette.formats.corpus import CORPUS, NOT_HERE

FOLDER = Path(__file__).parents[3] / "calibration"
SCRIPT: dict[str, Any] = runpy.run_path(str(FOLDER / "score.py"))


@pytest.mark.skipif(not CORPUS.is_dir(), reason=NOT_HERE)
@pytest.mark.parametrize("calibration", SCRIPT["CALIBRATIONS"], ids=lambda each: each.name)
def test_what_differs_is_little_and_every_part_of_it_has_its_reason(calibration: Any) -> None:
    """The reasons are of recordings that are there, so none is left over."""
    found, unused = apply_accepted(calibration.verify(), load_accepted(FOLDER / calibration.accepted))
    assert found.score().ratio >= calibration.least
    assert [(str(group.behaviour), group.example.file) for group in found.groups()] == []
    assert unused == []


def test_without_recordings_nothing_is_verified_and_nothing_fails(tmp_path: Path) -> None:
    environment = {**os.environ, "CONFORMANCE_CORPUS": str(tmp_path / "none")}
    done = subprocess.run([sys.executable, FOLDER / "score.py"], env=environment, capture_output=True, check=True)
    assert b"nothing was verified" in done.stdout


def test_recordings_of_which_nothing_conforms_fail(tmp_path: Path) -> None:
    environment = {**os.environ, "CONFORMANCE_CORPUS": str(tmp_path)}
    for calibration in SCRIPT["CALIBRATIONS"]:
        for family in calibration.families:
            (tmp_path / family).mkdir()
    done = subprocess.run([sys.executable, FOLDER / "score.py"], env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stdout.count(b"0 of 0 conform")) == (1, 2)
