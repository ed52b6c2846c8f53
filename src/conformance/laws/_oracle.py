"""Says whether a secret can be read out of what is stored. Shares nothing with the scrubber: it only decodes.

What is stored is unfolded (YAML and JSON into their values, base64 bodies of a journal into bytes), and each value is
decoded in every way that is known, over and over, up to a depth; the secret is looked for in all that comes of it.
"""

from __future__ import annotations

import base64
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from conformance.cassette import Beside, Journal, render_cassette
from conformance.laws._decoding import DECODERS, Derived

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.cassette import Interaction
    from conformance.laws._secrets import Secret

DEEPEST = 7
SHOWN_BYTES = 24
COMPRESSIONS = ("gzip", "deflate")
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
SIDES = ("request", "response")


@dataclass(frozen=True, slots=True)
class Stored:
    """What a recording leaves on disk.

    Attributes:
        cassette: The text of the cassette.
        beside: The large bodies beside it, by name.
        journal: The journal, before it is removed.
    """

    cassette: str
    beside: dict[str, bytes]
    journal: bytes


@dataclass(frozen=True, slots=True)
class Leak:
    """One way to read a secret out of what is stored.

    Attributes:
        part: ``cassette``, ``journal``, or the name of a body beside the cassette.
        interaction: Its number in the file, from 1; None outside of any.
        side: ``request``, ``response``, or nothing outside of both.
        field: What of it: ``uri``, ``header x-name``, ``body`` and so on.
        offset: Where the encoded secret begins in that field, in bytes of UTF-8.
        encoding: What has to be undone to read it, outermost first, joined by `` > ``; ``raw`` where nothing has.
        shown: Two lines: an excerpt of the field, decompressed, and a caret below where it begins.
    """

    part: str
    interaction: int | None
    side: str
    field: str
    offset: int
    encoding: str
    shown: str


@dataclass(frozen=True, slots=True)
class _Value:
    part: str
    interaction: int | None
    side: str
    field: str
    data: bytes
    depth: int = DEEPEST


def stored(interactions: Sequence[Interaction]) -> Stored:
    """Return what a recording of these interactions leaves on disk: rendered, with a real journal."""
    with tempfile.TemporaryDirectory(prefix="conformance-laws-") as folder:
        path = Path(folder) / "test_planted.yaml"
        beside = Beside(path)
        text = render_cassette(tuple(interactions), None, beside=beside)
        journal = Journal(path)
        for place, item in enumerate(interactions, start=1):
            journal.append(place, item)
        data = journal.path.read_bytes() if interactions else b""
        journal.remove()
    return Stored(text, beside.bodies, data)


def find_leaks(secret: Secret, found_in: Stored) -> list[Leak]:
    """Return where a secret can be read, at most once a field; empty where it cannot."""
    search = _Search(secret)
    return [leak for value in _values(found_in) if (leak := search.look_into(value)) is not None]


class _Search:
    """One secret, looked for; what was found to hold nothing is not decoded twice."""

    def __init__(self, secret: Secret) -> None:
        self._is_case_free = secret.is_case_free
        text = secret.text.lower() if secret.is_case_free else secret.text
        self._needles = (
            [text.encode()] if text.isascii() or not _is_latin(text) else [text.encode(), text.encode("latin-1")]
        )
        self._size = len(text)
        self._clean: set[bytes] = set()

    def look_into(self, value: _Value) -> Leak | None:
        if value.data in self._clean:
            return None
        found = self._read(value.data, value.depth, set())
        if found is None:
            self._clean.add(value.data)
            return None
        offset, chain = found
        encoding = " > ".join(chain) or "raw"
        shown = self._shown(value.data, offset, chain)
        return Leak(value.part, value.interaction, value.side, value.field, offset, encoding, shown)

    def _shown(self, data: bytes, offset: int, chain: list[str]) -> str:
        """Return an excerpt of what a person can read: of a compressed body, what is in it."""
        if chain and chain[0] in COMPRESSIONS:
            inside = next(self._derived(data)).data
            found = self._read(inside, DEEPEST, set())
            return self._shown(inside, *found) if found else _excerpt(data, offset)
        return _excerpt(data, offset)

    def _read(self, data: bytes, depth: int, seen: set[bytes]) -> tuple[int, list[str]] | None:
        """Return where in the data the secret begins, and what has to be undone to see it."""
        searched = data.lower() if self._is_case_free else data
        for needle in self._needles:
            at = searched.find(needle)
            if at >= 0:
                return at, []
        if not depth:
            return None
        for derived in self._derived(data):
            if derived.data in seen or derived.data in self._clean:
                continue
            seen.add(derived.data)
            inner = self._read(derived.data, depth - 1, seen)
            if inner is not None:
                return derived.locate(inner[0]), [derived.name, *inner[1]]
        return None

    def _derived(self, data: bytes) -> Iterator[Derived]:
        for decoder in DECODERS:
            yield from decoder(data, self._size)


