"""Bodies without what is wrapped around them: content codings, frames of chunks, and encodings of text of two bytes."""

from __future__ import annotations

import gzip
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.cassette._meaning import inflated

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.cassette._interaction import Headers

    Wrap = Callable[[bytes], bytes]

GZIP = b"\x1f\x8b"
CHARSET = re.compile(r"charset\s*=\s*\"?\s*(utf-?(?:16|32)(?:-?[lb]e)?)", re.IGNORECASE)
MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
SIGNATURE = re.compile(rb"[^\r\n]*signature[^\r\n]*\r\n", re.IGNORECASE)
CHUNK = re.compile(rb"([0-9A-Fa-f]+)((?:;[^\r\n]*)?)\r\n")


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """A body as it reads.

    Attributes:
        body: What reads.
        wraps: What wraps it again, innermost first.
        is_signed: Whether a wrapping holds signatures, so that it is to be made anew in any case.
    """

    body: bytes
    wraps: tuple[Wrap, ...] = ()
    is_signed: bool = False

    def wrapped(self, body: bytes) -> bytes:
        """Return a body in the wrappings of this one."""
        for wrap in self.wraps:
            body = wrap(body)
        return body


def unwrapped(body: bytes, headers: Headers) -> Unwrapped:
    """Take a body out of its wrappings; one that is not known, or does not hold, is left on."""
    named = [value for name, value in headers if name.lower() == "content-encoding"] if body else []
    codings = [word.strip().lower() for value in named for word in value.split(",") if word.strip()]
    found = Unwrapped(body)
    for coding in reversed(codings):
        inner = _without(coding, found)
        if inner is None:
            return found
        found = inner
    if found.body.startswith(GZIP):
        found = _without("gzip", found) or found
    encoding = _encoding(found.body, headers)
    return (_transcoded(found, encoding) or found) if encoding else found


def _without(coding: str, outer: Unwrapped) -> Unwrapped | None:
    try:
        if coding in {"gzip", "x-gzip"}:
            return _within(outer, inflated(outer.body, 31), _gzipped)
        if coding == "deflate":
            return _without_deflate(outer)
        return _without_frames(outer) if coding.endswith("-chunked") else outer if coding == "identity" else None
    except (ValueError, zlib.error):
        return None


def _within(outer: Unwrapped, body: bytes, wrap: Wrap, *, is_signed: bool = False) -> Unwrapped:
    return Unwrapped(body, (wrap, *outer.wraps), outer.is_signed or is_signed)


def _without_deflate(outer: Unwrapped) -> Unwrapped:
    try:
        return _within(outer, inflated(outer.body, 15), zlib.compress)
    except zlib.error:
        return _within(outer, inflated(outer.body, -15), _raw_deflated)


def _gzipped(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def _raw_deflated(body: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-15)
    return deflater.compress(body) + deflater.flush()


def _without_frames(outer: Unwrapped) -> Unwrapped | None:
    """Take a body out of its chunks (RFC 9112 section 7.1); they may be signed, and trailers follow the last."""
    pieces, at, is_signed = [], 0, False
    while True:
        frame = CHUNK.match(outer.body, at)
        if frame is None:
            return None
        size, at = int(frame[1], 16), frame.end()
        is_signed = is_signed or bool(frame[2])
        if not size:
            break
        pieces.append(outer.body[at : at + size])
        at += size + 2
    trailers = SIGNATURE.sub(b"", outer.body[at:])
    return _within(outer, b"".join(pieces), lambda data: _framed(data, trailers), is_signed=is_signed)


def _framed(body: bytes, trailers: bytes) -> bytes:
    frame = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
    return frame + b"0\r\n" + trailers


def _encoding(body: bytes, headers: Headers) -> str:
    marked = next((name for mark, name in MARKS if body.startswith(mark)), "")
    if marked or not body:
        return marked
    declared = next((value for name, value in headers if name.lower() == "content-type"), "")
    found = CHARSET.search(declared)
    return found[1].lower() if found else ""


def _transcoded(outer: Unwrapped, encoding: str) -> Unwrapped | None:
    mark = next((mark for mark, _ in MARKS if outer.body.startswith(mark)), b"")
    if not encoding.endswith(("le", "be")):
        is_big = mark in {b"\xfe\xff", b"\x00\x00\xfe\xff"} or not mark
        encoding = f"{encoding}-{'be' if is_big else 'le'}"
    try:
        text = outer.body[len(mark) :].decode(encoding).encode()
    except UnicodeError:
        return None
    return _within(outer, text, lambda data: mark + data.decode("utf-8", "replace").encode(encoding))
