"""Finds a value that is known, in whatever form it stands."""

from __future__ import annotations

import base64
import html
import json
import re
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from conformance.cassette.scrubbing._base64 import Core, cores, rewritten
from conformance.cassette.scrubbing._escapes import as_escaped, views
from conformance.cassette.scrubbing._finders import Search, Span, spliced
from conformance.cassette.scrubbing._rules import FindsInText

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.cassette.scrubbing._escapes import View
    from conformance.cassette.scrubbing._rules import Expect, Sort

SHORTEST_CORE = 4
SLACK = 48  # bytes: an escape that a window cuts is made good within these
WIDEST = 24  # bytes that one character takes at most: %252526%252523x41%25253B
PLAIN = re.compile(rb"[a-z0-9]+")
FEWEST = 3  # characters that tell a value, each of them escaped


def _nested(before: str, behind: str) -> list[tuple[str, str]]:
    """Return what stands around the code of an escaped character, itself escaped up to twice, in lower case."""
    ways: list[Callable[[str], str]] = [str, html.escape, lambda text: json.dumps(text)[1:-1], partial(quote, safe="")]
    pairs = [(inner(outer(before)), inner(outer(behind))) for outer in ways for inner in ways]
    return list(dict.fromkeys((one.lower(), other.lower()) for one, other in pairs))


MARKS = (_nested("%", ""), _nested("\\u", ""), _nested("&#", ";"), _nested("&#x", ";"))

SMALLEST_KEY = 16  # bytes: what decodes to fewer is base64 by chance

Form = Literal["text", "hex", "key", "key in hex"] | Core


@dataclass(frozen=True, slots=True)
class ReplaceValue(FindsInText):
    r"""Puts a stand-in for a live value wherever it stands: address, headers and bodies.

    The value is found as it is, in lower and upper case; percent-encoded, JSON-escaped and XML-escaped, once or several
    times and in any mixture, all of its characters or some; in hexadecimal; and in base64 of either alphabet as a part
    of any text. Of a value that is itself base64 of a key, the bytes of the key are found too, as they are, in
    hexadecimal, and in base64 of more. The stand-in is put there in the same form.

    Attributes:
        name: The name of the rule.
        value: What is replaced; not empty.
        stand_in: Text without white space, ``"``, ``'``, ``\``, ``<``, ``>``, ``&``, ``+`` and ``%``.
    """

    name: str
    value: str
    stand_in: str
    sort: Sort = "redactor"
    expect: Expect = "may"

    @property
    def anchors(self) -> tuple[bytes, ...]:
        """Pieces of every form of the value."""
        return tuple(anchor for anchor, _ in _anchors(self.value))

    def may_be_in(self, folded: bytes) -> bool:
        """Return whether a text in lower case may hold the value, not wholly escaped: quick, for one use of a value."""
        return any(piece in folded for piece in _quick_anchors(self.value))

    def span(self, text: bytes, anchor: int, start: int) -> Span | None:
        """Return the place of the value around an anchor, in the form that the anchor is of."""
        piece, form = _anchors(self.value)[anchor]
        if form == "text" or (isinstance(form, Core) and form.letters in self.value.encode()):
            reach = len(self.value.encode()) * WIDEST + SLACK
            found_as_text = self._in_text(
                text, max(0, start - reach), min(len(text), start + len(piece) + reach), start
            )
            if found_as_text or form == "text":
                return found_as_text
        if isinstance(form, Core):
            found = rewritten(text, start, form, self._in_decoded)
            return Span(*found) if found else None
        if form == "hex":
            return _in_hexadecimal(text, start, self.value.encode(), self.stand_in.encode())
        return self._of_key(text, start, is_hex=form == "key in hex")

    def _in_text(self, text: bytes, first: int, last: int, anchor: int) -> Span | None:
        r"""Return the widest place that says the value at any depth: ``\/key`` says ``/key`` as it stands too."""
        spellings = _spellings(self.value)
        best: Span | None = None
        for view in views(text, first, last):
            folded = view.text.lower()
            plus = folded.replace(b"+", b" ") if b" " in spellings[0] else folded
            for spelling in spellings:
                for where, what in ((folded, spelling), (plus, spelling.replace(b"+", b" "))):
                    at = _around(view, where, what, anchor)
                    if at < 0:
                        continue
                    start, end = view.span(at, at + len(spelling))
                    if best is None or end - start > best.end - best.start:
                        decoded = view.text[at : at + len(spelling)]
                        best = Span(start, end, self._in_form(text[start:end], decoded))
        return best

    def _in_form(self, found: bytes, decoded: bytes) -> bytes:
        """Return the stand-in in the case and in the escaping of what was found."""
        stand_in, value = self.stand_in, self.value.encode()
        if value != value.lower() == decoded:
            stand_in = stand_in.lower()
        elif value != value.upper() == decoded:
            stand_in = stand_in.upper()
        return as_escaped(stand_in.encode(), found, value)

    def _of_key(self, text: bytes, start: int, *, is_hex: bool) -> Span | None:
        """Return the place of the bytes that the value is base64 of; those that the stand-in is base64 of go there."""
        key, stand_in = _key_of(self.value), _key_of(self.stand_in, smallest=1) or self.stand_in.encode()
        if is_hex:
            return _in_hexadecimal(text, start, key, stand_in)
        end = start + len(key)
        return Span(start, end, stand_in) if text[start:end] == key else None

    def _in_decoded(self, decoded: bytes) -> tuple[bytes, int] | None:
        search = _search_of(self)
        spans = [span for _, span in search.spans(decoded, search.hits(decoded.lower()))[0]]
        return (spliced(decoded, spans), spans[-1].end) if spans else None


