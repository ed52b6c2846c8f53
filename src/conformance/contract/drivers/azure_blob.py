"""Azure Blob Storage through azure-storage-blob."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.blob import BlobBlock, BlobPrefix, BlobServiceClient, ContentSettings

from conformance.contract import NotOffered, Refused
from conformance.contract.drivers._azure import (
    OF_OBJECTS,
    Uploads,
    account_of,
    block_id,
    client_arguments,
    kind_of,
    range_of,
    refuse_to_offer,
)
from conformance.contract.drivers._azure_core import conditions, mapped
from conformance.contract.drivers._setups import Setup, azure_setup
from conformance.trace import Chosen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from conformance.contract import Opening
    from conformance.contract.drivers._azure import Account

FIRST_FAILURE = 300


@contextmanager
def object_store(opening: Opening) -> Iterator[BlobStore]:
    """Open an empty container, and remove it.

    Options: ``account`` and ``key``, by default Azurite's; ``endpoint``, the address of the account; ``container``, one
    that exists: keys begin with a name of this run then, and what begins with it is removed.
    """
    name = opening.unique_name("conformance")
    account = account_of(opening, driver="azure_blob")
    with BlobServiceClient(**client_arguments(account)) as service:
        if "container" in opening.options:
            given = str(opening.options["container"])
            setup = _setup(account, given, is_own=False)
            store = BlobStore(service.get_container_client(given), prefix=f"{name}/", setup=setup)
            try:
                yield store
            finally:
                with suppress(AzureError):
                    _clear(store.client, store.prefix)
            return
        container = service.create_container(name)
        try:
            yield BlobStore(container, setup=_setup(account, name, is_own=True))
        finally:
            with suppress(AzureError):
                container.delete_container()


def _setup(account: Account, container: str, *, is_own: bool) -> Setup:
    call = "create_container" if is_own else "get_container_client"
    return azure_setup(
        account,
        container,
        imports=["from azure.storage.blob import BlobServiceClient"],
        client=f"BlobServiceClient(endpoint, credential=credential, retry_total=0).{call}(container)",
        is_own=is_own,
    )


def _clear(container: Any, prefix: str) -> None:
    for blob in container.list_blobs(name_starts_with=prefix, include=["uncommittedblobs"]):
        client = container.get_blob_client(blob.name)
        try:
            client.delete_blob()
        except ResourceNotFoundError:  # nothing but blocks: it can be deleted only once it is a blob
            client.commit_block_list([])
            client.delete_blob()


class BlobStore:
    """A container, or what begins with a prefix in one.

    Attributes:
        client: The client of the container.
        prefix: What every key begins with there; empty in a container of its own.
        setup: Source that makes the client, and the container.
        setup_names: What ``setup`` has variables for.
    """

    def __init__(self, client: Any, *, prefix: str = "", setup: Setup | None = None) -> None:
        """Take the client of a container."""
        self.client = client
        self.setup, self.setup_names = setup or Setup()
        self.prefix = prefix
        self._uploads = Uploads()

    def put(
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
            return {"etag": Chosen(self._blob(key).upload_blob(data, **wanted)["etag"])}

    def get(
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
            return {"data": self._blob(key).download_blob(**wanted).readall()}

    def head(self, key: str, *, if_match: str | None = None, if_none_match: str | None = None) -> dict[str, Any]:
        """Return the size and the ETag of a blob."""
        wanted = conditions(if_match=if_match, if_none_match=if_none_match)
        with mapped(OF_OBJECTS):
            found = self._blob(key).get_blob_properties(**wanted)
        return {"size": found.size, "etag": Chosen(found.etag)}

    def metadata(self, key: str) -> dict[str, Any]:
        """Return what was stored beside a blob, names as the service gives them."""
        with mapped(OF_OBJECTS):
            return {"metadata": dict(self._blob(key).get_blob_properties().metadata)}

    def content_type(self, key: str) -> dict[str, Any]:
        """Return the content type of a blob."""
        with mapped(OF_OBJECTS):
            return {"content_type": self._blob(key).get_blob_properties().content_settings.content_type}

    def delete(self, key: str, *, if_match: str | None = None) -> None:
        """Delete a blob."""
        with mapped(OF_OBJECTS):
            self._blob(key).delete_blob(**conditions(if_match=if_match))

    def delete_many(self, keys: Sequence[str]) -> dict[str, Any]:
        """Delete blobs in one batch."""
        with mapped(OF_OBJECTS):
            parts = self.client.delete_blobs(*batch_names(keys, self.prefix), raise_on_any_failure=False)
            return {"refused": refused_in(keys, list(parts))}

    def copy(
        self, source: str, target: str, *, metadata: dict[str, str] | None = None, if_match: str | None = None
    ) -> None:
        """Copy a blob within the service."""
        wanted = copy_arguments(metadata, if_match)
        with mapped(OF_OBJECTS):
            self._blob(target).start_copy_from_url(self._blob(source).url, **wanted)

    def list(
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
            return listed(self._listing(prefix, delimiter, page_size), self.prefix, BlobPrefix)

    def page(
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
            found = listed(next(pages), self.prefix, BlobPrefix)
        return found | ({"next": Chosen(pages.continuation_token)} if pages.continuation_token else {})

    def start_upload(self, key: str, *, metadata: dict[str, str] | None = None) -> dict[str, Any]:
        """Begin an upload: nothing is sent."""
        self._blob(key)
        return {"upload": Chosen(self._uploads.start(key, metadata))}

    def upload_part(self, key: str, upload: str, number: int, data: bytes) -> dict[str, Any]:
        """Stage a block."""
        self._uploads.metadata_of(key, upload)
        part = block_id(upload, number)
        with mapped(OF_OBJECTS):
            self._blob(key).stage_block(part, data)
        return {"part": Chosen(part)}

    def complete_upload(self, key: str, upload: str, parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Commit a list of blocks, in the order given."""
        metadata = self._uploads.metadata_of(key, upload)
        blocks = [BlobBlock(part["part"]) for part in parts]
        with mapped(OF_OBJECTS):
            found = self._blob(key).commit_block_list(blocks, metadata=metadata)
        self._uploads.finish(upload)
        return {"etag": Chosen(found["etag"])}

    def _blob(self, key: str) -> Any:
        return blob_of(self.client, key, self.prefix)

    def _listing(self, prefix: str | None, delimiter: str | None, page_size: int | None) -> Any:
        return listing_of(self.client, self.prefix, prefix=prefix, delimiter=delimiter, page_size=page_size)


