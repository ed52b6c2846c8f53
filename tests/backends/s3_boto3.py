"""S3 through boto3."""

from __future__ import annotations

import io
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from boto3.s3.transfer import TransferConfig

from tests.backends.object_store import Info, NotFound
from tests.backends.s3_connection import config, connection
from tests.backends.s3_errors import mapped
from tests.backends.s3_requests import conditions, copy_source, object_of, page_of, put_arguments, range_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.fixtures import Opening

PART_BYTES = 5 * 1024 * 1024


@contextmanager
def store(opening: Opening) -> Iterator[Boto3Store]:
    """Open a new bucket, and remove it with all it holds."""
    client = client_of(**connection(opening))
    bucket = opening.unique_name("conformance")
    client.create_bucket(Bucket=bucket)
    subject = Boto3Store(client, bucket)
    try:
        yield subject
    finally:
        if keys := subject.keys():
            subject.delete_many(keys)
        client.delete_bucket(Bucket=bucket)


@cache
def client_of(**arguments: str) -> Any:
    """Return a client of a service: like most programs, the suite makes one and keeps it."""
    return boto3.client("s3", config=config(), **arguments)


class Boto3Store:
    """A bucket."""

    def __init__(self, client: Any, bucket: str) -> None:
        self.client = client
        self.bucket = bucket

    def put(self, key: str, data: bytes, **options: Any) -> str:
        with mapped(is_new=options.get("is_new", False)):
            return str(
                self.client.put_object(Bucket=self.bucket, Key=key, Body=data, **put_arguments(**options))["ETag"]
            )

    def get(self, key: str, *, start: int | None = None, end: int | None = None, **wanted: str | None) -> bytes:
        with mapped():
            answer = self.client.get_object(Bucket=self.bucket, Key=key, **range_of(start, end), **conditions(**wanted))
            return bytes(answer["Body"].read())

    def chunks(self, key: str, size: int) -> Iterator[bytes]:
        with mapped():
            yield from self.client.get_object(Bucket=self.bucket, Key=key)["Body"].iter_chunks(size)

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> None:
        options = TransferConfig(multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, use_threads=False)
        with mapped():
            self.client.upload_fileobj(io.BytesIO(b"".join(chunks)), self.bucket, key, Config=options)

    def put_parts(self, key: str, parts: list[bytes]) -> None:
        place = {"Bucket": self.bucket, "Key": key}
        with mapped():
            upload = self.client.create_multipart_upload(**place)["UploadId"]
            done = [
                {
                    "PartNumber": at,
                    "ETag": self.client.upload_part(**place, UploadId=upload, PartNumber=at, Body=part)["ETag"],
                }
                for at, part in enumerate(parts, start=1)
            ]
            self.client.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": done})

    def info(self, key: str) -> Info:
        with mapped():
            return object_of(self.client.head_object(Bucket=self.bucket, Key=key))

    def exists(self, key: str) -> bool:
        try:
            self.info(key)
        except NotFound:
            return False
        return True

    def delete(self, key: str) -> None:
        with mapped():
            self.client.delete_object(Bucket=self.bucket, Key=key)

    def delete_many(self, keys: list[str]) -> None:
        with mapped():
            self.client.delete_objects(Bucket=self.bucket, Delete={"Objects": [{"Key": key} for key in keys]})

    def copy(self, source: str, target: str) -> None:
        with mapped():
            self.client.copy_object(Bucket=self.bucket, Key=target, CopySource=copy_source(self.bucket, source))

    def keys(self, prefix: str = "") -> list[str]:
        return [key for page in self.pages(prefix, 1000) for key in page]

    def pages(self, prefix: str, size: int) -> list[list[str]]:
        with mapped():
            paginator = self.client.get_paginator("list_objects_v2")
            answers = paginator.paginate(Bucket=self.bucket, Prefix=prefix, PaginationConfig={"PageSize": size})
            return [page_of(answer) for answer in answers]

    def folder(self, prefix: str) -> tuple[list[str], list[str]]:
        with mapped():
            answer = self.client.list_objects_v2(Bucket=self.bucket, Prefix=prefix, Delimiter="/")
            return page_of(answer), [item["Prefix"] for item in answer.get("CommonPrefixes", [])]