def _in_hexadecimal(text: bytes, start: int, value: bytes, stand_in: bytes) -> Span | None:
    found = text[start : start + 2 * len(value)]
    if found.lower() != value.hex().encode():
        return None
    put = stand_in.hex().encode()
    is_upper = found == found.upper() and found != found.lower()
    return Span(start, start + len(found), put.upper() if is_upper else put)


def _key_of(value: str, *, smallest: int = SMALLEST_KEY) -> bytes:
    """Return the bytes that a value is base64 of; none of one that is not."""
    try:
        key = base64.b64decode(value, validate=True)
    except ValueError:
        return b""
    return key if len(key) >= smallest else b""


@lru_cache(64)
def _search_of(rule: ReplaceValue) -> Search:
    return Search([rule])


def _around(view: View, folded: bytes, spelling: bytes, anchor: int) -> int:
    """Return where a spelling stands that an anchor stands in; -1 where none does."""
    at = folded.find(spelling)
    while at >= 0:
        start, end = view.span(at, at + len(spelling))
        if start <= anchor < end:
            return at
        at = folded.find(spelling, at + 1)
    return -1


@lru_cache(256)
def _spellings(value: str) -> tuple[bytes, ...]:
    """Return a value in lower case: in UTF-8, and in UTF-8 that was taken for Latin-1, as a header may hold it.

    A value that itself looks escaped is decoded with what stands around it, so it is sought decoded too.
    """
    data = value.encode()
    forms = [data, data.decode("latin-1").encode(), value.lower().encode(), value.upper().encode()]
    decoded = [view.text for view in views(data, 0, len(data))]
    return tuple(dict.fromkeys(form.lower() for form in (*forms, *decoded)))


@lru_cache(256)
def _anchors(value: str) -> tuple[tuple[bytes, Form], ...]:
    """Return the pieces to look for, each with its form."""
    data = value.encode()
    core = max(PLAIN.findall(data.lower()), key=len, default=b"")
    if len(core) >= SHORTEST_CORE:
        texts = [core]
    else:
        cases = dict.fromkeys((value, value.lower(), value.upper()))
        texts = [*(form for case in cases for form in _canonical(case)), *([core] if len(core) > 1 else [])]
    found: list[tuple[bytes, Form]] = [(text.lower(), "text") for text in (*texts, *_wholly_escaped(value))]
    found += [
        (each.letters.lower(), each) for form in dict.fromkeys((data, *_canonical(value))) for each in cores(form)
    ]
    if len(data) >= SHORTEST_CORE:
        found.append((data.hex().encode(), "hex"))
    key = _key_of(value)
    if key:
        found += [(key.lower(), "key"), (key.hex().encode(), "key in hex")]
        found += [(each.letters.lower(), each) for each in cores(key)]
    return tuple(dict.fromkeys(found))


@lru_cache(16)
def _quick_anchors(value: str) -> list[bytes]:
    data = value.encode()
    core = max(PLAIN.findall(data.lower()), key=len, default=b"")
    return [core, data.hex().encode(), *(each.letters.lower() for each in cores(data))]


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


def _twice(codes: str) -> str:
    """Return hexadecimal codes as percent-encoding of which every character was percent-encoded again."""
    return "".join("%25" + "".join(f"%{ord(digit):02x}" for digit in code) for code in codes.split())


def _wholly_escaped(value: str) -> list[bytes]:
    """Return the first characters of a value with each of them escaped, as few encoders do."""
    forms: list[str] = []
    for start in dict.fromkeys((value[:FEWEST], value.lower()[:FEWEST], value.upper()[:FEWEST])):
        units = start.encode("utf-16-be").hex()
        kinds = (
            [f"{byte:02x}" for byte in start.encode()],
            [units[at : at + 4] for at in range(0, len(units), 4)],
            [str(ord(letter)) for letter in start],
            [f"{ord(letter):x}" for letter in start],
        )
        for marks, codes in zip(MARKS, kinds, strict=True):
            forms += [before + (behind + before).join(codes) + behind for before, behind in marks]
        forms += [_twice(start.encode().hex(" ")), _twice(start.encode().hex(" ").upper())]
    return [form.encode() for form in forms]
