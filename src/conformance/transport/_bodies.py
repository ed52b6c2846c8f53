"""Request bodies in any of the forms that clients hand over, as bytes."""

from __future__ import annotations

from typing import Any

from conformance.errors import RecordingError


def bytes_of(body: Any) -> bytes:
    """Return the bytes of a body; a file is left where it was, an iterator is spent.

    Raises:
        RecordingError: It is of a sort that cannot be read.
    """
    if body is None:
        return b""
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    if isinstance(body, str):
        return body.encode()
    if hasattr(body, "read"):
        return _read(body)
    if hasattr(body, "__iter__") and not isinstance(body, dict):
        return b"".join(bytes_of(chunk) for chunk in body)
    what = f"A request body of type {type(body).__name__} cannot be read without spending it."
    raise RecordingError(what, "Hand the client bytes, a file or an iterable of bytes.", slug="unreadable-body")


def _read(file: Any) -> bytes:
    place = file.tell() if hasattr(file, "tell") and hasattr(file, "seek") else None
    data = file.read()
    if place is not None:
        file.seek(place)
    return data.encode() if isinstance(data, str) else bytes(data)
