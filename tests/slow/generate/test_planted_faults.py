"""Every planted fault is found by an exploration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.generate import explore, keep
from tests.generate.boxes import FAULTY, Box, explorer, journal_in

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("faulty", FAULTY, ids=lambda each: each.__name__)
def test_a_planted_fault_is_found_and_kept_in_at_most_four_steps(faulty: type[Box], tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        walk = explorer(faulty, journal, programs=240)
        explore(walk)
        keeping = keep(walk, journal.harvest)
    found = [each for each in keeping.kept if each.hit]
    assert found
    assert min(len(each.program.steps) for each in found) <= 4
    assert keeping.flaky == ()
    assert set(journal.harvest.counts) <= keeping.covered
