"""Bodies where a format keeps them as text, or without the compression that they were sent with."""

from __future__ import annotations

import base64
import gzip
import zlib
from dataclasses import replace
from email.message import Message
from http import HTTPStatus
from typing import TYPE_CHECKING

from conformance.cassette._vcr_yaml import FormatFault
from conformance.cassette.formats._json import STATUSES, is_absolute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.cassette._interaction import Headers, Interaction, Response
    from conformance.cassette.formats._json import Notes

CODINGS = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress"})
CURE = "Convert it to a format that can: docs/reference/formats.md has the table."
PARTIAL = 206


def numbered(interactions: tuple[Interaction, ...]) -> Iterator[tuple[int, Interaction]]:
    """Yield each interaction with its number, from 1.

    Raises:
        FormatFault: One has no request, no absolute URI or no status of three digits, as every JSON format asks for.
    """
    for number, item in enumerate(interactions, start=1):
        if "uri" in item.request.unrecorded:
            raise cannot_carry(number, f"the request of {item.request.uri!r} was not recorded.")
        if not is_absolute(item.request.uri):
            raise cannot_carry(number, f"{item.request.uri!r} is no absolute URI.")
        if item.response.status not in STATUSES:
            raise cannot_carry(number, f"{item.response.status!r} is no status code.")
        yield number, item


def cannot_carry(number: int, what: str) -> FormatFault:
    """Return the fault of an interaction (from 1) that a format has no place for."""
    return FormatFault(f"#{number}: {what}", slug="cannot-carry", cure=CURE)


def header(headers: Headers, wanted: str) -> str:
    """Return the first value of a header (lower case); empty where there is none."""
    return next((value for name, value in headers if name.lower() == wanted), "")


def standard_reason(status: int) -> str:
    """Return the phrase that a status has in RFC 9110; empty where it has none."""
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""


def charset_of(content_type: str) -> str:
    """Return the charset that a content type declares, by default UTF-8."""
    message = Message()
    message["Content-Type"] = content_type.replace("\n", " ").replace("\r", " ")
    return str(message.get_param("charset", "utf-8"))


def as_text(body: bytes, content_type: str) -> str | None:
    """Return the text of a body in the charset of its type; None where that does not give back its exact bytes."""
    charset = charset_of(content_type)
    try:
        text = body.decode(charset)
        return text if text.encode(charset) == body and text.encode() else None
    except (LookupError, ValueError):
        return None


def as_bytes(text: str, content_type: str, notes: Notes) -> bytes:
    """Return text in the charset of its type, or as UTF-8 where it does not fit that."""
    charset = charset_of(content_type)
    try:
        return text.encode(charset)
    except (LookupError, ValueError):
        notes[f"a text that is not {charset}, as its type says, is taken as UTF-8"] += 1
        return text.encode()


def base64_of(body: bytes) -> str:
    """Return a body as base64."""
    return base64.b64encode(body).decode()


def decoded_body(response: Response, number: int, notes: Notes) -> bytes:
    """Return the body without its content codings.

    A body that is not compressed although its header says so was decoded by the client that recorded it.

    Raises:
        FormatFault: It is compressed, and that cannot be undone.
    """
    body = response.body
    for coding in reversed(_codings(response.headers)):
        if body:
            body = _without(body, coding, response.status, number)
    if body != response.body:
        notes["a compressed body is stored decoded, as the format has them"] += 1
    return body


def without_codings(response: Response, notes: Notes) -> Response:
    """Return a response whose body came decoded without the Content-Encoding and Content-Length that say otherwise."""
    if not response.body or not _codings(response.headers):
        return response
    notes["Content-Encoding is dropped: the format has bodies decoded"] += 1
    pairs = []
    for name, value in response.headers:
        if name.lower() == "content-encoding":
            left = ", ".join(word.strip() for word in value.split(",") if word.strip().lower() not in CODINGS)
            pairs += [(name, left)] if left else []
        else:
            pairs.append((name, str(len(response.body)) if name.lower() == "content-length" else value))
    return replace(response, headers=tuple(pairs))


def _codings(headers: Headers) -> list[str]:
    values = [value for name, value in headers if name.lower() == "content-encoding"]
    words = [word.strip().lower() for word in ",".join(values).split(",")]
    return [word for word in words if word in CODINGS]


def _without(body: bytes, coding: str, status: int, number: int) -> bytes:
    refusal = cannot_carry(number, f"the response body is compressed ({coding}), and that cannot be undone here.")
    if status == PARTIAL:
        raise refusal
    try:
        if coding in ("gzip", "x-gzip"):
            return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
        if coding == "deflate":
            return _inflated(body)
    except (OSError, EOFError, zlib.error) as error:
        raise refusal from error
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise refusal from error
    return body


def _inflated(body: bytes) -> bytes:
    for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        stream = zlib.decompressobj(window)
        try:
            found = stream.decompress(body)
        except zlib.error:
            continue
        if stream.eof and not stream.unused_data:
            return found
    return body
