"""The places that a rule may name: a header, a parameter, a part of the address, a place in a body."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fnmatch import translate
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from conformance.cassette._interaction import Request
from conformance.cassette._meaning import BOUNDARY, sort_of
from conformance.cassette.scrubbing import _json_paths, _xml_paths

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.cassette._interaction import Message

Put = Callable[[str], str | None]  # from what stands at a place, decoded, to what is to stand there; None drops it
Changes = list[tuple[int, int, bytes]]
PLAIN = re.compile(r"[A-Za-z0-9_.-]+")


@lru_cache(256)
def pattern_of(*names: str) -> re.Pattern[str]:
    """Return what matches any of some names; ``*`` stands for anything."""
    return re.compile("|".join(map(translate, names)))


class Place(Protocol):
    """A place in a message."""

    @property
    def anchors(self) -> tuple[bytes, ...] | None:
        """Pieces in lower case, one of which a body with this place holds; None where a body need not be searched."""
        ...

    def may_be_in(self, headers: frozenset[str]) -> bool:
        """Return whether it may be in a message whose headers have these names, in lower case."""
        ...

    def changed(self, message: Message, put: Put) -> Message:
        """Return the message with what ``put`` makes of each value at this place; the very object where that is all."""
        ...


class _Anywhere:
    """A place that headers say nothing about."""

    __slots__ = ()

    def may_be_in(self, headers: frozenset[str]) -> bool:  # noqa: ARG002  (as the protocol has it)
        """Return True."""
        return True


@dataclass(frozen=True, slots=True)
class HeaderPlace:
    """Every value of some headers, or a part of each.

    Attributes:
        header: A pattern of names, in lower case.
        part: Finds the parts, each in its first group; the whole value where none is given.
    """

    header: str
    part: re.Pattern[str] | None = None

    @property
    def anchors(self) -> None:
        """None: headers are looked through."""

    def may_be_in(self, headers: frozenset[str]) -> bool:
        """Return whether one of the names is one of these."""
        return self.header in headers or ("*" in self.header and any(map(pattern_of(self.header).match, headers)))

    def changed(self, message: Message, put: Put) -> Message:
        """Change the values, or drop the headers."""
        is_named = pattern_of(self.header).match
        pairs = [
            (name, self._changed(value, put) if is_named(name.lower()) else value) for name, value in message.headers
        ]
        headers = tuple((name, value) for name, value in pairs if value is not None)
        return message if headers == message.headers else replace(message, headers=headers)

    def _changed(self, value: str, put: Put) -> str | None:
        if self.part is None:
            return put(value)
        for found in reversed(list(self.part.finditer(value))):
            value = value[: found.start(1)] + (put(found[1]) or "") + value[found.end(1) :]
        return value


@dataclass(frozen=True, slots=True)
class QueryPlace(_Anywhere):
    """Every value of a parameter of the address, by its decoded name."""

    parameter: str

    @property
    def anchors(self) -> None:
        """None: the address is looked through."""

    def changed(self, message: Message, put: Put) -> Message:
        """Change the values, or drop the parameters."""
        if not isinstance(message, Request) or "?" not in message.uri:
            return message
        head, _, query = message.uri.partition("?")
        query, mark, fragment = query.partition("#")
        pairs = [
            _changed_pair(pair, self.parameter, put, quote_=_quoted, unquote_=unquote) for pair in query.split("&")
        ]
        kept = "&".join(pair for pair in pairs if pair is not None)
        return message if kept == query else replace(message, uri=f"{head}{'?' * bool(kept)}{kept}{mark}{fragment}")


@dataclass(frozen=True, slots=True)
class UrlPlace(_Anywhere):
    """What a pattern finds in the address: its first group, or all of it."""

    pattern: re.Pattern[str]

    @property
    def anchors(self) -> None:
        """None: the address is looked through."""

    def changed(self, message: Message, put: Put) -> Message:
        """Change what is found."""
        if not isinstance(message, Request):
            return message
        uri = message.uri
        for found in reversed(list(self.pattern.finditer(uri))):
            start, end = _group(found)
            old = unquote(uri[start:end])
            new = put(old) if start >= 0 else old
            uri = uri if new == old else uri[:start] + _quoted(new or "") + uri[end:]
        return message if uri == message.uri else replace(message, uri=uri)


@dataclass(frozen=True, slots=True)
class BodyPlace(_Anywhere):
    """What a pattern finds in a body: its first group, or all of it.

    Attributes:
        pattern: The pattern.
        anchor: What stands in every body in which it finds something, in lower case; nothing where that is not known.
    """

    pattern: re.Pattern[bytes]
    anchor: bytes = b""

    @property
    def anchors(self) -> tuple[bytes, ...]:
        """The anchor."""
        return (self.anchor,) if self.anchor else ()

    def changed(self, message: Message, put: Put) -> Message:
        """Change what is found."""
        changes = []
        for found in self.pattern.finditer(message.body):
            start, end = _group(found)
            text = put(_text(message.body[start:end])) if start >= 0 else ""
            changes += [(start, end, _bytes(text or ""))] if start >= 0 else []
        return _spliced(message, changes)


@dataclass(frozen=True, slots=True)
class JsonPlace(_Anywhere):
    """What stands at a path of JSON, whatever the content type says; of an object or a list, every scalar in it."""

    path: str

    @property
    def anchors(self) -> tuple[bytes, ...]:
        """The last name of the path, and an escape of any character of it."""
        return _anchors(_json_paths.last_name(_json_paths.parse_path(self.path)), escape="\\u{:04x}")

    def changed(self, message: Message, put: Put) -> Message:
        """Change strings; a number becomes 0."""
        changes: Changes = []
        for start, end in _json_paths.places(message.body, _json_paths.parse_path(self.path)):
            old = message.body[start:end]
            if old[:1] == b'"':
                changes.append((start, end, json.dumps(put(_json_string(old)) or "").encode()))
            elif old not in {b"true", b"false", b"null", b"0"} and put(old.decode("utf-8", "replace")) is not None:
                changes.append((start, end, b"0"))
        return _spliced(message, changes)


@dataclass(frozen=True, slots=True)
class XmlPlace(_Anywhere):
    """What stands at a path of XML, whatever the content type says."""

    path: str

    @property
    def anchors(self) -> tuple[bytes, ...]:
        """The last name of the path."""
        return _anchors(_xml_paths.last_name(_xml_paths.parse_path(self.path)))

    def changed(self, message: Message, put: Put) -> Message:
        """Change what elements hold, or what attributes say."""
        changes: Changes = []
        for start, end in _xml_paths.places(message.body, _xml_paths.parse_path(self.path)):
            if not changes or start >= changes[-1][1]:
                old = _text(message.body[start:end])
                decoded = html.unescape(old.removeprefix("<![CDATA[").removesuffix("]]>"))
                text = put(decoded)
                if text != decoded:
                    changes.append((start, end, html.escape(text or "").replace("&#x27;", "&apos;").encode()))
        return _spliced(message, changes)


@dataclass(frozen=True, slots=True)
class FormPlace(_Anywhere):
    """Every value of a field of a form (``application/x-www-form-urlencoded``), by its decoded name."""

    field: str

    @property
    def anchors(self) -> tuple[bytes, ...]:
        """The name of the field, and an escape of any character of it."""
        return _anchors(self.field, escape="%{:02x}")

    def changed(self, message: Message, put: Put) -> Message:
        """Change the values, or drop the fields."""
        if sort_of(_content_type(message)) != "form":
            return message
        pairs = [
            _changed_pair(pair, self.field, put, quote_=quote_plus, unquote_=unquote_plus)
            for pair in message.body.decode("latin-1").split("&")
        ]
        body = "&".join(pair for pair in pairs if pair is not None).encode("latin-1")
        return message if body == message.body else replace(message, body=body)


@dataclass(frozen=True, slots=True)
class PartPlace(_Anywhere):
    """The content of a part of a multipart body, by the name that its disposition gives it (RFC 7578)."""

    part: str

    @property
    def anchors(self) -> tuple[bytes, ...]:
        """The name of the part."""
        return _anchors(self.part)

    def changed(self, message: Message, put: Put) -> Message:
        """Change the content."""
        boundary = BOUNDARY.search(_content_type(message))
        if boundary is None or sort_of(_content_type(message)) != "multipart":
            return message
        mark = re.escape((boundary[1] or boundary[2]).encode("latin-1"))
        pattern = re.compile(rb"--%b[ \t]*\r\n((?:[^\r\n]+\r\n)*)\r\n(.*?)(?=\r\n--%b)" % (mark, mark), re.DOTALL)
        name = re.compile(rb";\s*name=\"?%b\"?\s*(?:;|\r\n)" % re.escape(self.part.encode()), re.IGNORECASE)
        changes: Changes = []
        for part in pattern.finditer(message.body):
            if name.search(part[1]) and part[2]:
                start, end = part.span(2)
                changes.append((start, end, _bytes(put(_text(part[2])) or "")))
        return _spliced(message, changes)


def _anchors(name: str, *, escape: str = "") -> tuple[bytes, ...]:
    """Return what every body that holds a name has one of, in lower case: the name, or an escape of a character of it.

    Nothing where it has characters that are usually escaped.
    """
    if not PLAIN.fullmatch(name):
        return ()
    escaped = [escape.format(ord(letter)).encode() for letter in sorted({*name.lower(), *name.upper()}) if escape]
    return (name.lower().encode(), *escaped)


def _content_type(message: Message) -> str:
    return next((value for name, value in message.headers if name.lower() == "content-type"), "")


def _quoted(text: str) -> str:
    return quote(text, safe="-._~/:")


def _changed_pair(
    pair: str, wanted: str, put: Put, *, quote_: Callable[[str], str], unquote_: Callable[[str], str]
) -> str | None:
    name, mark, value = pair.partition("=")
    if not mark or unquote_(name) != wanted:
        return pair
    old = unquote_(value)
    new = put(old)
    if new is None:
        return None
    return pair if new == old else f"{name}={quote_(new)}"


def _group(found: re.Match[str] | re.Match[bytes]) -> tuple[int, int]:
    """Return where the first group stands, or all where there is none."""
    return found.span(1 if found.re.groups else 0)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _json_string(text: bytes) -> str:
    try:
        return str(json.loads(text, strict=False))
    except ValueError:
        return text[1:-1].decode("utf-8", "replace")


def _spliced(message: Message, changes: Iterable[tuple[int, int, bytes]]) -> Message:
    pieces: list[bytes] = []
    at = 0
    for start, end, new in changes:
        pieces += (message.body[at:start], new)
        at = end
    body = b"".join((*pieces, message.body[at:])) if pieces else message.body
    return message if body == message.body else replace(message, body=body)
