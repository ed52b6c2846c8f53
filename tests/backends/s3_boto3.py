"""S3 through boto3."""

from __future__ import annotations

import io
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from boto3.s3.transfer import TransferConfig

from tests.backends.object_store import Info
from tests.backends.s3_connection import config, connection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.fixtures import Opening

PART_BYTES = 5 * 1024 * 1024
PAGES = {"PageSize": 1000}


@contextmanager
def store(opening: Opening) -> Iterator[Boto3Store]:
    """Open a new bucket, and remove it with all it holds."""
    client = client_of(**connection(opening))
    bucket = opening.unique_name("conformance")
    client.create_bucket(Bucket=bucket)
    try:
        yield Boto3Store(client, bucket)
    finally:
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="", PaginationConfig=PAGES)
        if keys := [{"Key": item["Key"]} for page in pages for item in page.get("Contents", [])]:
            client.delete_objects(Bucket=bucket, Delete={"Objects": keys})
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

    def put(self, key: str, data: bytes) -> None:
        self.client.put_object(Bucket=self.bucket, Key=key, Body=data)

    def get(self, key: str) -> bytes:
        return bytes(self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read())

    def chunks(self, key: str, size: int) -> Iterator[bytes]:
        yield from self.client.get_object(Bucket=self.bucket, Key=key)["Body"].iter_chunks(size)

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> None:
        options = TransferConfig(multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, use_threads=False)
        self.client.upload_fileobj(io.BytesIO(b"".join(chunks)), self.bucket, key, Config=options)

    def put_parts(self, key: str, parts: list[bytes]) -> None:
        place = {"Bucket": self.bucket, "Key": key}
        upload = self.client.create_multipart_upload(**place)["UploadId"]
        done = []
        for at, part in enumerate(parts, start=1):
            answer = self.client.upload_part(**place, UploadId=upload, PartNumber=at, Body=part)
            done.append({"PartNumber": at, "ETag": answer["ETag"]})
        self.client.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": done})

    def info(self, key: str) -> Info:
        found = self.client.head_object(Bucket=self.bucket, Key=key)
        return Info(found["ContentLength"], found["Metadata"])
