r"""Text in which characters may be escaped: percent-encoding, JSON and XML, at any depth and in any mixture.

A window of such text is decoded level by level, and each byte of what comes out knows where it came from, so that what
is found decoded can be replaced where it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DEEPEST = 4
ESCAPE = re.compile(
    rb"%([0-9A-Fa-f]{2})"
    rb"|\\u([0-9A-Fa-f]{4})(?:\\u([Dd][C-Fc-f][0-9A-Fa-f]{2}))?"
    rb'|\\(["\\/bfnrt])'
    rb"|&#([0-9]{1,7});|&#[xX]([0-9A-Fa-f]{1,6});"
    rb"|&(amp|lt|gt|quot|apos);"
)
LETTERS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
NAMED = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}
PERCENT = re.compile(rb"%[0-9A-Fa-f]{2}")


@dataclass(frozen=True, slots=True)
class View:
    """A window of text at one level of decoding.

    Attributes:
        text: Decoded.
        starts: For each byte, where what it was decoded from starts in the original.
        ends: For each byte, where that ends.
    """

    text: bytes
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in the original of a piece that is not empty."""
        return self.starts[start], self.ends[end - 1]


def views(text: bytes, start: int, end: int) -> Iterator[View]:
    """Yield a window as it stands, then decoded once, twice and so on while that changes it."""
    view = View(text[start:end], range(start, end), range(start + 1, end + 1))
    yield view
    for _ in range(DEEPEST):
        decoded = _decoded(view)
        if decoded is None:
            return
        view = decoded
        yield view


def _decoded(view: View) -> View | None:
    """Return a view with every escape in it decoded once; None where it holds none."""
    pieces: list[bytes] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for escape in ESCAPE.finditer(view.text):
        first, last = escape.span()
        data = _data_of(escape)
        pieces += (view.text[at:first], data)
        starts += view.starts[at:first]
        ends += view.ends[at:first]
        starts += [view.starts[first]] * len(data)
        ends += [view.ends[last - 1]] * len(data)
        at = last
    if not at:
        return None
    pieces.append(view.text[at:])
    starts += view.starts[at:]
    ends += view.ends[at:]
    return View(b"".join(pieces), starts, ends)


def _data_of(escape: re.Match[bytes]) -> bytes:
    percent, unit, low, letter, decimal, hexadecimal, name = escape.groups()
    if percent:
        return bytes([int(percent, 16)])
    if letter:
        return LETTERS.get(letter, letter)
    if name:
        return NAMED[name]
    if unit:
        units = bytes.fromhex(unit.decode()) + (bytes.fromhex(low.decode()) if low else b"")
        return units.decode("utf-16-be", "replace").encode()
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code).encode("utf-8", "replace") if code <= 0x10FFFF else escape.group()  # noqa: PLR2004  (Unicode's last)


def as_escaped(stand_in: bytes, found: bytes, value: bytes = b"") -> bytes:
    """Return a stand-in percent-encoded as many times as what it replaces was.

    Letters, digits and ``-._~`` are the same in every escaping; a stand-in holds nothing else that JSON or XML escape.

    Args:
        stand_in: The stand-in.
        found: What it replaces, as it stands.
        value: What that says, where it may itself look escaped.
    """
    for _ in range(_percent_levels(found) - _percent_levels(value)):
        stand_in = quote(stand_in, safe="").encode()
    return stand_in


def _percent_levels(text: bytes) -> int:
    if b"%" not in text and b"\\" not in text and b"&" not in text:
        return 0
    return sum(PERCENT.search(view.text) is not None for view in views(text, 0, len(text)))
