"""JSON, read strictly: a fault says where in the document it stands, and a key that nothing reads is noted.

Where a value stands is written as its JSON path, ``log.entries[2].request.url``. Doubled keys, numbers that JSON does
not have and text that is no Unicode are faults, since a lenient reader would drop or change them unseen.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from conformance.cassette._vcr_yaml import FormatFault

if TYPE_CHECKING:
    from collections.abc import Sequence

Notes = Counter[str]
"""What a conversion leaves behind and does no harm: a sentence, and how often it is true."""

ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]")
STATUSES = range(100, 1000)
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class Number(float):
    """A number with a fraction or an exponent, that knows how it was written."""

    __slots__ = ("literal",)

    literal: str

    def __new__(cls, literal: str) -> Self:
        """Keep the literal beside its value."""
        number = super().__new__(cls, literal)
        number.literal = literal
        return number


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a document, and where it stands."""

    value: object
    path: str = ""

    def fault(self, what: str, *, slug: str = "bad-cassette", cure: str = "") -> FormatFault:
        """Return the fault that this value is."""
        return FormatFault(f"{self.path or 'the document'} {what}", slug=slug, cure=cure)

    def __getitem__(self, key: str) -> Node:
        """Return the value of a key that must be there."""
        found = self.get(key)
        if found is None and key not in self._mapping():
            raise Node(None, self._below(key)).fault("is missing.")
        return found or Node(None, self._below(key))

    def get(self, key: str) -> Node | None:
        """Return the value of a key; None where it is null or not there."""
        value = self._mapping().get(key)
        return None if value is None else Node(value, self._below(key))

    def items(self) -> list[Node]:
        """Return the members of an array."""
        if not isinstance(self.value, list):
            raise self.fault("is no array.")
        return [Node(value, f"{self.path}[{at}]") for at, value in enumerate(self.value)]

    def pairs(self) -> list[tuple[str, Node]]:
        """Return the keys and values of an object, in the order of the file."""
        return [(key, Node(value, self._below(key))) for key, value in self._mapping().items()]

    def text(self) -> str:
        """Return a string."""
        if not isinstance(self.value, str):
            raise self.fault("is no text.")
        return self.value

    def utf8(self) -> bytes:
        """Return a string as UTF-8."""
        return self.text().encode()

    def base64(self) -> bytes:
        """Return what a string of base64 stands for."""
        try:
            return base64.b64decode(self.text(), validate=True)
        except (binascii.Error, ValueError) as error:
            raise self.fault("is no base64.") from error

    def compact(self) -> str:
        """Return the value as JSON without spaces, its numbers as they were written."""
        try:
            return compact(self.value)
        except RecursionError as error:
            raise self.fault("is nested too deep.") from error

    def whole(self) -> int:
        """Return a whole number."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.fault("is no whole number.")
        return self.value

    def status(self) -> int:
        """Return a status code."""
        code = self.whole()
        if code not in STATUSES:
            raise self.fault(f"is {code}, which is no status code.")
        return code

    def uri(self) -> str:
        """Return an absolute URI."""
        uri = self.text()
        if not is_absolute(uri):
            raise self.fault(f"is {uri!r}, which is no absolute URI.")
        return uri

    def note_rest(self, known: Sequence[str], notes: Notes) -> None:
        """Note each key that is not known here, and so is not carried."""
        for key in self._mapping():
            if key not in known:
                notes[f"the key {re.sub(r'[0-9]+(?=])', '', self._below(key))} is not carried"] += 1

    def _mapping(self) -> dict[str, object]:
        if not isinstance(self.value, dict):
            raise self.fault("is no object.")
        return self.value

    def _below(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def is_absolute(uri: str) -> bool:
    """Whether a URI has a scheme and a host."""
    try:
        return bool(ABSOLUTE.match(uri)) and bool(urlsplit(uri).netloc)
    except ValueError:
        return False


def load_json(data: bytes) -> Node:
    """Return the document of a file.

    Raises:
        FormatFault: It is not UTF-8, not JSON, or has what would be lost: a doubled key, half a character.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatFault("is not UTF-8.", line=data.count(b"\n", 0, error.start) + 1) from error
    try:
        value = _strict(text)
        if SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise FormatFault(f"is not JSON: {error.msg}.", line=error.lineno) from error
    except UnicodeEncodeError as error:
        raise FormatFault("is no Unicode: it has half of a surrogate pair.") from error
    except (ValueError, RecursionError) as error:
        raise FormatFault(f"is no JSON that can be read: {error}.") from error
    return Node(value)


def render_json(value: object) -> bytes:
    """Return the text of a file.

    Raises:
        FormatFault: A text in it is no Unicode.
    """
    try:
        return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError as error:
        raise FormatFault(
            "a text has half of a surrogate pair, which no JSON file can hold.", slug="cannot-carry"
        ) from error


def compact(value: object) -> str:
    """Return a value as JSON without spaces, its numbers as they were written."""
    if isinstance(value, Number):
        return value.literal
    if isinstance(value, dict):
        return "{" + ",".join(f"{compact(key)}:{compact(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(compact, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def parsed_body(body: bytes) -> tuple[object, bool]:
    """Return a body as a JSON value, and whether `compact` gives back its exact bytes.

    Raises:
        ValueError: It is no JSON.
    """
    text = body.decode()
    try:
        value = json.loads(text)
        is_exact = compact(_strict(text)) == text == json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    except RecursionError as error:
        raise ValueError(*error.args) from error
    return value, is_exact


def _strict(text: str) -> object:
    return json.loads(
        text,
        object_pairs_hook=_unique,
        parse_float=Number,
        parse_int=lambda literal: Number(literal) if literal == "-0" else int(literal),
        parse_constant=_no_number,
    )


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        doubled = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        message = f"the key {doubled!r} comes twice in one object"
        raise ValueError(message)
    return found


def _no_number(literal: str) -> object:
    message = f"{literal} is no number of JSON"
    raise ValueError(message)
