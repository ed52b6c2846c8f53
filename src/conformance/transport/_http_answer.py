"""An answer as the bytes that a server sends (RFC 9112)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.cassette import Response

JOINED_BYTES = 1 << 16
"""Up to this size a body goes out in one write with its head."""
FINAL = range(200, 600)
BODILESS = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
REASONS = {status.value: status.phrase for status in HTTPStatus}


def answer_bytes(
    response: Response, method: str, *, is_kept: bool = True, is_old: bool = False
) -> tuple[list[bytes], bool]:
    """Return what to send, in order, and whether the connection stays open after it.

    Args:
        response: Headers go out as they are and in their order, but for the Content-Length, which is that of the body
            where one is sent; none stands beside ``Transfer-Encoding: chunked``.
        method: Of the request.
        is_kept: Whether the client wants the connection to stay open.
        is_old: Whether the request is one of HTTP/1.0, which knows no chunks.

    Raises:
        ValueError: It cannot be sent: the status is not a final one, or a line break or a character beyond Latin-1
            stands in the head.
    """
    status, body = response.status, response.body
    if status not in FINAL:
        raise ValueError(f"{status} is not the status of an answer.")
    names = {name.lower(): value.lower() for name, value in response.headers}
    has_body = method != "HEAD" and status not in BODILESS
    is_chunked = "chunked" in names.get("transfer-encoding", "")
    is_kept = is_kept and "close" not in names.get("connection", "") and not (is_chunked and is_old and has_body)
    lines = [f"HTTP/1.1 {status} {response.reason or REASONS.get(status, '')}"]
    for name, value in response.headers:
        lower = name.lower()
        if lower == "content-length" and (has_body or is_chunked):
            if not is_chunked:
                lines.append(f"{name}: {len(body)}")
        elif lower != "transfer-encoding" or not is_old:
            lines.append(f"{name}: {value}")
    if has_body and not is_chunked and "content-length" not in names:
        lines.append(f"Content-Length: {len(body)}")
    if "connection" not in names and (is_old or not is_kept):
        lines.append("Connection: keep-alive" if is_kept else "Connection: close")
    text = "\r\n".join(lines) + "\r\n\r\n"
    if text.count("\n") != len(lines) + 1 or text.count("\r") != len(lines) + 1:
        raise ValueError("A line break stands in the head of the answer.")
    pieces = [text.encode("latin-1")]
    if has_body:
        pieces += _chunks(response) if is_chunked and not is_old else [body]
    return pieces if len(body) > JOINED_BYTES else [b"".join(pieces)], is_kept


def _chunks(response: Response) -> Iterator[bytes]:
    """Yield the body in its chunks, or in one where it does not say them (RFC 9112 section 7.1)."""
    body, start = response.body, 0
    for size in response.chunks if sum(response.chunks) == len(body) else (len(body),):
        if size:
            yield b"%x\r\n" % size
            yield body[start : start + size]
            yield b"\r\n"
            start += size
    yield b"0\r\n\r\n"
