"""What every test of this repository runs on."""

from __future__ import annotations

import gc

import pytest
from hypothesis import settings

settings.register_profile("quick", max_examples=15)  # CI also runs --hypothesis-profile=default
settings.load_profile("quick")


@pytest.fixture(scope="module", autouse=True)
def _frozen_heap() -> None:
    """Keep what is there already (SDKs, their models, moto) out of every later collection: a fifth of a run's time."""
    gc.freeze()
