"""Stores on Azure Blob Storage, through remote-store's sync and async backends."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from azure.storage.blob import ContainerClient
from azure.storage.blob.aio import ContainerClient as AsyncContainerClient
from remote_store import Store
from remote_store.aio import AsyncAzureBackend, AsyncStore
from remote_store.backends import AzureBackend

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from conformance.fixtures import Opening

# The account that every Azurite has; both are published in its documentation.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


def connection_string(opening: Opening) -> str:
    """Return the connection string of the emulator."""
    netloc = opening.value("endpoint", live=lambda: opening.service, stand_in="azurite.test:10000")
    return f"AccountName={ACCOUNT};AccountKey={KEY};BlobEndpoint=http://{netloc}/{ACCOUNT}"


@contextmanager
def store(opening: Opening) -> Iterator[Store]:
    """Open a store on a new container, and remove the container."""
    connection, name = connection_string(opening), opening.unique_name("remote-store")
    backend = AzureBackend(name, hns=False, connection_string=connection)
    with ContainerClient.from_connection_string(connection, name) as container:
        container.create_container()
        try:
            with Store(backend) as subject:
                yield subject
        finally:
            container.delete_container()


@asynccontextmanager
async def async_store(opening: Opening) -> AsyncIterator[AsyncStore]:
    """Open a store on a new container, and remove the container."""
    connection, name = connection_string(opening), opening.unique_name("remote-store")
    backend = AsyncAzureBackend(name, hns=False, connection_string=connection)
    async with AsyncContainerClient.from_connection_string(connection, name) as container:
        await container.create_container()
        try:
            async with AsyncStore(backend) as subject:
                yield subject
        finally:
            await container.delete_container()
