"""Cassette files: read whole or not at all, and put in place by one rename."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.cassette._beside import Beside, folder_of, read_beside, unused_files
from conformance.cassette._cache import paused_collector
from conformance.cassette._compiled import parse_or_reuse
from conformance.cassette._vcr_yaml import FormatFault, lines_of_interactions, render_cassette
from conformance.errors import CassetteError

if TYPE_CHECKING:
    from conformance.cassette._interaction import Interaction
    from conformance.cassette._vcr_yaml import Provenance


@dataclass(frozen=True, slots=True)
class Cassette:
    """The content of one file.

    Attributes:
        path: The file.
        interactions: In recorded order.
        provenance: Where they come from; None for a cassette that vcrpy wrote.
    """

    path: Path
    interactions: tuple[Interaction, ...]
    provenance: Provenance | None

    def line_of(self, position: int) -> int | None:
        """Return the line on which an interaction (from 0) starts; reads the file again, so only for messages."""
        lines = self.lines()
        return lines[position] if position < len(lines) else None

    def lines(self) -> list[int]:
        """Return the line (from 1) on which each interaction starts; none where the file is gone."""
        return lines_of_interactions(self.path.read_text("utf-8")) if self.path.exists() else []


def load_cassette(path: Path) -> Cassette:
    """Read a cassette.

    Raises:
        FileNotFoundError: There is none.
        CassetteError: It is damaged, newer, edited or no cassette; it is never taken for empty.
    """
    try:
        with paused_collector():
            interactions, provenance = parse_or_reuse(path.read_bytes(), read=read_beside(path.parent))
    except FormatFault as fault:
        raise CassetteError(str(fault), fault.cure, slug=fault.slug, path=path, line=fault.line) from fault
    except UnicodeDecodeError as error:
        line = path.read_bytes().count(b"\n", 0, error.start) + 1
        cure = "Restore the file from version control, or remove it and record it again."
        raise CassetteError("is not UTF-8.", cure, path=path, line=line) from error
    return Cassette(path, interactions, provenance)


def write_cassette(path: Path, interactions: tuple[Interaction, ...], provenance: Provenance | None) -> bool:
    """Put a cassette in place whole, by one rename; return whether the file changed.

    Large bodies are put beside it before, and those that it no longer names are removed after.

    A file that already holds the same interactions, recorded under the same rules by the same clients, is left alone:
    recording again what has not changed leaves no difference, however often its rules fired. Where it was not known how
    often, it is from then on.
    """
    if path.exists() and _is_same(load_cassette(path), interactions, provenance):
        return False
    beside = Beside(path)
    text = render_cassette(interactions, provenance, beside=beside)
    for name, body in beside.bodies.items():
        put_in_place(path.parent / name, body)
    put_in_place(path, text.encode())
    _remove_unused(path, set(beside.bodies))
    return True


def remove_cassette(path: Path) -> None:
    """Remove a cassette and the bodies beside it."""
    path.unlink()
    _remove_unused(path, set())


def _remove_unused(path: Path, used: set[str]) -> None:
    for file in unused_files(path, used):
        file.unlink()
    if not used and folder_of(path).is_dir():
        folder_of(path).rmdir()


def put_in_place(path: Path, data: bytes) -> None:
    """Write a file whole, by one rename; what was there stays until then."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _is_same(old: Cassette, interactions: tuple[Interaction, ...], provenance: Provenance | None) -> bool:
    if old.interactions != interactions or old.provenance is None or provenance is None:
        return False
    was, now = old.provenance, provenance
    was_known, is_known = was.fired is not None, now.fired is not None
    return (was.fixture, was.clients, was.rules, was_known) == (now.fixture, now.clients, now.rules, is_known)
