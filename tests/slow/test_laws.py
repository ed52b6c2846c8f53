"""The laws at length: another seed each, and the budget of a default run."""

from __future__ import annotations

import pytest

from conformance.cassette import ReplaceValue, Scrubber
from conformance.laws import ENCODINGS, PLACES, PLANTS, ScrubberTarget, run_laws


@pytest.mark.parametrize("seed", [1, 2])
def test_a_declared_value_keeps_every_law_for_the_whole_budget(seed: int) -> None:
    target = ScrubberTarget("value", lambda secret: Scrubber([ReplaceValue("value", secret, "STAND-IN")]))
    run = run_laws([target], seed=seed, plants=PLANTS)
    assert run.broken == []
    assert run.unplanted == []
    assert sum(run.plantings.values()) >= PLANTS
    assert len(set(run.plantings.values())) == 1
    assert len(run.plantings) == len(PLACES) * len(ENCODINGS)
