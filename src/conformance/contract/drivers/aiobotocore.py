"""The contract ``object_store`` through aiobotocore.

A call of the contract is one call of the client, so that what a service does is not mended on the way; a listing
follows continuation tokens by hand.
"""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession

from conformance.contract.drivers._botocore import SETTINGS, arguments_of, creation, mapped
from conformance.contract.drivers._s3 import Place, connection_of, place_of
from conformance.contract.drivers._s3_calls import (
    MOST_KEYS,
    Calls,
    Fields,
    Pages,
    etag_of,
    metadata_of,
    parts_of,
    token_of,
)
from conformance.contract.drivers._setups import CONFIG, Setup, s3_setup
from conformance.trace import Chosen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from conformance.contract import Opening
    from conformance.contract.drivers._s3 import Connection


@asynccontextmanager
async def object_store(opening: Opening) -> AsyncIterator[ObjectStore]:
    """Open a new bucket, or with the option ``bucket`` a new corner of that one; remove it with all it holds.

    Options: ``endpoint``, ``region``, ``access_key``, ``secret_key``, ``bucket``.
    """
    connection, place = connection_of(opening, driver="aiobotocore"), place_of(opening)
    async with _session().create_client("s3", config=AioConfig(**SETTINGS), **arguments_of(connection)) as client:
        if place.is_own:
            with mapped():
                await client.create_bucket(**creation(connection, place.bucket))
        try:
            yield ObjectStore(client, place, setup=_setup(connection, place))
        finally:
            await ObjectStore(client, place).remove()


@cache
def _session() -> AioSession:
    """Return what keeps the models of services; a client belongs to the loop that it was made on, and is not kept."""
    return AioSession()


def _setup(connection: Connection, place: Place) -> Setup:
    return s3_setup(
        connection,
        place,
        imports=["from aiobotocore.config import AioConfig", "from aiobotocore.session import AioSession"],
        client=[
            f"config = AioConfig({CONFIG})",
            "client = await AioSession().create_client('s3', config=config, **connection).__aenter__()",
        ],
        creation="await client.create_bucket",
    )


