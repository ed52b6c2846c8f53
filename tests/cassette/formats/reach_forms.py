"""Every form in which a value may stand in a text, and what a text gives to a name; written from what rules declare."""

from __future__ import annotations

import base64
import html
import json
import re
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

Span = tuple[int, int]

PERCENT = rb"%(?:25)*"
BACKSLASH = rb"(?:\\|%(?:25)*5C)+"
AMPERSAND = rb"(?:&|%(?:25)*26)(?:amp;)*"
ENTITIES = {'"': "quot", "'": "apos", "&": "amp", "<": "lt", ">": "gt"}
LETTERS = {"\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", '"': '"', "/": "/", "\\": "\\"}
IN_BASE64 = rb"(?:[A-Za-z0-9+/_=-]|%(?:25)*(?:2[BbFf]|3[Dd])|\\+/)"
OF_BASE64 = {43: rb"(?:[+-]|%(?:25)*2[Bb])", 47: rb"(?:[/_]|%(?:25)*2[Ff]|\\+/)"}
FEWEST_BASE64 = 5
START = rb"(?:(?<![A-Za-z0-9_.-])|(?<=%[0-9A-F]{2})|(?<=\\u[0-9A-F]{4})|(?<=\\[bfnrt]))"  # of a name
SCALAR = rb"-?[0-9][0-9.eE+-]*"
VALUE_BEHIND = (
    rb"(?:(?<!\\)[\"']\s*:\s*(?:\"(?P<double>(?:[^\"\\]|\\.)*)|'(?P<single>(?:[^'\\]|\\.)*)|(?P<number>"
    + SCALAR
    + rb"))"
    rb"|\\+[\"']\s*:\s*(?:\\+\"(?P<nested>.*?)\\+\"|(?P<inner>" + SCALAR + rb"))"
    rb"|(?:\s[^<>]*)?>(?:<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)|(?P<element>[^<]+))"
    rb"|\s*=\s*\\*\"(?P<attribute>[^\"]*)|\s*=\s*\\*'(?P<quoted>[^']*)"
    rb"|(?:=|%(?:25)*3D)(?P<field>(?:(?!%(?:25)*(?:26|3B))[^&;,\s\"'<>\\])+)"
    rb"|\"[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n(?P<part>.*?)(?=\r\n--|\Z)"
    rb"|\s?:[ \t]*(?P<line>(?:[A-Za-z][\w-]* )?[^\s\"',;<>\\]+))"
)


def spans_of(pattern: re.Pattern[bytes], text: bytes) -> list[Span]:
    """Return the places of the first group of a pattern, or of all of it where it has none."""
    group = 1 if pattern.groups else 0
    return [found.span(group) for found in pattern.finditer(text) if found.start(group) >= 0]


def value_spans(value: str, text: bytes) -> list[Span]:
    """Return the places of a value in any form: raw, escaped at any depth, hexadecimal, a part of base64."""
    if not value:
        return []
    escaped, cores = _patterns(value)
    in_base64 = [span for core in cores for span in spans_of(core, text)]
    found = [(max(0, start - 3), end) for start, end in in_base64]  # from the group that it starts in
    is_there = any(value.lower() in reading.lower() for reading in readings(text.replace(b"+", b" ")))
    if is_there or not value.isalnum() or value.encode().hex().encode() in text.lower():
        found += spans_of(escaped, text)
    return found


def named_spans(words: tuple[str, ...], text: bytes, *, is_suffix: bool) -> list[Span]:
    """Return the places of what a text gives to some names."""
    found = []
    for match in _named(words, is_suffix).finditer(text):
        group = next(name for name, value in match.groupdict().items() if value is not None)
        found.append(match.span(group))
    return found


def readings(text: bytes) -> Iterator[str]:
    """Yield a text as it stands, and decoded again and again."""
    read = text.decode("utf-8", "replace")
    for _ in range(5):
        yield read
        was = read
        read = html.unescape(unquote(read))
        with suppress(ValueError):
            read = str(json.loads(f'"{read}"'))
        if read == was:
            return


@lru_cache(512)
def _named(words: tuple[str, ...], is_suffix: bool) -> re.Pattern[bytes]:
    names = b"|".join(rb"[-_.]?".join(re.escape(part.encode()) for part in word.split()) for word in words)
    before = b"" if is_suffix else START + rb"(?:x-|--|-)?"
    return re.compile(before + b"(?:" + names + rb")(?![A-Za-z0-9_-])" + VALUE_BEHIND, re.IGNORECASE | re.DOTALL)


@lru_cache(512)
def _patterns(value: str) -> tuple[re.Pattern[bytes], tuple[re.Pattern[bytes], ...]]:
    """Return what finds a value as text or hexadecimal, and what finds it as a part of base64."""
    escaped = b"".join(map(_letter, value)) + b"|" + value.encode().hex().encode()
    forms = {value, value.lower(), value.upper(), quote(value, safe=""), quote(value), json.dumps(value)[1:-1]}
    cores = {core for form in forms for core in _cores(form.encode())}
    return re.compile(escaped, re.IGNORECASE), tuple(re.compile(core + IN_BASE64 + b"*") for core in cores)


def _letter(letter: str) -> bytes:
    """Return what matches a character in every way of writing it."""
    cases = {letter} if letter.isascii() else {letter, letter.lower(), letter.upper()}  # one way each: no backtracking
    forms = [re.escape(case.encode()) for case in sorted(cases)]
    for case in sorted({letter, letter.lower(), letter.upper()}):
        units = case.encode("utf-16-be").hex()
        codes = [units[at : at + 4].encode() for at in range(0, len(units), 4)]
        number = b"|".join(b"0*%d|x0*%x" % (ord(one), ord(one)) for one in case)
        forms.append(b"".join(PERCENT + b"%02x" % byte for byte in case.encode()))
        forms.append(b"".join(BACKSLASH + b"u" + code for code in codes))
        forms.append(AMPERSAND + b"(?:#|%(?:25)*23)(?:" + number + b")(?:;|%(?:25)*3B)")
    if letter in ENTITIES:
        forms.append(AMPERSAND + ENTITIES[letter].encode() + b"(?:;|%(?:25)*3B)")
    if letter in LETTERS:
        mark = LETTERS[letter].encode()
        forms.append(BACKSLASH + b"(?:" + re.escape(mark) + b"|" + PERCENT + b"%02x)" % mark[0])
    if letter == " ":
        forms.append(rb"\+")
    return b"(?:" + b"|".join(forms) + b")"


def _cores(data: bytes) -> Iterator[bytes]:
    """Yield what matches the characters of base64 that a value alone decides, at each of three alignments."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + data)
        core = encoded[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]
        if len(core) >= FEWEST_BASE64:
            yield b"".join(OF_BASE64.get(letter, bytes([letter])) for letter in core)
