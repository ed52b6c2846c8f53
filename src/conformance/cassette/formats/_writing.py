"""Interactions, written in any format."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from conformance.cassette._interaction import unrecorded_words
from conformance.cassette._store import put_in_place, write_cassette
from conformance.cassette.formats._table import FORMATS

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.cassette._interaction import Interaction
    from conformance.cassette.formats._json import Notes
    from conformance.cassette.formats._table import Format


def renamed(name: str, was: Format, wanted: Format) -> str:
    """Return the name of a file in another format: without the suffix of the one that it was in, with the new one."""
    suffix = next((suffix for suffix in was.suffixes if name.endswith(suffix)), PurePosixPath(name).suffix)
    return name.removesuffix(suffix) + wanted.suffixes[0]


def write_as(path: Path, wanted: Format, interactions: tuple[Interaction, ...], *, notes: Notes) -> None:
    """Put a file in place, with the files that go with it; or nothing, where the format cannot hold all.

    Raises:
        FormatFault: The format cannot carry an interaction.
        CassetteError: A VCR cassette that is to be replaced is damaged.
    """
    if wanted.render is None:
        message = f"{wanted.name} is only read"
        raise ValueError(message)
    if wanted is FORMATS["vcr-yaml"]:
        write_cassette(path, interactions, None)
        return
    chunked = sum(bool(item.response.chunks) for item in interactions)
    if chunked:
        notes["where the chunks of a body ended is not carried"] += chunked
    for item in interactions:
        for side, parts in unrecorded_words(item).items():
            notes[f"that {' and '.join(parts)} of a {side} were not recorded is not carried"] += 1
    files = wanted.render(interactions, name=path.name, notes=notes)
    for name in sorted(files, key=path.name.__eq__):
        put_in_place(path.parent / name, files[name])