class ObjectStore:
    """The operations of ``object_store`` on a bucket, as coroutines; the contract says what each is to do.

    Attributes:
        client: The client of aiobotocore.
        setup: Source that makes one, and a bucket.
        setup_names: What ``setup`` has variables for.
    """

    def __init__(self, client: Any, place: Place, *, setup: Setup | None = None) -> None:
        """Take a client and where to work."""
        self.client = client
        self.setup, self.setup_names = setup or Setup()
        self._place = place
        self._calls = Calls(place)

    async def put(
        self,
        key: str,
        data: bytes,
        *,
        metadata: Mapping[str, str] | None = None,
        content_type: str | None = None,
        if_match: str | None = None,
        create_only: bool = False,
    ) -> Fields:
        call = self._calls.put(
            key, data, metadata=metadata, content_type=content_type, if_match=if_match, create_only=create_only
        )
        with mapped(create_only=create_only):
            return {"etag": etag_of(await self.client.put_object(**call))}

    async def get(
        self,
        key: str,
        *,
        start: int | None = None,
        end: int | None = None,
        last: int | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
    ) -> Fields:
        call = self._calls.read(key, start=start, end=end, last=last, if_match=if_match, if_none_match=if_none_match)
        with mapped():
            async with (await self.client.get_object(**call))["Body"] as body:
                return {"data": bytes(await body.read())}

    async def head(self, key: str, *, if_match: str | None = None, if_none_match: str | None = None) -> Fields:
        answer = await self._head(key, if_match=if_match, if_none_match=if_none_match)
        return {"size": answer["ContentLength"], "etag": etag_of(answer)}

    async def metadata(self, key: str) -> Fields:
        return {"metadata": metadata_of(await self._head(key))}

    async def content_type(self, key: str) -> Fields:
        return {"content_type": (await self._head(key))["ContentType"]}

    async def delete(self, key: str, *, if_match: str | None = None) -> None:
        with mapped():
            await self.client.delete_object(**self._calls.object(key, IfMatch=if_match))

    async def delete_many(self, keys: Sequence[str]) -> Fields:
        with mapped():
            return {"refused": self._calls.refusals(await self.client.delete_objects(**self._calls.deletions(keys)))}

    async def copy(
        self, source: str, target: str, *, metadata: Mapping[str, str] | None = None, if_match: str | None = None
    ) -> None:
        with mapped():
            await self.client.copy_object(**self._calls.copy(source, target, metadata=metadata, if_match=if_match))

    async def list(
        self,
        *,
        prefix: str | None = None,
        delimiter: str | None = None,
        start_after: str | None = None,
        page_size: int | None = None,
    ) -> Fields:
        wanted = {"prefix": prefix, "delimiter": delimiter, "start_after": start_after, "size": page_size}
        pages = await self._pages(wanted)
        return {"keys": pages.keys, "prefixes": pages.prefixes}

    async def page(
        self,
        size: int,
        *,
        prefix: str | None = None,
        delimiter: str | None = None,
        start_after: str | None = None,
        token: str | None = None,
    ) -> Fields:
        call = self._calls.page(size=size, prefix=prefix, delimiter=delimiter, start_after=start_after, token=token)
        with mapped():
            answer = await self.client.list_objects_v2(**call)
        keys, prefixes = self._calls.listed(answer)
        following = token_of(answer)
        return {"keys": keys, "prefixes": prefixes} | ({} if following is None else {"next": Chosen(following)})

    async def start_upload(self, key: str, *, metadata: Mapping[str, str] | None = None) -> Fields:
        with mapped():
            answer = await self.client.create_multipart_upload(**self._calls.object(key, Metadata=metadata))
        return {"upload": Chosen(answer["UploadId"])}

    async def upload_part(self, key: str, upload: str, number: int, data: bytes) -> Fields:
        call = self._calls.object(key, UploadId=upload, PartNumber=number, Body=data)
        with mapped():
            return {"part": etag_of(await self.client.upload_part(**call))}

    async def complete_upload(self, key: str, upload: str, parts: Sequence[Mapping[str, Any]]) -> Fields:
        call = self._calls.object(key, UploadId=upload, MultipartUpload=parts_of(parts))
        with mapped():
            return {"etag": etag_of(await self.client.complete_multipart_upload(**call))}

    async def abort_upload(self, key: str, upload: str) -> None:
        with mapped():
            await self.client.abort_multipart_upload(**self._calls.object(key, UploadId=upload))

    async def list_parts(self, key: str, upload: str) -> Fields:
        with mapped():
            answer = await self.client.list_parts(**self._calls.object(key, UploadId=upload))
        parts = [{"number": part["PartNumber"], "size": part["Size"]} for part in answer.get("Parts", [])]
        return {"parts": parts}

    async def remove(self) -> None:
        """Remove whatever a program left; what cannot be removed stays, since a program is not to fail for it."""
        if self._place.is_own and await self._removes_bucket():
            return
        await self._empty()
        if self._place.is_own:
            await self._removes_bucket()

    async def _removes_bucket(self) -> bool:
        try:
            await self.client.delete_bucket(**self._calls.bucket)
        except self.client.exceptions.NoSuchBucket:
            return True
        except Exception:  # noqa: BLE001  (it holds something, or is not to be removed)
            return False
        return True

    async def _empty(self) -> None:
        with suppress(Exception):
            answer = await self.client.list_multipart_uploads(**self._calls.uploads())
            for upload in answer.get("Uploads", []):
                with suppress(Exception):
                    found = {"Key": upload["Key"], "UploadId": upload["UploadId"]}
                    await self.client.abort_multipart_upload(**self._calls.bucket, **found)
        with suppress(Exception):
            keys = (await self._pages({})).keys
            for at in range(0, len(keys), MOST_KEYS):
                with suppress(Exception):
                    await self.client.delete_objects(**self._calls.deletions(keys[at : at + MOST_KEYS]))
            for key in (await self._pages({})).keys:  # those that a list of keys could not name
                with suppress(Exception):
                    await self.client.delete_object(**self._calls.object(key))

    async def _head(self, key: str, *, if_match: str | None = None, if_none_match: str | None = None) -> Fields:
        call = self._calls.read(key, if_match=if_match, if_none_match=if_none_match)
        with mapped():
            return dict(await self.client.head_object(**call))

    async def _pages(self, wanted: Fields) -> Pages:
        pages = Pages(self._calls)
        token = None
        while True:
            with mapped():
                token = pages.add(await self.client.list_objects_v2(**self._calls.page(**wanted, token=token)))
            if token is None:
                return pages
