"""Reads interactions in exactly the form that ``render_cassette`` gives them, several times as fast as a YAML parser.

Only text whose checksum holds is read so. One interaction that is written in any other way is left to YAML: a value is
taken here only where YAML has no other reading of it.
"""

from __future__ import annotations

import base64
import binascii
import re
import sys

from conformance.cassette._interaction import Headers, Interaction, Request, Response

START = "interactions:\n- request:\n"
BETWEEN = "\n- request:\n"
END = "\nversion: 1\n"

_HEADERS = r"    headers:(?: \{\}\n|\n((?:      .*\n)+))"
_INTERACTION = re.compile(
    r"    method: (.+)\n    uri: (.+)\n"
    + _HEADERS
    + r"    body: (.+(?:\n(?:     .*)?)*)\n  response:\n    status:\n      code: ([1-9][0-9]{2})\n      message: (.+)\n"
    + _HEADERS
    + r"    body:\n      string: (.+(?:\n(?:       .*)?)*)(?:\n  chunks:((?:\n  - [1-9][0-9]*)+))?"
)
_PLAIN = re.compile(r"(?!- |-$)[A-Za-z0-9/_.+=;$()^~<\\-](?:[^\s:#]|:(?=\S)|(?<=\S)#| (?=[^ #]))*(?<![: ])")
SURROGATES = (0xD800, 0xDFFF)
_ESCAPE = re.compile(r"\\(?:([0abtnvfre\"/\\N_LP])|x([0-9A-F]{2})|u([0-9A-F]{4})|U([0-9A-F]{8}))")
_QUOTED = re.compile(rf"(?:[^\"\\\n]|{_ESCAPE.pattern})*")
# YAML 1.1 section 5.6, "Escaped Characters"
_ESCAPED = dict(zip('0abtnvfre"/\\N_LP', '\0\a\b\t\n\v\f\r\x1b"/\\\x85\xa0\u2028\u2029', strict=True))
_BREAKS = re.compile(r"\n(\n*) *")
# What YAML takes for a line break (1.1, section 5.4) or for no text at all.
_STRANGE = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_BINARY = "!!binary |\n"
_NOT_TEXT = re.compile(
    r"[-+]?[0-9][0-9_,.:eExXoOa-fA-F+-]*|[-+]?\.[0-9._eE+-]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|[~=<-]|<<|null|Null|NULL"
    r"|(?:[yY]es|YES|[nN]o|NO|[tT]rue|TRUE|[fF]alse|FALSE|[oO]n|ON|[oO]ff|OFF)|[0-9]{4}-[0-9].*"
)


class _Other(Exception):
    """A value is written in a form that this module does not read."""


def read_as_recorded(body: str) -> list[Interaction | str] | None:
    """Return the interactions of what stands below the head of a cassette, in order.

    Returns:
        The text of an interaction, as YAML, in place of one that is written in another way; None where the whole is.
    """
    if not (body.startswith(START) and body.endswith(END)):
        return None
    return [_read(part) for part in body[len(START) : -len(END)].split(BETWEEN)]


def _read(part: str) -> Interaction | str:
    found = _INTERACTION.fullmatch(part)
    if found is None or _STRANGE.search(part):
        return f"  request:\n{part}\n"
    method, uri, sent, body, status, reason, received, content, chunks = found.groups()
    try:
        request = Request(_text(method), _text(uri), _headers(sent), b"" if body == "null" else _bytes(body))
        response = Response(int(status), _text(reason), _headers(received), _bytes(content), _sizes(chunks))
    except _Other:
        return f"  request:\n{part}\n"
    if chunks and sum(response.chunks) != len(response.body):
        return f"  request:\n{part}\n"
    return Interaction(request, response)


def _sizes(chunks: str | None) -> tuple[int, ...]:
    return tuple(int(size) for size in chunks.split("\n  - ")[1:]) if chunks else ()


def _headers(block: str | None) -> Headers:
    pairs: list[tuple[str, str]] = []
    seen: set[str] = set()
    name = ""
    for line in (block or "").split("\n")[:-1]:
        if line.startswith("      - "):
            pairs.append((name, _text(line[8:])))
        elif line[6:7] != " " and line.endswith(":") and line not in seen:
            seen.add(line)
            name = _text(line[6:-1])
        else:
            raise _Other
    return tuple(pairs)


def _text(value: str) -> str:
    first = value[:1]
    if first == "'":
        inner = value[1:-1]
        if len(value) == 1 or value[-1] != "'" or "'" in inner.replace("''", ""):
            raise _Other
        return _unfolded(inner).replace("''", "'")
    if first == '"':
        inner = value[1:-1]
        if len(value) == 1 or value[-1] != '"' or not _QUOTED.fullmatch(inner):
            raise _Other
        return _ESCAPE.sub(_unescaped, inner) if "\\" in inner else inner
    if not _PLAIN.fullmatch(value) or _NOT_TEXT.fullmatch(value):
        raise _Other
    return value


def _bytes(value: str) -> bytes:
    if not value.startswith(_BINARY):
        return _text(value).encode()
    try:
        return base64.b64decode(value[len(_BINARY) :].replace("\n", "").replace(" ", ""), validate=True)
    except binascii.Error:
        raise _Other from None


def _unfolded(text: str) -> str:
    """Return the lines of a quoted value put together: one break is a space, each further one a line feed."""
    if "\n" not in text:
        return text
    if "\t" in text or " \n" in text:
        raise _Other
    return _BREAKS.sub(lambda found: "\n" * len(found[1]) or " ", text)


def _unescaped(found: re.Match[str]) -> str:
    letter, *codes = found.groups()
    if letter:
        return _ESCAPED[letter]
    code = int(next(digits for digits in codes if digits), 16)
    if code > sys.maxunicode or SURROGATES[0] <= code <= SURROGATES[1]:
        raise _Other
    return chr(code)
