"""Finds a value that is known, in whatever form it stands."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from conformance.cassette.scrubbing._base64 import cores, rewritten
from conformance.cassette.scrubbing._escapes import as_escaped, views
from conformance.cassette.scrubbing._finders import Search, Span
from conformance.cassette.scrubbing._rules import FindsInText

if TYPE_CHECKING:
    from conformance.cassette.scrubbing._rules import Expect, Sort

SHORTEST_CORE = 4
SLACK = 48  # bytes: an escape that a window cuts is made good within these
WIDEST = 18  # bytes that one character takes at most: %2525255Cu0041
PLAIN = re.compile(rb"[a-z0-9]+")

Form = Literal["text", "base64", "hex"]


@dataclass(frozen=True, slots=True)
class ReplaceValue(FindsInText):
    r"""Puts a stand-in for a live value wherever it stands: address, headers and bodies.

    The value is found as it is, in lower and upper case; percent-encoded, JSON-escaped and XML-escaped, once or several
    times and in any mixture, all of its characters or some; in hexadecimal; and in base64 of either alphabet as a part
    of any text. The stand-in is put there in the same form.

    Attributes:
        name: The name of the rule.
        value: What is replaced; not empty.
        stand_in: Text without white space, ``"``, ``'``, ``\``, ``<``, ``>``, ``&`` and ``%``.
    """

    name: str
    value: str
    stand_in: str
    sort: Sort = "redactor"
    expect: Expect = "may"

    @property
    def anchors(self) -> tuple[bytes, ...]:
        """Pieces of every form of the value."""
        return tuple(anchor for anchor, _, _ in _anchors(self.value))

    def may_be_in(self, folded: bytes) -> bool:
        """Return whether a text in lower case may hold the value, not wholly escaped: quick, for one use of a value."""
        return any(piece in folded for piece in _quick_anchors(self.value))

    def span(self, text: bytes, anchor: int, start: int) -> Span | None:
        """Return the place of the value around an anchor, in the form that the anchor is of."""
        piece, form, before = _anchors(self.value)[anchor]
        if form == "base64":
            found = rewritten(text, start, before, self._in_decoded)
            return Span(*found) if found else None
        if form == "hex":
            return self._in_hexadecimal(text, start)
        reach = len(self.value.encode()) * WIDEST + SLACK
        return self._in_text(text, max(0, start - reach), min(len(text), start + len(piece) + reach), start)

    def _in_text(self, text: bytes, first: int, last: int, anchor: int) -> Span | None:
        spellings = _spellings(self.value)
        for view in views(text, first, last):
            folded = view.text.lower()
            plus = folded.replace(b"+", b" ") if b" " in spellings[0] else folded
            for spelling in spellings:
                for where in {folded, plus}:
                    at = where.find(spelling)
                    while at >= 0:
                        start, end = view.span(at, at + len(spelling))
                        if start <= anchor < end:
                            return Span(start, end, self._in_form(text[start:end], view.text[at : at + len(spelling)]))
                        at = where.find(spelling, at + 1)
        return None

    def _in_form(self, found: bytes, decoded: bytes) -> bytes:
        """Return the stand-in in the case and in the escaping of what was found."""
        stand_in = self.stand_in
        if decoded != self.value.encode():
            if decoded == decoded.lower():
                stand_in = stand_in.lower()
            elif decoded == decoded.upper():
                stand_in = stand_in.upper()
        return as_escaped(stand_in.encode(), found)

    def _in_hexadecimal(self, text: bytes, start: int) -> Span | None:
        value = self.value.encode().hex().encode()
        found = text[start : start + len(value)]
        if found.lower() != value:
            return None
        stand_in = self.stand_in.encode().hex().encode()
        is_upper = found == found.upper() and found != found.lower()
        return Span(start, start + len(value), stand_in.upper() if is_upper else stand_in)

    def _in_decoded(self, decoded: bytes) -> tuple[bytes, int] | None:
        text, spans = Search([self]).replaced(decoded)
        return (text, spans[-1][1].end) if spans else None


@lru_cache(256)
def _spellings(value: str) -> tuple[bytes, ...]:
    """Return a value in lower case: in UTF-8, and in UTF-8 that was taken for Latin-1, as a header may hold it.

    A value that itself looks escaped is decoded with what stands around it, so it is sought decoded too.
    """
    data = value.encode()
    forms = [data, data.decode("latin-1").encode(), value.lower().encode()]
    decoded = [view.text for view in views(data, 0, len(data))]
    return tuple(dict.fromkeys(form.lower() for form in (*forms, *decoded)))


@lru_cache(256)
def _anchors(value: str) -> tuple[tuple[bytes, Form, int], ...]:
    """Return the pieces to look for, each with its form; of base64 also how far it is from the start of a group."""
    data = value.encode()
    found: dict[bytes, tuple[Form, int]] = {}
    core = max(PLAIN.findall(data.lower()), key=len, default=b"")
    texts = [core] if len(core) >= SHORTEST_CORE else [*_canonical(value), *([core] if len(core) > 1 else [])]
    for text in (*texts, *_wholly_escaped(value)):
        found.setdefault(text.lower(), ("text", 0))
    for form in dict.fromkeys((data, *_canonical(value))):
        for piece, before in cores(form):
            found.setdefault(piece, ("base64", before))
    if len(data) >= SHORTEST_CORE:
        found.setdefault(data.hex().encode(), ("hex", 0))
    return tuple((piece, *form) for piece, form in found.items())


@lru_cache(16)
def _quick_anchors(value: str) -> list[bytes]:
    data = value.encode()
    core = max(PLAIN.findall(data.lower()), key=len, default=b"")
    return [core, data.hex().encode(), *(piece for piece, _ in cores(data))]


def _canonical(value: str) -> list[bytes]:
    """Return what encoders commonly make of a value."""
    forms = [value, value.replace("/", "\\/"), value.replace(" ", "+")]
    percent = [quote(value, safe=""), quote(value, safe="/"), quote(value, safe="").replace("%20", "+")]
    twice = [quote(form, safe="") for form in percent]
    thrice = [quote(form, safe="") for form in twice]
    entities = [html.escape(value), html.escape(value, quote=False)]
    escaped = [json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], *entities]
    nested = [*(json.dumps(form)[1:-1] for form in escaped), *(html.escape(form) for form in entities)]
    mixed = [quote(form, safe="") for form in escaped]
    every = [*forms, *percent, *twice, *thrice, *escaped, *nested, *mixed]
    return [form.encode() for form in dict.fromkeys(every)]


def _wholly_escaped(value: str) -> list[bytes]:
    """Return the first characters of a value with each of them escaped, as few encoders do."""
    forms = []
    for start in dict.fromkeys((value[:SHORTEST_CORE], value.lower()[:SHORTEST_CORE], value.upper()[:SHORTEST_CORE])):
        data = start.encode()
        units = start.encode("utf-16-be")
        forms.append(
            "".join(
                f"%25%{ord(digit):02x}" if at == 0 else f"%{ord(digit):02x}"
                for byte in data
                for at, digit in enumerate(f"{byte:02x}")
            )
        )
        forms.append(
            "".join(
                f"%25%{ord(digit):02x}" if at == 0 else f"%{ord(digit):02x}"
                for byte in data
                for at, digit in enumerate(f"{byte:02X}")
            )
        )
        forms += ["".join(f"{mark}{byte:02x}" for byte in data) for mark in ("%", "%25", "%2525")]
        codes = [f"{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2)]
        forms += [mark.join(["", *codes]) for mark in ("\\u", "\\\\u", "%5cu", "%255cu")]
        for mark, end in (("&#", ";"), ("&amp;#", ";"), ("%26%23", "%3b")):
            forms.append("".join(f"{mark}{ord(letter)}{end}" for letter in start))
            forms.append("".join(f"{mark}x{ord(letter):x}{end}" for letter in start))
    return [form.encode() for form in forms]
