"""Azure Blob through azure-storage-blob's asyncio client, on the transport that it picks by itself (aiohttp)."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from azure.storage.blob import BlobBlock
from azure.storage.blob.aio import BlobServiceClient

from tests.backends.azure_connection import connection
from tests.backends.object_store import Info

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from conformance.fixtures import Opening


@asynccontextmanager
async def store(opening: Opening) -> AsyncIterator[AsyncBlobStore]:
    """Open a new container, and remove it."""
    async with BlobServiceClient(**connection(opening)) as service:
        container = await service.create_container(opening.unique_name("conformance"))
        try:
            yield AsyncBlobStore(container)
        finally:
            await container.delete_container()


class AsyncBlobStore:
    """A container; every operation is a coroutine."""

    def __init__(self, container: Any) -> None:
        self.container = container

    async def put(self, key: str, data: bytes) -> None:
        await self.container.get_blob_client(key).upload_blob(data, overwrite=True)

    async def get(self, key: str) -> bytes:
        download = await self.container.download_blob(key)
        return bytes(await download.readall())

    async def chunks(self, key: str, size: int) -> AsyncIterator[bytes]:
        download = await self.container.download_blob(key)
        while chunk := await download.read(size):
            yield chunk

    async def put_stream(self, key: str, chunks: Iterable[bytes]) -> None:
        async def stream() -> AsyncIterator[bytes]:
            for chunk in chunks:
                yield chunk

        await self.container.upload_blob(key, stream(), overwrite=True)

    async def put_parts(self, key: str, parts: list[bytes]) -> None:
        blob = self.container.get_blob_client(key)
        blocks = [BlobBlock(f"block-{at:04}") for at in range(len(parts))]
        for block, part in zip(blocks, parts, strict=True):
            await blob.stage_block(block.id, part)
        await blob.commit_block_list(blocks)

    async def info(self, key: str) -> Info:
        found = await self.container.get_blob_client(key).get_blob_properties()
        return Info(found.size, found.metadata)
