"""Finds the line on which a key of a TOML document stands.

tomli keeps no positions of values. A statement of TOML ends where the text up to there parses, so parsing every prefix
that ends at a line break says which lines brought in which keys, whatever strings, arrays and tables they hold. That is
quadratic, and done only to report a fault.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import tomli

if TYPE_CHECKING:
    from collections.abc import Iterator

Key = tuple[str | int, ...]


def line_of(text: str, key: Key) -> int | None:
    """Return the line (from 1) of ``key`` or of the nearest table around it; None when not even that is there."""
    lines = _lines_of(text)
    for length in range(len(key), 0, -1):
        span = lines.get(key[:length])
        if span is not None:
            return _refine(text, key, span)
    return None


def _lines_of(text: str) -> dict[Key, tuple[int, int]]:
    rows = text.split("\n")
    found: dict[Key, tuple[int, int]] = {}
    start = 1
    for number, row in enumerate(rows, start=1):
        if not row.strip() or row.lstrip().startswith("#"):
            start = number + 1 if start == number else start
            continue
        try:
            document = tomli.loads("\n".join(rows[:number]))
        except tomli.TOMLDecodeError:
            continue
        for key in _keys(document, ()):
            found.setdefault(key, (start, number))
        start = number + 1
    return found


def _keys(value: object, at: Key) -> Iterator[Key]:
    if at:
        yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield from _keys(inner, (*at, name))


def _refine(text: str, key: Key, span: tuple[int, int]) -> int:
    """Return the line within a statement of several lines that names the last word of the key."""
    words = [word for word in key if isinstance(word, str)]
    rows = text.split("\n")
    for number in range(span[0], span[1] + 1):
        if words and re.search(rf"(?<![\w-]){re.escape(words[-1])}(?![\w-])", rows[number - 1]):
            return number
    return span[0]
