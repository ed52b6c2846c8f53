"""The laws at length: another seed each, and the budget of a default run."""

from __future__ import annotations

import pytest

from conformance.laws import ENCODINGS, PLACES, PLANTS, ScrubberTarget, run_laws
from tests.slow.laws.reference import Reference


@pytest.mark.parametrize("seed", [1, 2])
def test_the_reference_keeps_every_law_for_the_whole_budget(seed: int) -> None:
    run = run_laws([ScrubberTarget("reference", Reference)], seed=seed, plants=PLANTS)
    assert run.broken == []
    assert run.unplanted == []
    assert sum(run.plantings.values()) >= PLANTS
    assert len(set(run.plantings.values())) == 1
    assert len(run.plantings) == len(PLACES) * len(ENCODINGS)
