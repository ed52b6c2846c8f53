r"""Finds the value that a text gives to a name: in JSON, XML, a form, a query, multipart or a line of settings.

It reads around the name alone, so that pieces of documents, several documents in one body, and JSON within a string of
JSON are no different from a whole one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from conformance.cassette.scrubbing._escapes import as_escaped, views
from conformance.cassette.scrubbing._finders import Span
from conformance.cassette.scrubbing._rules import FindsInText
from conformance.cassette.scrubbing._stand_ins import stand_in_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.cassette.scrubbing._rules import Expect, Sort

LONGEST_NAME = 64
WORD = rb"[A-Za-z0-9_.\-]"
BEFORE = re.compile(WORD + rb"*\Z")
NO_SECRETS = frozenset({b"true", b"false", b"null", b"none"})
NOT_AFTER = re.compile(rb"[A-Za-z0-9_-]")
STRING_END = {quote: re.compile(rb"((?:[^%b\\]|\\.)*)(?:%b|\Z)" % (quote, quote), re.DOTALL) for quote in (b'"', b"'")}
QUOTE = rb"\\*[\"']|&(?:amp;)*(?:quot|apos|#34|#39);|%(?:25)*2[27]|\\+u002[27]"
MEMBER = re.compile(rb"(?P<quote>%b)\s*(?::|%%(?:25)*3[Aa])(?:\s|\+|%%(?:25)*20)*" % QUOTE)
OPENED = re.compile(QUOTE)
NUMBER = re.compile(rb"-?[0-9][0-9.eE+-]*(?=\s*(?:[,}\]]|\Z))")
ELEMENT = re.compile(rb"(?:\s[^<>]*[^/<>]|\s)?>(?:<!\[CDATA\[(.*?)(?:\]\]>|\Z)|(?=\s*[^<\s])([^<]+))", re.DOTALL)
ATTRIBUTE = re.compile(rb"(?:\s*=|[ \t]?:)[ \t]*(?=\\*[\"'])")
ENDS = rb"&;,\s\"'<>\\"
ASSIGNED = re.compile(rb"=(?P<value>[^%b]+)" % ENDS)
ASSIGNED_WITHIN = re.compile(rb"%%(?P<deep>(?:25)*)3[Dd](?P<value>(?:(?!%%(?P=deep)(?:26|3[Bb]))[^%b])+)" % ENDS)
ESCAPE = {b"%": re.compile(rb"(?:25)*[0-9A-Fa-f]{2}"), b"\\": re.compile(rb"u[0-9A-Fa-f]{4}|[bfnrt]")}
LINE = re.compile(
    rb"[ \t]?:[ \t]*(?P<value>(?:(?:Bearer|Basic|SharedKey|AWS4?[A-Z0-9-]*) )?[^\s\"',;<>\\]+)", re.IGNORECASE
)
PART = re.compile(rb"\"[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)(?=\r\n--|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class NamedSecret(FindsInText):
    """Replaces the value of a name wherever a text gives it one; of a number, 0; yes and no stay.

    Attributes:
        name: The name of the rule.
        words: The names, in parts that are written together or with ``-``, ``_`` or ``.`` between: ``access token``.
        is_suffix: Whether a name that only ends so is one too (``db_password``).
        stand_in: What is put there; of the form of the secret where none is given.
        is_lasting: Whether it is looked for in the rest of the recording, or in its own interaction alone.
    """

    name: str
    words: tuple[str, ...]
    is_suffix: bool = False
    stand_in: str | None = None
    sort: Sort = "redactor"
    expect: Expect = "may"
    is_lasting: bool = True

    @property
    def anchors(self) -> Sequence[bytes]:
        """The names in every way of writing them."""
        return _anchors(self.words)

    def span(self, text: bytes, anchor: int, start: int) -> Span | None:
        """Return the place of the value behind a name."""
        end = start + len(_anchors(self.words)[anchor])
        if NOT_AFTER.match(text, end):
            return None
        first = _first(text, start)
        if first != start and not self._may_follow(text[first:start]):
            return None
        where = _value_at(text, first, end)
        if where is None:
            return None
        found = text[where[0] : where[1]]
        if where[2] == "number":
            return None if found == b"0" else Span(*where[:2], b"0", found)
        secret = list(views(found, 0, len(found)))[-1].text
        stand_in = (self.stand_in or stand_in_of(secret.decode("utf-8", "replace"))).encode()
        if not secret.strip() or secret == stand_in or secret.lower() in NO_SECRETS:
            return None
        return Span(*where[:2], as_escaped(stand_in, b"%41" if b"%" in found else b""), secret)

    def _may_follow(self, prefix: bytes) -> bool:
        return self.is_suffix or prefix.lower() in {b"x-", b"--", b"-"}


def _first(text: bytes, start: int) -> int:
    """Return where a name starts that goes on before a place, but for an escaped character right before the name."""
    before = BEFORE.search(text, max(0, start - LONGEST_NAME), start)
    first = before.start() if before else start
    escape = ESCAPE.get(text[first - 1 : first])
    escaped = escape.match(text, first, start) if escape else None
    return escaped.end() if escaped else first


def _value_at(text: bytes, first: int, end: int) -> tuple[int, int, str] | None:
    """Return where the value of a name stands, and whether it is a number."""
    member = MEMBER.match(text, end)
    if member and text[max(0, first - LONGEST_NAME) : first].endswith(member["quote"]):
        return _member_value(text, member.end())
    if text[first - 1 : first] in {b"<", b":"} and b"<" in text[max(0, first - LONGEST_NAME) : first]:
        element = ELEMENT.match(text, end)
        if element:
            return (*element.span(1 if element[1] is not None else 2), "text")
    if text[max(0, first - LONGEST_NAME) : first].endswith(b'name="'):
        part = PART.match(text, end)
        if part and part[1]:
            return (*part.span(1), "text")
    attribute = ATTRIBUTE.match(text, end)
    if attribute:
        return _quoted(text, attribute.end())
    for pattern in (ASSIGNED, ASSIGNED_WITHIN, LINE):
        found = pattern.match(text, end)
        if found:
            return (*found.span("value"), "text")
    return None


def _member_value(text: bytes, at: int) -> tuple[int, int, str] | None:
    number = NUMBER.match(text, at)
    return (*number.span(), "number") if number else _quoted(text, at)


def _quoted(text: bytes, at: int) -> tuple[int, int, str] | None:
    """Return where a string stands whose quotes may themselves be escaped, in a string of JSON, XML or a query."""
    opened = OPENED.match(text, at)
    if opened is None:
        return None
    quote, start = opened.group(), opened.end()
    if quote in STRING_END:
        found = STRING_END[quote].match(text, start)
        if found is None:
            return None
        end = found.end(1)
        if b">" in text[start:end]:  # XML escapes no quote with a backslash, and its attributes need not escape this
            end = text.find(quote, start, end) if quote in text[start:end] else end
        return start, end, "text"
    closing = _closing(quote).search(text, start)
    return (start, closing.end(1) if closing else len(text), "text")


@lru_cache(64)
def _closing(quote: bytes) -> re.Pattern[bytes]:
    size = 2 * (len(quote) - len(quote.lstrip(b"\\"))) + 2  # so many escape one backslash of the string
    return re.compile(rb"(?<!\\)(?<!%%5[Cc])((?:\\{%d})*)%b" % (size, re.escape(quote)))


@lru_cache(256)
def _anchors(words: tuple[str, ...]) -> tuple[bytes, ...]:
    joined = (mark.join(word.split()) for word in words for mark in ("", "_", "-", "."))
    return tuple(name.lower().encode() for name in dict.fromkeys(joined))
