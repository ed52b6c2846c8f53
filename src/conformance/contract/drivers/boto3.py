"""The contract ``object_store`` through boto3.

A call of the contract is one call of the client, so that what a service does is not mended on the way; a listing
follows continuation tokens by hand.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

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
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.contract import Opening
    from conformance.contract.drivers._s3 import Connection


@contextmanager
def object_store(opening: Opening) -> Iterator[ObjectStore]:
    """Open a new bucket, or with the option ``bucket`` a new corner of that one; remove it with all it holds.

    Options: ``endpoint``, ``region``, ``access_key``, ``secret_key``, ``bucket``.
    """
    connection, place = connection_of(opening, driver="boto3"), place_of(opening)
    client = _client_of(connection)
    if place.is_own:
        with mapped(), mapped():
            client.create_bucket(**creation(connection, place.bucket))
    try:
        yield ObjectStore(client, place, setup=_setup(connection, place))
    finally:
        ObjectStore(client, place).remove()


@cache
def _client_of(connection: Connection) -> Any:
    """Return a client: making one takes longer than most programs, so it is kept."""
    return boto3.client("s3", config=Config(**SETTINGS), **arguments_of(connection))


def _setup(connection: Connection, place: Place) -> Setup:
    return s3_setup(
        connection,
        place,
        imports=["import boto3", "from botocore.config import Config"],
        client=[f"client = boto3.client('s3', config=Config({CONFIG}), **connection)"],
        creation="client.create_bucket",
    )


class ObjectStore:
    """The operations of ``object_store`` on a bucket; the contract says what each is to do.

    Attributes:
        client: The client of boto3.
        setup: Source that makes one, and a bucket.
        setup_names: What ``setup`` has variables for.
    """

    def __init__(self, client: Any, place: Place, *, setup: Setup | None = None) -> None:
        """Take a client and where to work."""
        self.client = client
        self.setup, self.setup_names = setup or Setup()
        self._place = place
        self._calls = Calls(place)

    def put(
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
            return {"etag": etag_of(self.client.put_object(**call))}

    def get(
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
            return {"data": bytes(self.client.get_object(**call)["Body"].read())}

    def head(self, key: str, *, if_match: str | None = None, if_none_match: str | None = None) -> Fields:
        answer = self._head(key, if_match=if_match, if_none_match=if_none_match)
        return {"size": answer["ContentLength"], "etag": etag_of(answer)}

    def metadata(self, key: str) -> Fields:
        return {"metadata": metadata_of(self._head(key))}

    def content_type(self, key: str) -> Fields:
        return {"content_type": self._head(key)["ContentType"]}

    def delete(self, key: str, *, if_match: str | None = None) -> None:
        with mapped():
            self.client.delete_object(**self._calls.object(key, IfMatch=if_match))

    def delete_many(self, keys: Sequence[str]) -> Fields:
        with mapped():
            return {"refused": self._calls.refusals(self.client.delete_objects(**self._calls.deletions(keys)))}

    def copy(
        self, source: str, target: str, *, metadata: Mapping[str, str] | None = None, if_match: str | None = None
    ) -> None:
        with mapped():
            self.client.copy_object(**self._calls.copy(source, target, metadata=metadata, if_match=if_match))

    def list(
        self,
        *,
        prefix: str | None = None,
        delimiter: str | None = None,
        start_after: str | None = None,
        page_size: int | None = None,
    ) -> Fields:
        wanted = {"prefix": prefix, "delimiter": delimiter, "start_after": start_after, "size": page_size}
        pages = self._pages(wanted)
        return {"keys": pages.keys, "prefixes": pages.prefixes}

    def page(
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
            answer = self.client.list_objects_v2(**call)
        keys, prefixes = self._calls.listed(answer)
        following = token_of(answer)
        return {"keys": keys, "prefixes": prefixes} | ({} if following is None else {"next": Chosen(following)})

    def start_upload(self, key: str, *, metadata: Mapping[str, str] | None = None) -> Fields:
        with mapped():
            answer = self.client.create_multipart_upload(**self._calls.object(key, Metadata=metadata))
        return {"upload": Chosen(answer["UploadId"])}

    def upload_part(self, key: str, upload: str, number: int, data: bytes) -> Fields:
        call = self._calls.object(key, UploadId=upload, PartNumber=number, Body=data)
        with mapped():
            return {"part": etag_of(self.client.upload_part(**call))}

    def complete_upload(self, key: str, upload: str, parts: Sequence[Mapping[str, Any]]) -> Fields:
        call = self._calls.object(key, UploadId=upload, MultipartUpload=parts_of(parts))
        with mapped():
            return {"etag": etag_of(self.client.complete_multipart_upload(**call))}

    def abort_upload(self, key: str, upload: str) -> None:
        with mapped():
            self.client.abort_multipart_upload(**self._calls.object(key, UploadId=upload))

    def list_parts(self, key: str, upload: str) -> Fields:
        with mapped():
            answer = self.client.list_parts(**self._calls.object(key, UploadId=upload))
        parts = [{"number": part["PartNumber"], "size": part["Size"]} for part in answer.get("Parts", [])]
        return {"parts": parts}

    def remove(self) -> None:
        """Remove whatever a program left; what cannot be removed stays, since a program is not to fail for it."""
        if self._place.is_own and self._removes_bucket():
            return
        self._empty()
        if self._place.is_own:
            self._removes_bucket()

    def _removes_bucket(self) -> bool:
        try:
            self.client.delete_bucket(**self._calls.bucket)
        except self.client.exceptions.NoSuchBucket:
            return True
        except Exception:  # noqa: BLE001  (it holds something, or is not to be removed)
            return False
        return True

    def _empty(self) -> None:
        with suppress(Exception):
            for upload in self.client.list_multipart_uploads(**self._calls.uploads()).get("Uploads", []):
                with suppress(Exception):
                    found = {"Key": upload["Key"], "UploadId": upload["UploadId"]}
                    self.client.abort_multipart_upload(**self._calls.bucket, **found)
        with suppress(Exception):
            keys = self._pages({}).keys
            for at in range(0, len(keys), MOST_KEYS):
                with suppress(Exception):
                    self.client.delete_objects(**self._calls.deletions(keys[at : at + MOST_KEYS]))
            for key in self._pages({}).keys:  # those that a list of keys could not name
                with suppress(Exception):
                    self.client.delete_object(**self._calls.object(key))

    def _head(self, key: str, *, if_match: str | None = None, if_none_match: str | None = None) -> Fields:
        call = self._calls.read(key, if_match=if_match, if_none_match=if_none_match)
        with mapped():
            return dict(self.client.head_object(**call))

    def _pages(self, wanted: Fields) -> Pages:
        pages = Pages(self._calls)
        token = None
        while True:
            with mapped():
                token = pages.add(self.client.list_objects_v2(**self._calls.page(**wanted, token=token)))
            if token is None:
                return pages
