"""Finds the line on which a key of a TOML document stands.

tomli keeps no positions of values. A statement of TOML ends where the text up to there parses, so parsing every prefix
that ends at a line break says which lines brought in which keys, whatever strings, arrays and tables they hold. Within
a statement of several lines, a word is the key if renaming it renames the key. That is quadratic, and done only to
report a fault.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import tomli

if TYPE_CHECKING:
    from collections.abc import Iterator

Key = tuple[str | int, ...]


def line_of(text: str, key: Key) -> int | None:
    """Return the line (from 1) of ``key`` or of the nearest table around it; None when not even that is there.

    An element of a list has no name to be found by: it is where the list is named, or its own ``[[header]]``.
    """
    rows = rows_of(text)
    for start, end, document in statements(rows):
        if holds(document, key):
            return _line_within(rows, start, end, key)
    return line_of(text, key[:-1]) if key[1:] else None


def holds(document: Any, key: Key) -> bool:
    """Return whether a document has a key."""
    for word in key:
        places = range(len(document)) if isinstance(document, list) else document if isinstance(document, dict) else ()
        if word not in places:
            return False
        document = document[word]
    return True


def statements(rows: list[str]) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Yield the first and last line of every whole statement, and the document up to there."""
    start = 1
    for number, row in enumerate(rows, start=1):
        if number == start and is_idle(row):
            start += 1
            continue
        try:
            document = tomli.loads("\n".join(rows[:number]))
        except tomli.TOMLDecodeError:
            continue
        yield start, number, document
        start = number + 1


def rows_of(text: str) -> list[str]:
    """Split a text where TOML ends a line."""
    return text.replace("\r\n", "\n").split("\n")


def is_idle(row: str) -> bool:
    """Return whether a line outside of any statement says nothing."""
    return not row.strip() or row.lstrip().startswith("#")


def _line_within(rows: list[str], start: int, end: int, key: Key) -> int:
    if start == end:
        return start
    names = [at for at, word in enumerate(key) if isinstance(word, str)]
    named = key[: names[-1] + 1]
    word = _pattern_of(str(named[-1]))
    new = "renamed"
    while any(new in row for row in rows):  # terminates because a row is finite
        new += "_"
    for number in range(start, end + 1):
        row = rows[number - 1]
        for found in word.finditer(row):
            renamed = row[: found.start()] + new + row[found.end() :]
            if _parses_to([*rows[: number - 1], renamed, *rows[number:end]], (*named[:-1], new)):
                return number
    return start


def _pattern_of(word: str) -> re.Pattern[str]:
    if re.fullmatch(r"[A-Za-z0-9_-]+", word):
        return re.compile(rf"(?<![\w-]){word}(?![\w-])")
    return re.compile(rf"""(["']){re.escape(word)}\1""")  # it can only be written in quotes


def _parses_to(rows: list[str], key: Key) -> bool:
    try:
        return holds(tomli.loads("\n".join(rows)), key)
    except tomli.TOMLDecodeError:
        return False
