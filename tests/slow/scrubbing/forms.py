"""Values that are to be found, and the forms in which they may stand."""

from __future__ import annotations

import base64
import html
import json
import string
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from hypothesis import strategies as st

STAND_IN = "Stand/in=for.it"
LETTERS = string.ascii_letters + string.digits
KEYS = st.binary(min_size=12, max_size=64).map(lambda data: base64.b64encode(data).decode())
NAMES = st.text(string.ascii_lowercase + string.digits + "-", min_size=6, max_size=24)
GUIDS = st.uuids().map(str)
ODD = st.text("\"'\\/%&<>+= ;:@é日😀ÜaZ07", min_size=4, max_size=12).map(lambda text: f"q{text}z0rk{text[::-1]}")
ESCAPED_ALREADY = st.sampled_from(["a%41bcde", "a%2541bcd", "a&amp;bcde", r"a\u0041bcd", r"a\nbcdef", "a+b+cdef"])
VALUES = KEYS | NAMES | GUIDS | ODD | ESCAPED_ALREADY

Change = Callable[[str], str]


@dataclass(frozen=True)
class Form:
    """How a value is written, and how it is read again."""

    name: str
    write: Change
    read: Change

    def __repr__(self) -> str:
        return self.name

    def __add__(self, other: Form) -> Form:
        return Form(
            f"{self.name}+{other.name}",
            lambda text: other.write(self.write(text)),
            lambda text: self.read(other.read(text)),
        )


def _json_read(text: str) -> str:
    return str(json.loads(f'"{text}"'))


def _units(text: str) -> list[int]:
    data = text.encode("utf-16-be")
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]


RAW = Form("raw", str, str)
PERCENT = [
    Form("quote", lambda text: quote(text, safe=""), unquote),
    Form("quote but /", quote, unquote),
    Form("quote in lower case", lambda text: _lower_digits(quote(text, safe="")), unquote),
    Form("quote plus", quote_plus, unquote_plus),
    Form("quote all", lambda text: "".join(f"%{byte:02X}" for byte in text.encode()), unquote),
    Form("quote all in lower case", lambda text: "".join(f"%{byte:02x}" for byte in text.encode()), unquote),
]
JSON = [
    Form("json", lambda text: json.dumps(text)[1:-1], _json_read),
    Form("json in UTF-8", lambda text: json.dumps(text, ensure_ascii=False)[1:-1], _json_read),
    Form("json with \\/", lambda text: json.dumps(text)[1:-1].replace("/", "\\/"), _json_read),
    Form("json all", lambda text: "".join(f"\\u{unit:04x}" for unit in _units(text)), _json_read),
    Form("json all in upper case", lambda text: "".join(f"\\u{unit:04X}" for unit in _units(text)), _json_read),
]
XML = [
    Form("xml", html.escape, html.unescape),
    Form("xml text", lambda text: html.escape(text, quote=False), html.unescape),
    Form("xml decimal", lambda text: "".join(f"&#{ord(letter)};" for letter in text), html.unescape),
    Form("xml hex", lambda text: "".join(f"&#x{ord(letter):X};" for letter in text), html.unescape),
]
ONCE = st.sampled_from([RAW, *PERCENT, *JSON, *XML])
NESTED = st.sampled_from(PERCENT[:3] + JSON[:3] + XML[:2])
MIXED = st.builds(lambda one, *rest: sum(rest, one), ONCE, NESTED, NESTED) | st.builds(
    lambda one, other: one + other, ONCE, NESTED
)
TEXT_FORMS = ONCE | MIXED | st.sampled_from([PERCENT[4] + PERCENT[0], PERCENT[4] + PERCENT[0] + PERCENT[0]])


def _lower_digits(text: str) -> str:
    pieces = text.split("%")
    return "%".join([pieces[0], *(piece[:2].lower() + piece[2:] for piece in pieces[1:])])


# What may stand around a value without being taken for a part of it.
AROUND = st.text(string.ascii_letters + " <>\"'&=;,:{}[]()\n\\%é", max_size=30)


def is_apart(value: str, *around: str) -> bool:
    """Return whether text around a value does not hold it by chance; strategies draw constants of the source too."""
    return not any(value.lower() in text.lower() for text in around)
