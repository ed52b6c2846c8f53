"""What every test of this repository runs on.

Properties draw new examples at every run of a developer, so that faults are found. In CI they draw the same ones each
time, so that a red run is of the change: with ``CI`` set, and under ``--hypothesis-profile=ci``.
"""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

IS_CI = "CI" in os.environ

settings.register_profile(
    "ci",
    settings.get_profile("default"),
    derandomize=True,
    database=None,
    print_blob=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("quick", settings.get_profile("ci" if IS_CI else "default"), max_examples=15)
settings.load_profile("quick")


@pytest.fixture(scope="module", autouse=True)
def _frozen_heap() -> None:
    """Keep what is there already (SDKs, their models, moto) out of every later collection: a fifth of a run's time."""
    gc.freeze()


def pytest_configure() -> None:
    """Draw no constants of modules in CI: which of them a worker has imported depends on what it was given to run."""
    if IS_CI or settings.get_current_profile_name() == "ci":
        providers._get_local_constants = lambda: providers._local_constants
