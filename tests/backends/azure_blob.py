"""Azure Blob through azure-storage-blob, sync."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from azure.core import MatchConditions
from azure.storage.blob import BlobBlock, BlobServiceClient, ContentSettings

from tests.backends.azure_connection import connection, info_of, mapped, range_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.fixtures import Opening
    from tests.backends.object_store import Info


@contextmanager
def store(opening: Opening) -> Iterator[BlobStore]:
    """Open a new container, and remove it."""
    with BlobServiceClient(**connection(opening)) as service:
        container = service.create_container(opening.unique_name("conformance"))
        try:
            yield BlobStore(container)
        finally:
            container.delete_container()


def put_arguments(
    *,
    metadata: dict[str, str] | None = None,
    content_type: str | None = None,
    if_match: str | None = None,
    is_new: bool = False,
) -> dict[str, Any]:
    """Return the arguments of upload_blob beside the data."""
    wanted: dict[str, Any] = {"overwrite": not is_new, "metadata": metadata}
    if content_type:
        wanted["content_settings"] = ContentSettings(content_type=content_type)
    if if_match:
        wanted |= {"etag": if_match, "match_condition": MatchConditions.IfNotModified}
    return wanted


def conditions(*, if_match: str | None = None, if_none_match: str | None = None) -> dict[str, Any]:
    """Return the condition arguments of download_blob."""
    if if_match:
        return {"etag": if_match, "match_condition": MatchConditions.IfNotModified}
    return {"etag": if_none_match, "match_condition": MatchConditions.IfModified} if if_none_match else {}


class BlobStore:
    """A container."""

    def __init__(self, container: Any) -> None:
        self.container = container

    def put(self, key: str, data: bytes, **options: Any) -> str:
        with mapped():
            return str(self.container.get_blob_client(key).upload_blob(data, **put_arguments(**options))["etag"])

    def get(self, key: str, *, start: int | None = None, end: int | None = None, **wanted: str | None) -> bytes:
        with mapped():
            download = self.container.download_blob(key, **range_of(start, end), **conditions(**wanted))
            return bytes(download.readall())

    def chunks(self, key: str, size: int) -> Iterator[bytes]:
        with mapped():
            download = self.container.download_blob(key)
            while chunk := download.read(size):
                yield chunk

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> None:
        with mapped():
            self.container.upload_blob(key, iter(chunks), overwrite=True)

    def put_parts(self, key: str, parts: list[bytes]) -> None:
        blob = self.container.get_blob_client(key)
        blocks = [BlobBlock(f"block-{at:04}") for at in range(len(parts))]
        with mapped():
            for block, part in zip(blocks, parts, strict=True):
                blob.stage_block(block.id, part)
            blob.commit_block_list(blocks)

    def info(self, key: str) -> Info:
        with mapped():
            return info_of(self.container.get_blob_client(key).get_blob_properties())

    def exists(self, key: str) -> bool:
        return bool(self.container.get_blob_client(key).exists())

    def delete(self, key: str) -> None:
        with mapped():
            self.container.delete_blob(key)

    def copy(self, source: str, target: str) -> None:
        with mapped():
            url = self.container.get_blob_client(source).url
            self.container.get_blob_client(target).start_copy_from_url(url)

    def keys(self, prefix: str = "") -> list[str]:
        with mapped():
            return list(self.container.list_blob_names(name_starts_with=prefix))

    def pages(self, prefix: str, size: int) -> list[list[str]]:
        with mapped():
            found = self.container.list_blobs(name_starts_with=prefix, results_per_page=size)
            return [[item.name for item in page] for page in found.by_page()]

    def folder(self, prefix: str) -> tuple[list[str], list[str]]:
        with mapped():
            names = [item.name for item in self.container.walk_blobs(name_starts_with=prefix, delimiter="/")]
        return [name for name in names if not name.endswith("/")], [name for name in names if name.endswith("/")]
