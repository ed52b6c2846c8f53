"""The Azure backends of remote-store, on a container of their own."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from remote_store.aio import AsyncAzureBackend
from remote_store.backends import AzureBackend

from conformance.contract.drivers import azure_blob, azure_blob_aio
from conformance.contract.drivers._azure import account_of, settings_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from conformance.contract import Opening


@contextmanager
def on_a_container(opening: Opening, *, is_hierarchical: bool) -> Iterator[AzureBackend]:
    """Open a backend on a new container, and remove it with all it holds."""
    with azure_blob.object_store(opening) as store:
        backend = AzureBackend(store.client.container_name, **_arguments(opening, is_hierarchical))
        try:
            yield backend
        finally:
            backend.close()


@asynccontextmanager
async def on_a_container_async(opening: Opening, *, is_hierarchical: bool) -> AsyncIterator[AsyncAzureBackend]:
    """Open an async backend on a new container, and remove it with all it holds."""
    async with azure_blob_aio.object_store(opening) as store:
        backend = AsyncAzureBackend(store.client.container_name, **_arguments(opening, is_hierarchical))
        try:
            yield backend
        finally:
            await backend.aclose()


def _arguments(opening: Opening, is_hierarchical: bool) -> dict[str, Any]:
    account = account_of(opening, driver="remote_store")
    return {
        "connection_string": account.connection_string,
        "hns": is_hierarchical,
        "client_options": settings_of(),
    }
