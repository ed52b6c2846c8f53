"""Azure Blob Storage through azure-storage-blob's asyncio client, on its own choice of transport (aiohttp)."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.blob import BlobBlock
from azure.storage.blob.aio import BlobPrefix, BlobServiceClient

from conformance.contract.drivers._azure import (
    OF_OBJECTS,
    Account,
    Uploads,
    account_of,
    block_id,
    client_arguments,
    range_of,
    refuse_to_offer,
)
from conformance.contract.drivers._azure_core import conditions, mapped
from conformance.contract.drivers._setups import Setup, azure_setup
from conformance.contract.drivers.azure_blob import (
    batch_names,
    blob_of,
    copy_arguments,
    listed,
    listing_of,
    put_arguments,
    refused_in,
)
from conformance.trace import Chosen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from conformance.contract import Opening


@asynccontextmanager
async def object_store(opening: Opening) -> AsyncIterator[AsyncBlobStore]:
    """Open an empty container, and remove it; the options are those of the sync driver."""
    name = opening.unique_name("conformance")
    account = account_of(opening, driver="azure_blob_aio")
    async with BlobServiceClient(**client_arguments(account)) as service:
        if "container" in opening.options:
            store = AsyncBlobStore(service.get_container_client(str(opening.options["container"])), prefix=f"{name}/")
            try:
                yield store
            finally:
                with suppress(AzureError):
                    await _clear(store.client, store.prefix)
            return
        container = await service.create_container(name)
        try:
            yield AsyncBlobStore(container, setup=_setup(account, name))
        finally:
            with suppress(AzureError):
                await container.delete_container()


def _setup(account: Account, container: str) -> Setup:
    return azure_setup(
        account,
        container,
        imports=["from azure.storage.blob.aio import BlobServiceClient"],
        client="await BlobServiceClient(endpoint, credential=credential, retry_total=0).create_container(container)",
        is_own=True,
    )


async def _clear(container: Any, prefix: str) -> None:
    async for blob in container.list_blobs(name_starts_with=prefix, include=["uncommittedblobs"]):
        client = container.get_blob_client(blob.name)
        try:
            await client.delete_blob()
        except ResourceNotFoundError:  # nothing but blocks: it can be deleted only once it is a blob
            await client.commit_block_list([])
            await client.delete_blob()


class AsyncBlobStore:
    """A container, or what begins with a prefix in one; every operation is a coroutine.

    Attributes:
        client: The client of the container.
        prefix: What every key begins with there; empty in a container of its own.
        setup: Source that makes the client, and the container; empty where that is given.
        setup_names: What ``setup`` has variables for.
    """

    def __init__(self, client: Any, *, prefix: str = "", setup: Setup | None = None) -> None:
        """Take the client of a container."""
        self.client = client
        self.setup, self.setup_names = setup or Setup()
        self.prefix = prefix
        self._uploads = Uploads()

    async def put(
        self,
        key: str,
        data: bytes,
        *,
        metadata: dict[str, str] | None = None,
        content_type: str | None = None,
        if_match: str | None = None,
        create_only: bool = False,
    ) -> dict[str, Any]:
        """Upload a block blob in one request, up to 64 MiB."""
        wanted = put_arguments(metadata, content_type, if_match=if_match, create_only=create_only)
        with mapped(OF_OBJECTS):
            return {"etag": Chosen((await self._blob(key).upload_blob(data, **wanted))["etag"])}

    async def get(
        self,
        key: str,
        *,
        start: int | None = None,
        end: int | None = None,
        last: int | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
    ) -> dict[str, Any]:
        """Download a blob, or a part of it from its start on."""
        refuse_to_offer(last=last)
        wanted = range_of(start, end) | conditions(if_match=if_match, if_none_match=if_none_match)
        with mapped(OF_OBJECTS):
            download = await self._blob(key).download_blob(**wanted)
            return {"data": await download.readall()}

    async def head(self, key: str, *, if_match: str | None = None, if_none_match: str | None = None) -> dict[str, Any]:
        """Return the size and the ETag of a blob."""
        wanted = conditions(if_match=if_match, if_none_match=if_none_match)
        with mapped(OF_OBJECTS):
            found = await self._blob(key).get_blob_properties(**wanted)
        return {"size": found.size, "etag": Chosen(found.etag)}

    async def metadata(self, key: str) -> dict[str, Any]:
        """Return what was stored beside a blob, names as the service gives them."""
        with mapped(OF_OBJECTS):
            return {"metadata": dict((await self._blob(key).get_blob_properties()).metadata)}

    async def content_type(self, key: str) -> dict[str, Any]:
        """Return the content type of a blob."""
        with mapped(OF_OBJECTS):
            return {"content_type": (await self._blob(key).get_blob_properties()).content_settings.content_type}

    async def delete(self, key: str, *, if_match: str | None = None) -> None:
        """Delete a blob."""
        with mapped(OF_OBJECTS):
            await self._blob(key).delete_blob(**conditions(if_match=if_match))

    async def delete_many(self, keys: Sequence[str]) -> dict[str, Any]:
        """Delete blobs in one batch."""
        with mapped(OF_OBJECTS):
            parts = await self.client.delete_blobs(*batch_names(keys, self.prefix), raise_on_any_failure=False)
            return {"refused": refused_in(keys, [part async for part in parts])}

    async def copy(
        self, source: str, target: str, *, metadata: dict[str, str] | None = None, if_match: str | None = None
    ) -> None:
        """Copy a blob within the service."""
        wanted = copy_arguments(metadata, if_match)
        with mapped(OF_OBJECTS):
            await self._blob(target).start_copy_from_url(self._blob(source).url, **wanted)

    async def list(
        self,
        *,
        prefix: str | None = None,
        delimiter: str | None = None,
        start_after: str | None = None,
        page_size: int | None = None,
    ) -> dict[str, Any]:
        """List blobs, all pages joined."""
        refuse_to_offer(start_after=start_after)
        with mapped(OF_OBJECTS):
            return listed([item async for item in self._listing(prefix, delimiter, page_size)], self.prefix, BlobPrefix)

    async def page(
        self,
        size: int,
        *,
        prefix: str | None = None,
        delimiter: str | None = None,
        start_after: str | None = None,
        token: str | None = None,
    ) -> dict[str, Any]:
        """List one page of blobs."""
        refuse_to_offer(start_after=start_after)
        with mapped(OF_OBJECTS):
            pages = self._listing(prefix, delimiter, size).by_page(continuation_token=token)
            found = listed([item async for item in await anext(pages)], self.prefix, BlobPrefix)
        return found | ({"next": Chosen(pages.continuation_token)} if pages.continuation_token else {})

    async def start_upload(self, key: str, *, metadata: dict[str, str] | None = None) -> dict[str, Any]:
        """Begin an upload: nothing is sent."""
        self._blob(key)
        return {"upload": Chosen(self._uploads.start(key, metadata))}

    async def upload_part(self, key: str, upload: str, number: int, data: bytes) -> dict[str, Any]:
        """Stage a block."""
        self._uploads.metadata_of(key, upload)
        part = block_id(upload, number)
        with mapped(OF_OBJECTS):
            await self._blob(key).stage_block(part, data)
        return {"part": Chosen(part)}

    async def complete_upload(self, key: str, upload: str, parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Commit a list of blocks, in the order given."""
        metadata = self._uploads.metadata_of(key, upload)
        blocks = [BlobBlock(part["part"]) for part in parts]
        with mapped(OF_OBJECTS):
            found = await self._blob(key).commit_block_list(blocks, metadata=metadata)
        self._uploads.finish(upload)
        return {"etag": Chosen(found["etag"])}

    def _blob(self, key: str) -> Any:
        return blob_of(self.client, key, self.prefix)

    def _listing(self, prefix: str | None, delimiter: str | None, page_size: int | None) -> Any:
        return listing_of(self.client, self.prefix, prefix=prefix, delimiter=delimiter, page_size=page_size)
