"""Kept traces catch bugs of client libraries, offline: ``python -m tests.slow.mutation`` prints which catches which."""

from __future__ import annotations

import pytest

from conformance.fixtures import Opener
from tests.slow.mutation.replaying import REGISTRY, caught_by, recorded_runs
from tests.slow.mutation.table import FAMILIES, SURVIVORS, catches_of, rendered

MUTANTS_OF_A_FAMILY = 20
MOST_SURVIVORS = 3

# A file of s3fs that a stop has interrupted is closed once more when it is collected, and fails at that.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.mark.parametrize("name", FAMILIES)
def test_all_but_the_known_mutants_are_caught(name: str) -> None:
    catches = catches_of(FAMILIES[name])
    table = rendered(name, catches)
    print(table)  # noqa: T201  (pytest shows it with -s)
    surviving = {mutant for mutant, catch in catches.items() if catch is None}
    assert surviving == {mutant for family, mutant in SURVIVORS if family == name}, table


@pytest.mark.parametrize("name", FAMILIES)
def test_every_trace_passes_without_a_mutant(name: str) -> None:
    opener, runs = Opener(REGISTRY), recorded_runs(FAMILIES[name].fixtures)
    failures = [caught_by(run, opener, lambda subject: subject) for run in runs]
    opener.close()
    assert runs
    assert not any(failures), [each for each in failures if each]


def test_there_are_sixty_mutants_and_few_survive() -> None:
    assert {name: len({each.name for each in family.mutants}) for name, family in FAMILIES.items()} == dict.fromkeys(
        FAMILIES, MUTANTS_OF_A_FAMILY
    )
    assert len(SURVIVORS) <= MOST_SURVIVORS
    assert all(SURVIVORS.values())
