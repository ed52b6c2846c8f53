"""The recordings that a server is held against, from files of any format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cassette.formats import FORMATS, read_any
from conformance.compare.verification._accepted import is_end_of
from conformance.compare.verification._running import Recording
from conformance.errors import CassetteError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def recordings_of(path: Path, only: str) -> Iterator[Recording]:
    """Yield the recordings of a file or a folder; of a folder, files of no format that is known are passed over.

    Args:
        path: The file or the folder, which is read at any depth.
        only: A glob; of a folder, the files whose path ends like it.

    Raises:
        UsageError: There is no such path.
        CassetteError: A file is damaged, or the one that was named is of no format that is known.
    """
    if not path.exists():
        raise UsageError(f"There is no {path}.", "Name a file or a folder of recordings.", slug="no-file")
    suffixes = tuple(word for each in FORMATS.values() for word in each.suffixes)
    below = [] if path.is_file() else [each for each in sorted(path.rglob("*")) if each.name.endswith(suffixes)]
    for file in [path] if path.is_file() else below:
        if not file.is_file() or not is_end_of(only, file.as_posix()) or file.name.startswith("."):
            continue
        try:
            yield Recording(file.as_posix(), read_any(file).interactions)
        except CassetteError as error:
            if path.is_file() or error.fault.slug != "unknown-format":
                raise
