"""Azure Blob through azure-storage-blob, sync."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from azure.storage.blob import BlobBlock, BlobServiceClient

from tests.backends.azure_connection import connection
from tests.backends.object_store import Info

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.fixtures import Opening


@contextmanager
def store(opening: Opening) -> Iterator[BlobStore]:
    """Open a new container, and remove it."""
    with BlobServiceClient(**connection(opening)) as service:
        container = service.create_container(opening.unique_name("conformance"))
        try:
            yield BlobStore(container)
        finally:
            container.delete_container()


class BlobStore:
    """A container."""

    def __init__(self, container: Any) -> None:
        self.container = container

    def put(self, key: str, data: bytes) -> None:
        self.container.get_blob_client(key).upload_blob(data, overwrite=True)

    def get(self, key: str) -> bytes:
        return bytes(self.container.download_blob(key).readall())

    def chunks(self, key: str, size: int) -> Iterator[bytes]:
        download = self.container.download_blob(key)
        while chunk := download.read(size):
            yield chunk

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> None:
        self.container.upload_blob(key, iter(chunks), overwrite=True)

    def put_parts(self, key: str, parts: list[bytes]) -> None:
        blob = self.container.get_blob_client(key)
        blocks = [BlobBlock(f"block-{at:04}") for at in range(len(parts))]
        for block, part in zip(blocks, parts, strict=True):
            blob.stage_block(block.id, part)
        blob.commit_block_list(blocks)

    def info(self, key: str) -> Info:
        found = self.container.get_blob_client(key).get_blob_properties()
        return Info(found.size, found.metadata)
