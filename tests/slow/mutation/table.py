"""The mutants of each family of drivers, and which kept trace catches each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.fixtures import Opener
from tests.slow.mutation import azure_mutants, boto3_mutants, s3fs_mutants
from tests.slow.mutation.replaying import REGISTRY, first_catch, recorded_runs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.slow.mutation.planting import DriverMutant
    from tests.slow.mutation.replaying import Catch


@dataclass(frozen=True, slots=True)
class Family:
    """A client library, and what its mutants are replayed on.

    Attributes:
        mutants: Its mutants.
        fixtures: The replay fixtures whose recordings they are played from.
    """

    mutants: tuple[DriverMutant, ...]
    fixtures: tuple[str, ...]


FAMILIES = {
    "boto3": Family(boto3_mutants.MUTANTS, boto3_mutants.FIXTURES),
    "s3fs": Family(s3fs_mutants.MUTANTS, s3fs_mutants.FIXTURES),
    "azure": Family(azure_mutants.MUTANTS, azure_mutants.FIXTURES),
}

#: Mutants that no kept trace catches, by family and name, and why.
SURVIVORS: dict[tuple[str, str], str] = {}


def catches_of(family: Family) -> dict[str, Catch | None]:
    """Return by mutant what caught it; None where nothing did."""
    opener, runs = Opener(REGISTRY), recorded_runs(family.fixtures)
    try:
        return {mutant.name: first_catch(mutant, runs, opener) for mutant in family.mutants}
    finally:
        opener.close()


def rendered(name: str, catches: Mapping[str, Catch | None]) -> str:
    """Return the lines of a family's table: mutant, trace, what it said."""
    lines = []
    for mutant, catch in catches.items():
        why = SURVIVORS.get((name, mutant), "")
        told = f"{catch.trace}: {catch.why}" if catch else f"SURVIVES {why}"
        lines.append(f"{name:6} {mutant:50} {told}")
    return "\n".join(lines)
