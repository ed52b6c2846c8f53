"""Any file of interactions, read."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.cassette._vcr_yaml import FormatFault
from conformance.cassette.formats._json import load_json
from conformance.cassette.formats._table import FORMATS
from conformance.errors import CassetteError

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.cassette._interaction import Interaction
    from conformance.cassette.formats._json import Notes
    from conformance.cassette.formats._table import Format

SHOWN_KEYS = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds.

    Attributes:
        format: The one that it is written in.
        interactions: In recorded order.
        notes: What it has beside them and an interaction has not: a sentence, and how often it is true.
    """

    format: Format
    interactions: tuple[Interaction, ...]
    notes: Notes


def read_any(path: Path, *, expected: Format | None = None) -> Reading:
    """Read a file of interactions in any format, found by its content; ``expected`` is the one that it must be.

    Raises:
        FileNotFoundError: There is none.
        CassetteError: It is damaged, of no known format, or holds what an interaction cannot.
    """
    data, notes = path.read_bytes(), Counter[str]()
    try:
        found = expected or _sniffed(path, data)
        return Reading(found, found.parse(data, path=path, notes=notes), notes)
    except FormatFault as fault:
        raise CassetteError(str(fault), fault.cure, slug=fault.slug, path=path, line=fault.line) from fault


def _sniffed(path: Path, data: bytes) -> Format:
    is_json = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
    value = load_json(data).value if is_json and not path.name.endswith(FORMATS["vcr-yaml"].suffixes) else None
    found = next((item for item in FORMATS.values() if item.sniff(value)), None)
    if found is None:
        keys = ", ".join(map(json.dumps, list(value)[:SHOWN_KEYS])) if isinstance(value, dict) else "none"
        cure = f"Formats are {', '.join(FORMATS)}; if it is one of them, name it with --from."
        raise FormatFault(f"is JSON of no format that is known; its keys are {keys}.", slug="unknown-format", cure=cure)
    return found
