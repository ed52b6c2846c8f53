"""A request, the response to it, and the two together. Immutable, and of no protocol beyond headers and a body."""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Headers = tuple[tuple[str, str], ...]
Unrecorded = frozenset[str]
"""The parts of a message that nobody kept: what they were is unknown, not empty.

What stands in such a part is what the source has in its place: the name of a call for a URI, a parsed answer for a
body, some of the headers, or nothing.
"""
UNRECORDED: dict[str, Unrecorded] = {
    "request": frozenset({"method", "uri", "headers", "body"}),
    "response": frozenset({"headers", "body"}),
}


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent.

    Attributes:
        method: As sent.
        uri: Absolute, as sent, percent-encoding kept.
        headers: Name and value pairs in the order of sending; a name may come more than once.
        body: Exact bytes; empty where there was none.
        unrecorded: The parts that are unknown; none in what is recorded here.
    """

    method: str
    uri: str
    headers: Headers = ()
    body: bytes = b""
    unrecorded: Unrecorded = frozenset()


@dataclass(frozen=True, slots=True)
class Response:
    """What a service answered.

    Attributes:
        status: The status code.
        reason: The reason phrase; empty where there was none.
        headers: Name and value pairs in the order of arrival; a name may come more than once.
        body: Exact bytes, as the client's transport handed them over.
        chunks: The sizes of the chunks that the body came in, where it came in more than one (RFC 9112 section 7.1);
            empty where it did not, where its client does not tell, and after the body was changed.
        unrecorded: The parts that are unknown (headers, body); none in what is recorded here.
    """

    status: int
    reason: str = ""
    headers: Headers = ()
    body: bytes = b""
    chunks: tuple[int, ...] = ()
    unrecorded: Unrecorded = frozenset()


@dataclass(frozen=True, slots=True)
class Interaction:
    """One request and the response to it."""

    request: Request
    response: Response


Message = TypeVar("Message", Request, Response)


def unrecorded_words(item: Interaction) -> dict[str, list[str]]:
    """Return the unrecorded parts by side, sorted, as files have them; empty where all is recorded."""
    sides = {"request": sorted(item.request.unrecorded), "response": sorted(item.response.unrecorded)}
    return {side: list(words) for side, words in sides.items() if words}


def with_unrecorded(item: Interaction, words: dict[str, list[str]]) -> Interaction:
    """Return an interaction with the parts that a file says were not recorded.

    Raises:
        ValueError: A word is no part of such a message.
    """
    for side, parts in words.items():
        if not UNRECORDED.get(side, frozenset()).issuperset(parts):
            message = f"unrecorded parts of a {side} that there are none of: {parts}"
            raise ValueError(message)
    request = replace(item.request, unrecorded=frozenset(words.get("request", ())))
    return Interaction(request, replace(item.response, unrecorded=frozenset(words.get("response", ()))))


def without_headers(message: Message, names: frozenset[str]) -> Message:
    """Return the message without the headers of those names (lower case)."""
    kept = tuple(pair for pair in message.headers if pair[0].lower() not in names)
    return message if len(kept) == len(message.headers) else replace(message, headers=kept)


def with_body(message: Message, body: bytes) -> Message:
    """Return the message with another body, and with headers that told of the old one telling of the new one."""
    if body == message.body:
        return message
    changed = replace(message, headers=settled(message.headers, message.body, body), body=body)
    return replace(changed, chunks=()) if isinstance(changed, Response) else changed


def settled(headers: Headers, old: bytes, new: bytes, *, is_within: bool = False) -> Headers:
    """Return headers in which what was said of an old body is said of a new one: its size, range, and digests.

    A digest in base64 is known by its value, whatever its header is named (Content-MD5, Repr-Digest and others). One
    that was true of the old body by an algorithm that is not known here goes: a client that checks it would refuse the
    new body. Of what stands within codings or frames (``is_within``), a header of another name says the size.
    """
    told = {str(len(old)): str(len(new))}
    sums = {_base64(digest(old)): _base64(digest(new)) for digest in DIGESTS}
    kept = []
    for name, value in headers:
        lower = name.lower()
        if lower.endswith("-content-length") if is_within else lower == "content-length":
            kept.append((name, told.get(value, value)))
        elif value in sums:
            kept.append((name, sums[value]))
        elif lower == "content-range":
            kept.append((name, _range_of(value, len(old), len(new))))
        elif not UNKNOWN_SUM.search(lower):
            kept.append((name, value))
    return tuple(kept)


def repeated(headers: Headers, old: bytes, new: bytes) -> Headers:
    """Return headers of an answer in which the digest of what was sent is that of what is stored of it."""
    sums = {_base64(digest(old)): _base64(digest(new)) for digest in DIGESTS}
    return tuple((name, sums.get(value, value)) for name, value in headers)


def _range_of(value: str, old: int, new: int) -> str:
    """Return a Content-Range (RFC 9110 section 14.4) that told an old size telling a new one; an end stays the end."""
    told = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", value)
    if told is None or int(told[2]) - int(told[1]) + 1 != old or not new:
        return value
    is_end = told[3] != "*" and int(told[2]) + 1 == int(told[3])
    total = str(int(told[3]) + new - old) if is_end else told[3]
    return f"bytes {told[1]}-{int(told[1]) + new - 1}/{total}"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


DIGESTS: tuple[Callable[[bytes], bytes], ...] = (
    lambda data: hashlib.md5(data, usedforsecurity=False).digest(),
    lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    lambda data: hashlib.sha256(data).digest(),
    lambda data: hashlib.sha512(data).digest(),
    lambda data: zlib.crc32(data).to_bytes(4, "big"),
)
UNKNOWN_SUM = re.compile(r"(?:^|-)(?:checksum-(?!algorithm|mode|type)\w+|content-crc\w+)$")