def _is_latin(text: str) -> bool:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def _values(found_in: Stored) -> Iterator[_Value]:
    yield from _of_cassette(yaml.load(found_in.cassette, Loader=Loader))  # noqa: S506  (the safe loader)
    for name, body in found_in.beside.items():
        yield _Value(name, None, "", "body", body)
    for line in found_in.journal.splitlines():
        record = json.loads(line[9:])
        if "place" in record:
            yield from _of_journal(record)
        else:
            yield from _leaves(record, "journal", None, "", "head")
    yield _Value("cassette", None, "", "text", found_in.cassette.encode("utf-8", "surrogatepass"), depth=0)


def _of_cassette(document: dict[str, Any]) -> Iterator[_Value]:
    for number, item in enumerate(document["interactions"], start=1):
        for side in SIDES:
            yield from _leaves(item[side], "cassette", number, side, "")
        rest = {key: value for key, value in item.items() if key not in SIDES}
        yield from _leaves(rest, "cassette", number, "", "")
    head = {key: value for key, value in document.items() if key != "interactions"}
    yield from _leaves(head, "cassette", None, "", "head")


def _of_journal(record: dict[str, Any]) -> Iterator[_Value]:
    number = record["place"]
    for side in SIDES:
        *line, headers, body = record[side]
        for name, word in zip(("method", "uri") if side == "request" else ("status", "reason"), line, strict=True):
            yield from _leaves(word, "journal", number, side, name)
        for name, value in headers:
            yield from _leaves({name: value}, "journal", number, side, "header")
        yield _Value("journal", number, side, "body", base64.b64decode(body))


def _leaves(value: object, part: str, number: int | None, side: str, field: str) -> Iterator[_Value]:
    """Yield every text and every run of bytes of a value, its keys among them."""
    if isinstance(value, dict):
        for key, inner in value.items():
            name = {"headers": "header", "string": ""}.get(str(key), str(key))
            yield _Value(part, number, side, f"{field} name".strip(), _bytes(key))
            yield from _leaves(inner, part, number, side, f"{field} {name}".strip())
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, part, number, side, field)
    elif isinstance(value, str | bytes):
        yield _Value(part, number, side, field, _bytes(value))


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


def _excerpt(data: bytes, offset: int) -> str:
    """Return a line of what stands around an offset, and a line with a caret below it; as hex where it is no text."""
    start = max(0, offset - SHOWN_BYTES)
    before, after = data[start:offset], data[offset : offset + 2 * SHOWN_BYTES]
    try:
        shown = [before.decode(), after.decode("utf-8", "ignore")]
        data.decode()
    except UnicodeDecodeError:
        shown = [f"{before.hex(' ')} " if before else "", after.hex(" ")]
    lead, rest = (_one_line(text) for text in shown)
    return f"{lead}{rest}\n{' ' * len(lead)}^ offset {offset}"


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)


def leaks_in(secret: Secret, interactions: Iterable[Interaction]) -> list[Leak]:
    """Return where a secret can be read once these interactions are stored."""
    return find_leaks(secret, stored(tuple(interactions)))
