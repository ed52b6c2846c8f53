"""Stores in memory: nothing is sent, so there is nothing to record."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from remote_store import Store
from remote_store.aio import AsyncMemoryBackend, AsyncStore
from remote_store.backends import MemoryBackend

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from conformance.fixtures import Opening


@contextmanager
def store(_opening: Opening) -> Iterator[Store]:
    """Open an empty store."""
    with Store(MemoryBackend()) as subject:
        yield subject


@asynccontextmanager
async def async_store(_opening: Opening) -> AsyncIterator[AsyncStore]:
    """Open an empty store."""
    async with AsyncStore(AsyncMemoryBackend()) as subject:
        yield subject
