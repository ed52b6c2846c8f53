"""Reads values and forms back from TOML; what is wrong is noted with its key, and reading goes on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.errors import nearest_word
from conformance.toml import Wrong, toml_of
from conformance.trace._forms import CHOSEN, FORMS
from conformance.trace._values import Chosen, Digest, Ref, Value, pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.toml import Key

ESCAPE = re.compile(r"\\(?:(\\)|u(d[89a-f][0-9a-f]{2})|)")
SHA256 = re.compile("[0-9a-f]{64}")
WORDS = {str: "a string", int: "a whole number", bool: "true or false", list: "a list", dict: "a table"}


class Notes:
    """What was found wrong in a file so far, and how each sort of it is said."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.wrong: list[Wrong] = []

    def fault(self, key: Key, what: str, cure: str, slug: str) -> None:
        """Note a fault; ``what`` goes on after the key."""
        self.wrong.append(Wrong(key, what, cure, slug))

    def is_a(self, sort: type, value: object, key: Key) -> bool:
        """Return whether a value is of a type, and note where it is not."""
        if type(value) is sort:
            return True
        self.fault(key, f"= {toml_of(value)} is not {WORDS[sort]}.", f"Give {WORDS[sort]}.", "wrong-type")
        return False

    def known(self, table: dict[str, Any], words: Sequence[str], key: Key) -> None:
        """Note the keys of a table that are none of some words."""
        for name in table:
            if name not in words:
                near = nearest_word(name, words)
                cure = f"Did you mean {near}?" if near else f"Known here: {', '.join(words)}."
                self.fault((*key, name), "is not a known key.", cure, "unknown-key")

    def given(self, table: dict[str, Any], name: str, sort: type, key: Key, *, example: str = "...") -> Any:
        """Return the value of a key that must be there and of a type; None where it is not, which is noted."""
        if name not in table:
            self.fault((*key, name), "is missing.", f"Add {name} = {example}.", "missing-key")
            return None
        return table[name] if self.is_a(sort, table[name], (*key, name)) else None

    def optional(self, table: dict[str, Any], name: str, sort: type, key: Key) -> Any:
        """Return the value of a key that may be left out, if it is there and of a type."""
        return table[name] if name in table and self.is_a(sort, table[name], (*key, name)) else None

    def bad_value(self, key: Key, value: object, why: str, cure: str) -> None:
        """Note a form that says nothing."""
        self.fault(key, f"= {toml_of(value)} {why}.", cure, "bad-value")


def read_value(value: Any, key: Key, notes: Notes) -> Value:
    """Return what a value of TOML stands for.

    Args:
        value: As TOML has it.
        key: Where it stands.
        notes: Where faults are noted; what is returned of a value with a fault is of no use.
    """
    if isinstance(value, str):
        return _text(value, key, notes)
    if isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, list):
        return [read_value(each, (*key, at), notes) for at, each in enumerate(value)]
    if isinstance(value, dict):
        if value.keys() in FORMS:
            return READERS[next(iter(sorted(value)))](value, key, notes)
        return {name: read_value(each, (*key, name), notes) for name, each in value.items()}
    cure = "Put it in quotes: dates and times are no values of a trace."
    notes.bad_value(key, str(value), "is a date or time", cure)
    return None


def _text(value: str, key: Key, notes: Notes) -> Value:
    if not value.startswith("$"):
        return value
    if value.startswith("$$"):
        return value[1:]
    if not CHOSEN.fullmatch(value):
        cure = f"Write {toml_of('$' + value)} for this text, or $1, $2 for what the subject chose."
        notes.bad_value(key, value, "is no chosen value", cure)
    return Chosen(value)


def _reference(value: dict[str, Any], key: Key, notes: Notes) -> Value:
    step = notes.given(value, "step", int, key)
    field = notes.given(value, "field", str, key)
    return Ref(step, field) if step is not None and field is not None else None


def _readable(value: dict[str, Any], key: Key, notes: Notes) -> Value:
    return value["bytes"].encode() if notes.is_a(str, value["bytes"], (*key, "bytes")) else b""


def _hex(value: dict[str, Any], key: Key, notes: Notes) -> Value:
    if not notes.is_a(str, value["hex"], (*key, "hex")):
        return b""
    try:
        return bytes.fromhex(value["hex"])
    except ValueError:
        notes.bad_value((*key, "hex"), value["hex"], "is not hexadecimal", "Write two of 0-9 and a-f for each byte.")
        return b""


def _patterned(value: dict[str, Any], key: Key, notes: Notes) -> Value:
    size = value["pattern"]
    if not notes.is_a(int, size, (*key, "pattern")):
        return b""
    if size < 0:
        notes.bad_value((*key, "pattern"), size, "is not a size", "Give the number of bytes.")
        return b""
    return pattern(size)


def _digest(value: dict[str, Any], key: Key, notes: Notes) -> Value:
    if not notes.is_a(str, value["sha256"], (*key, "sha256")) or not notes.is_a(int, value["size"], (*key, "size")):
        return None
    if not SHA256.fullmatch(value["sha256"]):
        cure = "Write the 64 characters of it, in lower case."
        notes.bad_value((*key, "sha256"), value["sha256"], "is no SHA-256", cure)
    return Digest(value["sha256"], value["size"])


def _escaped(value: dict[str, Any], key: Key, notes: Notes) -> Value:
    if not notes.is_a(str, value["escaped"], (*key, "escaped")):
        return ""
    if any(found[0] == "\\" for found in ESCAPE.finditer(value["escaped"])):
        cure = "Write a backslash twice, and a lone surrogate as in '\\ud800'."
        notes.bad_value((*key, "escaped"), value["escaped"], "has an unknown escape", cure)
    text = ESCAPE.sub(lambda found: chr(int(found[2], 16)) if found[2] else "\\", value["escaped"])
    return _text(text, key, notes)


def _pairs(value: dict[str, Any], key: Key, notes: Notes) -> Value:
    if not notes.is_a(list, value["pairs"], (*key, "pairs")):
        return {}
    found: dict[str, Value] = {}
    for at, pair in enumerate(value["pairs"]):
        here = (*key, "pairs", at)
        if not isinstance(pair, list) or len(pair) != len(("name", "value")):
            notes.bad_value(here, pair, "is no pair", "Write [name, value].")
            continue
        text = read_value(pair[0], here, notes)
        if isinstance(text, str):
            found[text] = read_value(pair[1], here, notes)
        else:
            notes.bad_value(here, pair[0], "is no name", "Give a string.")
    return found


def _nothing(value: dict[str, Any], key: Key, notes: Notes) -> Value:
    if value["none"] is not True:
        notes.bad_value((*key, "none"), value["none"], "says nothing", "Write none = true, or leave the value out.")


READERS: dict[str, Callable[[dict[str, Any], Key, Notes], Value]] = {
    "field": _reference,
    "bytes": _readable,
    "hex": _hex,
    "pattern": _patterned,
    "sha256": _digest,
    "escaped": _escaped,
    "pairs": _pairs,
    "none": _nothing,
}
