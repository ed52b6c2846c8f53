"""VCR YAML, the format of the cassettes here; `conformance.cassette._vcr_yaml` says what it holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from conformance.cassette._beside import Beside, read_beside
from conformance.cassette._compiled import parse_or_reuse
from conformance.cassette._vcr_yaml import FormatFault, render_cassette

if TYPE_CHECKING:
    from conformance.cassette._interaction import Interaction
    from conformance.cassette.formats._json import Notes


def is_vcr_yaml(value: object) -> bool:
    """Whether a file that is no JSON (None) may be a VCR cassette: it is the only format of those."""
    return value is None


def parse(data: bytes, *, path: Path, notes: Notes) -> tuple[Interaction, ...]:
    """Return the interactions of a cassette.

    Raises:
        FormatFault: It is damaged, newer, edited or no cassette.
    """
    try:
        interactions, provenance = parse_or_reuse(data, read=read_beside(path.parent))
    except UnicodeDecodeError as error:
        raise FormatFault("is not UTF-8.", line=data.count(b"\n", 0, error.start) + 1) from error
    if provenance is not None:
        notes[f"where it was recorded ({provenance.fixture}, {provenance.day}) is not carried"] += 1
    return interactions


def render(interactions: tuple[Interaction, ...], *, name: str, notes: Notes) -> dict[str, bytes]:  # noqa: ARG001
    """Return the file; it holds all that an interaction has."""
    beside = Beside(Path(name))
    return {name: render_cassette(interactions, None, beside=beside).encode(), **beside.bodies}
