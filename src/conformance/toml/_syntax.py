"""Turns what tomli refuses into a fault; where something is given twice, with its name and the place of the first."""

from __future__ import annotations

import re

import tomli

from conformance.toml._faults import Wrong
from conformance.toml._positions import Key, holds, is_idle, line_of, rows_of, statements

TWICE = ("Cannot declare", "Cannot overwrite", "Cannot redefine", "Cannot mutate", "Duplicate")
PROBE = "conformance_probe"


def fault_of_syntax(error: tomli.TOMLDecodeError) -> tuple[Wrong, int]:
    """Return what is wrong, and the line it stands on."""
    rows = rows_of(error.doc)
    start = _start_of_broken(rows)
    if not error.msg.startswith(TWICE):
        return _broken_at(rows, error, start)
    key = _key_of(rows, start, error.lineno)
    if key is None:
        names = re.findall(r"'([^']+)'", error.msg)  # tomli does not always name it
        line = error.doc.count("\n", 0, error.doc.rfind("".join(names[-1:]), 0, error.pos)) + 1
        what = f"{'.'.join(names) or 'A key'} is declared twice."
        return Wrong((), what, "Give each table and key once.", "duplicate"), line
    before = "\n".join(rows[: start - 1])
    document = tomli.loads(before)
    while not holds(document, key):  # terminates because every document holds the empty key
        key = key[:-1]
    cure = f"It stands on line {line_of(before, key)} already: keep one of the two."
    return Wrong(key, "is declared twice.", cure, "duplicate"), start


def _broken_at(rows: list[str], error: tomli.TOMLDecodeError, start: int) -> tuple[Wrong, int]:
    if error.pos < len(error.doc.rstrip()):
        what = f"{error.msg}: {rows[error.lineno - 1].strip()}"
        return Wrong((), what, "Mend the TOML at this place.", "bad-toml"), error.lineno
    what = f"The file ends within this statement: {rows[start - 1].strip()}"
    return Wrong((), what, "Finish it: close the string, list or table that it opens.", "bad-toml"), start


def _start_of_broken(rows: list[str]) -> int:
    """Return the first line of the statement that does not parse."""
    end = max((end for _, end, _ in statements(rows)), default=0)
    return next((at for at in range(end + 1, len(rows) + 1) if not is_idle(rows[at - 1])), len(rows))


def _key_of(rows: list[str], start: int, end: int) -> Key | None:
    """Return the key that a statement declares; None when the statement is not whole by itself."""
    statement = "\n".join(rows[start - 1 : end])
    if not _parses(statement):
        return None
    if statement.lstrip().startswith("["):
        return _path_to(PROBE, tomli.loads(f"{statement}\n{PROBE} = 0"), ())
    signs = (found.start() for found in re.finditer("=", statement))
    names = (f"{statement[:sign]}.{PROBE} = 0" for sign in signs)
    named = next(name for name in names if _parses(name))  # the others have a sign within a quoted key
    table = _path_to(PROBE, tomli.loads("\n".join([*rows[: start - 1], f"{PROBE} = 0"])), ())
    return (*(table or ()), *(_path_to(PROBE, tomli.loads(named), ()) or ()))


def _path_to(word: str, value: object, at: Key) -> Key | None:
    """Return the key of the table that has ``word``."""
    if isinstance(value, dict) and word in value:
        return at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    paths = (_path_to(word, inner, (*at, name)) for name, inner in items)
    return next((path for path in paths if path is not None), None)


def _parses(text: str) -> bool:
    try:
        tomli.loads(text)
    except tomli.TOMLDecodeError:
        return False
    return True
