"""The operations that the drivers of the suite offer.

A driver for a sync client has these as methods, one for an async client has the same as coroutines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Info:
    """What is known of an object without its content."""

    size: int
    metadata: dict[str, str] = field(default_factory=dict)


class ObjectStore(Protocol):
    """One empty container; keys are flat."""

    def put(self, key: str, data: bytes) -> None:
        """Write an object."""

    def get(self, key: str) -> bytes:
        """Read an object."""

    def chunks(self, key: str, size: int) -> Iterator[bytes]:
        """Read an object as a stream, at most ``size`` bytes at a time."""

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> None:
        """Write an object from a stream of unknown length."""

    def put_parts(self, key: str, parts: list[bytes]) -> None:
        """Write an object by multipart or block upload."""

    def info(self, key: str) -> Info:
        """Return what is known of an object."""