def put_arguments(
    metadata: dict[str, str] | None, content_type: str | None, *, if_match: str | None, create_only: bool
) -> dict[str, Any]:
    """Return the arguments of upload_blob beside the data.

    Raises:
        NotOffered: Both conditions are given: the client leaves out that there be no blob then.
    """
    if create_only and if_match is not None:
        raise NotOffered("the client takes one condition")
    settings = {} if content_type is None else {"content_settings": ContentSettings(content_type=content_type)}
    return {"overwrite": not create_only, "metadata": metadata, **settings, **conditions(if_match=if_match)}


def copy_arguments(metadata: dict[str, str] | None, if_match: str | None) -> dict[str, Any]:
    """Return the arguments of start_copy_from_url beside the source.

    Raises:
        NotOffered: The metadata are to be replaced by none: the service keeps those of the source then.
    """
    if metadata == {}:
        raise NotOffered("a copy without metadata keeps those of its source")
    return {"metadata": metadata} | {f"source_{name}": value for name, value in conditions(if_match=if_match).items()}


def blob_of(container: Any, key: str, prefix: str) -> Any:
    """Return the client of a blob.

    Raises:
        Refused: The key is empty, which the client refuses.
    """
    try:
        return container.get_blob_client(prefix + key if key else "")
    except ValueError as error:
        raise Refused("invalid_key", code=type(error).__name__, detail=str(error)) from error


def batch_names(keys: Sequence[str], prefix: str) -> list[str]:
    """Return the names of the blobs of a batch.

    Raises:
        Refused: A key is empty: the request would name the container.
    """
    if "" in keys:
        raise Refused("invalid_key", detail="an empty key in a batch")
    return [prefix + key for key in keys]


def refused_in(keys: Sequence[str], parts: Sequence[Any]) -> dict[str, str]:
    """Return by key why it was not deleted, of the answers in a batch's answer.

    Raises:
        Refused: There are fewer answers than keys: the batch was refused as a whole.
    """
    kinds = [
        kind_of(part.status_code, part.headers.get("x-ms-error-code", ""), OF_OBJECTS)
        if part.status_code >= FIRST_FAILURE
        else ""
        for part in parts
    ]
    if len(kinds) < len(keys):
        code = parts[0].headers.get("x-ms-error-code", "")
        raise Refused(kinds[0], status=parts[0].status_code, code=code, detail=f"{len(parts)} answers to {len(keys)}")
    return {key: kind for key, kind in zip(keys, kinds, strict=True) if kind}


def listing_of(container: Any, own: str, *, prefix: str | None, delimiter: str | None, page_size: int | None) -> Any:
    """Return the listing of a container, lazy."""
    wanted = {"name_starts_with": own + (prefix or "") or None, "results_per_page": page_size}
    if delimiter is None:
        return container.list_blobs(**wanted)
    return container.walk_blobs(delimiter=delimiter, **wanted)


def listed(items: Iterable[Any], own: str, prefix: type) -> dict[str, Any]:
    """Return the keys and prefixes of a listing, in its order; ``prefix`` is the class of what stands for one."""
    found: dict[str, Any] = {"keys": [], "prefixes": []}
    for item in items:
        found["prefixes" if isinstance(item, prefix) else "keys"].append(item.name.removeprefix(own))
    return found
