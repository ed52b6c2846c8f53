"""The operations that the drivers of the suite offer, and the errors that they map their client's errors to.

A driver for a sync client has these as methods, one for an async client has the same as coroutines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class StoreError(Exception):
    """The root of what a driver raises."""


class NotFound(StoreError):
    """The key or its container does not exist."""


class AlreadyExists(StoreError):
    """The key exists, and was to be created."""


class PreconditionFailed(StoreError):
    """The object is not the version that was asked for."""


class NotModified(StoreError):
    """The object is still the version that the caller has."""


class InvalidRange(StoreError):
    """The range lies outside the object."""


@dataclass(frozen=True, slots=True)
class Info:
    """What is known of an object without its content; metadata names are lower case."""

    size: int
    etag: str
    content_type: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)


class ObjectStore(Protocol):
    """One empty container; keys are flat, ranges half open."""

    def put(  # noqa: PLR0913  (each is an option of a write)
        self,
        key: str,
        data: bytes,
        *,
        metadata: dict[str, str] | None = None,
        content_type: str | None = None,
        if_match: str | None = None,
        is_new: bool = False,
    ) -> str:
        """Write an object; return its ETag as the service gives it."""

    def get(
        self,
        key: str,
        *,
        start: int | None = None,
        end: int | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
    ) -> bytes:
        """Read an object or a range of it."""

    def chunks(self, key: str, size: int) -> Iterator[bytes]:
        """Read an object as a stream, at most ``size`` bytes at a time."""

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> None:
        """Write an object from a stream of unknown length."""

    def put_parts(self, key: str, parts: list[bytes]) -> None:
        """Write an object by multipart or block upload."""

    def info(self, key: str) -> Info:
        """Return what is known of an object."""

    def exists(self, key: str) -> bool:
        """Return whether there is an object."""

    def delete(self, key: str) -> None:
        """Delete an object."""

    def delete_many(self, keys: list[str]) -> None:
        """Delete objects in as few requests as the client makes."""

    def copy(self, source: str, target: str) -> None:
        """Copy an object within the service."""

    def keys(self, prefix: str = "") -> list[str]:
        """Return all keys, in the order of the service."""

    def pages(self, prefix: str, size: int) -> list[list[str]]:
        """Return all keys, page by page."""

    def folder(self, prefix: str) -> tuple[list[str], list[str]]:
        """Return the keys right below a prefix, and the prefixes below it that end with the next ``/``."""
