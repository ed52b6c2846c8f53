"""Data as a stream of chunks, as a program hands it to a client."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def chunks_of(data: bytes, chunks: int) -> list[bytes]:
    """Return data in at most so many chunks of one size, the last of which may be shorter; none is empty."""
    size_bytes = -(-len(data) // chunks) or 1
    return [data[at : at + size_bytes] for at in range(0, len(data), size_bytes)]


async def streamed(chunks: list[bytes]) -> AsyncIterator[bytes]:
    """Yield chunks, as what makes them while they are sent does."""
    for each in chunks:
        yield each


class Stream(io.RawIOBase):
    """A file to be read once, from the start: a read gives no more than what is left of one chunk."""

    def __init__(self, chunks: list[bytes]) -> None:
        """Take the chunks."""
        super().__init__()
        self._left = list(chunks)

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's Buffer is of Python 3.12
        """Fill a buffer with what is left of the next chunk; return how many bytes that is, 0 at the end."""
        if not self._left:
            return 0
        found = self._left[0][: len(buffer)]
        buffer[: len(found)] = found
        self._left[0] = self._left[0][len(found) :]
        if not self._left[0]:
            del self._left[0]
        return len(found)
