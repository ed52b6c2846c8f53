"""Prints how far the embedded accounts answer as recorded ones did; fails where that is less than it was.

The recordings are found through CONFORMANCE_CORPUS, or beside the checkout. What differs is in the files beside this
one, each with its reason.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from conformance.compare.verification import (
    Verification,
    apply_accepted,
    embedded_server,
    load_accepted,
    recordings_of,
    verify_server,
)

HERE = Path(__file__).resolve().parent
CORPUS = Path(os.environ.get("CONFORMANCE_CORPUS") or HERE.parent.parent / "shared" / "corpus")


@dataclass(frozen=True)
class Calibration:
    """An embedded account, the recordings that it is held against, and the least of them that has to conform."""

    name: str
    is_hierarchical: bool
    families: tuple[str, ...]
    accepted: str
    least: float

    def verify(self) -> Verification:
        """Return what came of all recordings."""
        recordings = [each for family in self.families for each in recordings_of(CORPUS / family, "*")]
        return verify_server(recordings, embedded_server([], is_hierarchical=self.is_hierarchical))


CALIBRATIONS = (
    Calibration(
        "HNS",
        is_hierarchical=True,
        families=("remote-store-azure-hns", "azure-sdk-python-datalake-2021", "azure-cli-extensions-adls-2021"),
        accepted="azure-hns.toml",
        least=0.97,
    ),
    Calibration(
        "flat Blob",
        is_hierarchical=False,
        families=("azure-sdk-python-blob-2021", "gocdk-azureblob-v0.24.0"),
        accepted="azure-blob.toml",
        least=0.9,
    ),
)


def main() -> int:
    """Print a line for each account; return the exit code."""
    if not CORPUS.is_dir():
        click.echo(f"There are no recordings at {CORPUS}: nothing was verified.")
        return 0
    is_enough = True
    for each in CALIBRATIONS:
        found, _ = apply_accepted(each.verify(), load_accepted(HERE / each.accepted))
        score, whole = found.score(), found.score(with_accepted=True)
        known = f"{whole.conforming - score.conforming:,} more differ for known reasons"
        click.echo(f"{each.name}: {score.conforming:,} of {score.compared:,} conform ({score.ratio:.1%}); {known}")
        is_enough = is_enough and score.compared > 0 and score.ratio >= each.least
    return 0 if is_enough else 1


if __name__ == "__main__":
    sys.exit(main())
