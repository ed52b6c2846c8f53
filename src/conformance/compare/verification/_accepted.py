"""What is known to differ, and why: the entries of an accept file.

An accept file is TOML: tables ``[[accepted]]``, each with ``reason``, and any of ``file``, ``index``, ``behaviour`` and
``part``. An entry accepts the differences that all it says fits. In a text, ``*`` stands for anything and ``?`` for one
character; nothing else is special. ``file`` is the end of a path, ``index`` the number of an interaction in its file,
from 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import tomli

from conformance.compare.verification._results import Verification
from conformance.errors import Fault, FileError, nearest_word
from conformance.toml import Wrong, fault_of_syntax, line_of, located, located_all, toml_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from conformance.cassette import Difference
    from conformance.compare.verification._results import Checked
    from conformance.toml import Key

TABLE = "accepted"
CURE = 'Write [[accepted]], reason = "...", and any of file, index, behaviour and part.'


@dataclass(frozen=True, slots=True)
class AcceptedEntry:
    """One entry of an accept file.

    Attributes:
        reason: Why what it fits is accepted.
        file: The end of the path of a recording, with wild cards.
        index: The number of an interaction in its recording, from 1; None for any.
        behaviour: The text of a behaviour, with wild cards.
        part: The name of a part that differs, with wild cards.
        line: Where it stands in its file; None where it is of none.
    """

    reason: str
    file: str = "*"
    index: int | None = None
    behaviour: str = "*"
    part: str = "*"
    line: int | None = None

    def fits(self, checked: Checked, difference: Difference) -> bool:
        """Return whether it accepts a difference of an interaction."""
        return (
            self.index in (None, checked.number)
            and is_end_of(self.file, checked.file)
            and _fits(self.behaviour, str(checked.behaviour))
            and _fits(self.part, difference.part)
        )


SORTS: dict[str, type] = {each.name: int if each.name == "index" else str for each in fields(AcceptedEntry)[:-1]}


def load_accepted(path: Path) -> tuple[AcceptedEntry, ...]:
    """Read an accept file; its entries in their order.

    Raises:
        FileError: It cannot be read, or is wrong in one or more places.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        what = f"cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}."
        raise FileError([Fault(what, "Name an accept file, in UTF-8.", "unreadable-accepted", path)]) from error
    try:
        document = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        wrong, line = fault_of_syntax(error)
        raise FileError([located(wrong, path, line, show=_shown)]) from error
    wrongs = list(_wrong_in(document))
    if wrongs:
        raise FileError(located_all(text, path, wrongs, show=_shown))
    entries = document.get(TABLE, [])
    return tuple(AcceptedEntry(**entry, line=line_of(text, (TABLE, at))) for at, entry in enumerate(entries))


def apply_accepted(
    verification: Verification, entries: Sequence[AcceptedEntry]
) -> tuple[Verification, list[AcceptedEntry]]:
    """Return a verification whose differences have the first entry that fits them, and the entries that fit none."""
    used: set[AcceptedEntry] = set()

    def applied(checked: Checked) -> Checked:
        found = []
        for difference in checked.differences:
            fitting = [entry for entry in entries if entry.fits(checked, difference)]
            used.update(fitting)
            found.append(fitting[0] if fitting else None)
        return replace(checked, accepted=tuple(found))

    files = tuple(replace(file, checked=tuple(map(applied, file.checked))) for file in verification.files)
    return Verification(files), [entry for entry in entries if entry not in used]


def is_end_of(pattern: str, path: str) -> bool:
    """Return whether a path ends like a pattern, from the beginning of one of its segments; brackets are letters."""
    return _fits(f"*/{pattern}", f"/{path}")


def _fits(pattern: str, text: str) -> bool:
    parts = ({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern)
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def _wrong_in(document: dict[str, Any]) -> Iterator[Wrong]:
    for name in document:
        if name != TABLE:
            yield Wrong((name,), "is not a known key.", CURE, "unknown-key")
    entries = document.get(TABLE, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        yield Wrong((TABLE,), f"= {toml_of(entries)} is not a list of tables.", CURE, "wrong-type")
        return
    for at, entry in enumerate(entries):
        if "reason" not in entry:
            yield Wrong((TABLE, at, "reason"), "is missing.", 'Add reason = "...".', "missing-key")
        for name, value in entry.items():
            yield from _wrong_at((TABLE, at, name), name, value)


def _wrong_at(key: Key, name: str, value: object) -> Iterator[Wrong]:
    if name not in SORTS:
        near = nearest_word(name, SORTS)
        cure = f"Did you mean {near}?" if near else f"Known here: {', '.join(SORTS)}."
        yield Wrong(key, "is not a known key.", cure, "unknown-key")
    elif type(value) is not SORTS[name]:
        wanted = "a whole number" if SORTS[name] is int else "a string"
        yield Wrong(key, f"= {toml_of(value)} is not {wanted}.", f"Give {wanted}.", "wrong-type")
    elif value == "" or (isinstance(value, int) and value < 1):
        cure = "Give a value, or leave the key out." if value == "" else "Interactions are numbered from 1."
        yield Wrong(key, f"= {toml_of(value)} fits nothing.", cure, "empty-value")


def _shown(key: Key) -> str:
    if not key:
        return ""
    place = f"[[{TABLE}]]" if key[0] == TABLE else str(key[0])
    number = f" #{int(key[1]) + 1}" if key[1:] else ""
    return f"{place}{number} {f'{key[2]} ' if key[2:] else ''}"
