"""HTTP/1.1 as bytes: a request that a client wrote, and a response for it to read."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.cassette import Headers, Response

BODILESS = frozenset({204, 304})
GZIP_MAGIC = b"\x1f\x8b"


def parse_request(data: bytes) -> tuple[str, str, Headers, bytes]:
    """Return method, target, headers and body of one whole request; a chunked body is put together."""
    head, _, body = data.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    method, _, target = first.removesuffix(" HTTP/1.1").removesuffix(" HTTP/1.0").partition(" ")
    headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in rest))
    is_chunked = any(name.lower() == "transfer-encoding" and "chunked" in value.lower() for name, value in headers)
    return method, target, headers, join_chunks(body) if is_chunked else body


def render_response(response: Response, *, method: str) -> bytes:
    """Return a response as bytes: in its chunks where it was chunked, else with the length that its body has."""
    return b"".join(render_parts(response, method=method))


def render_parts(response: Response, *, method: str) -> tuple[bytes, ...]:
    """Return what ``render_response`` does, not put together: bodies are large."""
    has_body = method != "HEAD" and response.status not in BODILESS and response.status >= 200  # noqa: PLR2004
    lines = [f"HTTP/1.1 {response.status} {response.reason}"]
    is_chunked = False
    for name, value in response.headers:
        lower = name.lower()
        is_chunked |= lower == "transfer-encoding" and "chunked" in value.lower()
        lines.append(f"{name}: {len(response.body) if lower == 'content-length' and has_body else value}")
    head = _encoded("\r\n".join(lines)) + b"\r\n\r\n"
    if not has_body:
        return (head,)
    if not is_chunked:
        return (head, response.body)
    if not response.body:
        return (head, b"0\r\n\r\n")
    parts = [head]
    for chunk in pieces_of(response):
        parts += [b"%x\r\n" % len(chunk), chunk, b"\r\n"]
    return (*parts, b"0\r\n\r\n")


def pieces_of(response: Response) -> list[bytes]:
    """Return the body in the chunks that it came in, or whole."""
    ends = list(itertools.accumulate(response.chunks))
    if not ends or ends[-1] != len(response.body):
        return [response.body]
    return [response.body[end - size : end] for size, end in zip(response.chunks, ends, strict=True)]


def sizes_of(chunks: Sequence[bytes]) -> tuple[int, ...]:
    """Return what ``Response.chunks`` tells of a body that came in these."""
    sizes = tuple(len(chunk) for chunk in chunks if chunk)
    return sizes if len(sizes) > 1 else ()


def _encoded(head: str) -> bytes:
    """Return a head as bytes; in UTF-8 where vcr's stub of aiohttp stored it decoded as that."""
    try:
        return head.encode("latin-1")
    except UnicodeEncodeError:
        return head.encode("utf-8", "surrogateescape")


def join_chunks(body: bytes) -> bytes:
    """Return a chunked body put together; what follows the last chunk is dropped."""
    parts, place = [], 0
    while place < len(body):
        end = body.index(b"\r\n", place)
        length = int(body[place:end].split(b";")[0], 16)
        if not length:
            break
        parts.append(body[end + 2 : end + 2 + length])
        place = end + 4 + length
    return b"".join(parts)


def framed(response: Response) -> Response:
    """Return the response without the length that a chunked one must not tell (RFC 9112 section 6.3).

    Recordings have both where a tool decoded the body and noted its new length.
    """
    names = {name.lower() for name, _ in response.headers}
    if not {"content-length", "transfer-encoding"} <= names:
        return response
    headers = tuple(pair for pair in response.headers if pair[0].lower() != "content-length")
    return replace(response, headers=headers)


def is_decoded(response: Response) -> bool:
    """Return whether the body was stored decoded, under the header that tells how it was encoded.

    vcr's stub of aiohttp stores it so. The length tells; where there is none, the first bytes of gzip do.
    """
    told = {name.lower(): value for name, value in response.headers}
    encoding = told.get("content-encoding", "").lower()
    if not encoding or not response.body:
        return False
    if "content-length" in told:
        return told["content-length"] != str(len(response.body))
    return encoding == "gzip" and not response.body.startswith(GZIP_MAGIC)
