"""Azure Blob through azure-storage-blob's asyncio client, on the transport that it picks by itself (aiohttp)."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from azure.storage.blob import BlobBlock
from azure.storage.blob.aio import BlobServiceClient

from tests.backends.azure_blob import conditions, put_arguments
from tests.backends.azure_connection import connection, info_of, mapped, range_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from conformance.fixtures import Opening
    from tests.backends.object_store import Info


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

    async def put(self, key: str, data: bytes, **options: Any) -> str:
        with mapped():
            answer = await self.container.get_blob_client(key).upload_blob(data, **put_arguments(**options))
            return str(answer["etag"])

    async def get(self, key: str, *, start: int | None = None, end: int | None = None, **wanted: str | None) -> bytes:
        with mapped():
            download = await self.container.download_blob(key, **range_of(start, end), **conditions(**wanted))
            return bytes(await download.readall())

    async def chunks(self, key: str, size: int) -> AsyncIterator[bytes]:
        with mapped():
            download = await self.container.download_blob(key)
            while chunk := await download.read(size):
                yield chunk

    async def put_stream(self, key: str, chunks: Iterable[bytes]) -> None:
        async def stream() -> AsyncIterator[bytes]:
            for chunk in chunks:
                yield chunk

        with mapped():
            await self.container.upload_blob(key, stream(), overwrite=True)

    async def put_parts(self, key: str, parts: list[bytes]) -> None:
        blob = self.container.get_blob_client(key)
        blocks = [BlobBlock(f"block-{at:04}") for at in range(len(parts))]
        with mapped():
            for block, part in zip(blocks, parts, strict=True):
                await blob.stage_block(block.id, part)
            await blob.commit_block_list(blocks)

    async def info(self, key: str) -> Info:
        with mapped():
            return info_of(await self.container.get_blob_client(key).get_blob_properties())

    async def exists(self, key: str) -> bool:
        return bool(await self.container.get_blob_client(key).exists())

    async def delete(self, key: str) -> None:
        with mapped():
            await self.container.delete_blob(key)

    async def copy(self, source: str, target: str) -> None:
        with mapped():
            url = self.container.get_blob_client(source).url
            await self.container.get_blob_client(target).start_copy_from_url(url)

    async def keys(self, prefix: str = "") -> list[str]:
        with mapped():
            return [name async for name in self.container.list_blob_names(name_starts_with=prefix)]

    async def pages(self, prefix: str, size: int) -> list[list[str]]:
        with mapped():
            found = self.container.list_blobs(name_starts_with=prefix, results_per_page=size)
            return [[item.name async for item in page] async for page in found.by_page()]

    async def folder(self, prefix: str) -> tuple[list[str], list[str]]:
        with mapped():
            found = self.container.walk_blobs(name_starts_with=prefix, delimiter="/")
            names = [item.name async for item in found]
        return [name for name in names if not name.endswith("/")], [name for name in names if name.endswith("/")]
