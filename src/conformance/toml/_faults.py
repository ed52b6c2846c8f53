"""What is wrong at a key, and values as the file would show them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.errors import Fault
from conformance.toml._positions import line_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from conformance.toml._positions import Key

LONGEST_VALUE = 60
TABLES_BY_NAME = ("backend", "fixture")


@dataclass(frozen=True, slots=True)
class Wrong:
    """One fault, before its line is known; ``what`` goes on after the key."""

    key: Key
    what: str
    cure: str
    slug: str


def shown(key: Key) -> str:
    """Return the table in brackets and the key in it, as in fixtures.toml: ``[fixture.x] stage``."""
    if not key:
        return ""
    words = [str(word) if isinstance(word, str) else f"[{word}]" for word in key]
    size = 2 if key[0] in TABLES_BY_NAME else 1
    return f"[{'.'.join(words[:size])}] " + ".".join(words[size:]).replace(".[", "[") + (" " if key[size:] else "")


def located(wrong: Wrong, path: Path, line: int | None, *, show: Callable[[Key], str] = shown) -> Fault:
    """Return a fault in its file, with its key as ``show`` returns it before what is wrong."""
    key = ".".join(str(word) for word in wrong.key)
    return Fault(f"{show(wrong.key)}{wrong.what}", wrong.cure, wrong.slug, path, line, key or None)


def located_all(text: str, path: Path, wrong: Iterable[Wrong], *, show: Callable[[Key], str] = shown) -> list[Fault]:
    """Return the faults of a file in the order of its lines."""
    faults = [located(one, path, line_of(text, one.key), show=show) for one in wrong]
    return sorted(faults, key=lambda fault: fault.line or 0)


def toml_of(value: object) -> str:
    """Return a value the way the file would show it, cut where it is long."""
    shown = _rendered(value)
    return shown if len(shown) <= LONGEST_VALUE else f"{shown[:LONGEST_VALUE]}..."


def _rendered(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return f"[{', '.join(map(_rendered, value))}]"
    if isinstance(value, dict):
        pairs = ", ".join(f"{name} = {_rendered(inner)}" for name, inner in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    return str(value)
