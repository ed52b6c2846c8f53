"""S3 through aiobotocore."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from aiobotocore.config import AioConfig

from tests.backends.object_store import Info
from tests.backends.s3_connection import OPTIONS, SESSION, connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from conformance.fixtures import Opening

PART_BYTES = 5 * 1024 * 1024
PAGES = {"PageSize": 1000}


@asynccontextmanager
async def store(opening: Opening) -> AsyncIterator[AiobotocoreStore]:
    """Open a new bucket, and remove it with all it holds."""
    async with SESSION.create_client("s3", config=AioConfig(**OPTIONS), **connection(opening)) as client:
        bucket = opening.unique_name("conformance")
        await client.create_bucket(Bucket=bucket)
        try:
            yield AiobotocoreStore(client, bucket)
        finally:
            pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="", PaginationConfig=PAGES)
            if keys := [{"Key": item["Key"]} async for page in pages for item in page.get("Contents", [])]:
                await client.delete_objects(Bucket=bucket, Delete={"Objects": keys})
            await client.delete_bucket(Bucket=bucket)


class AiobotocoreStore:
    """A bucket; every operation is a coroutine."""

    def __init__(self, client: Any, bucket: str) -> None:
        self.client = client
        self.bucket = bucket

    async def put(self, key: str, data: bytes) -> None:
        await self.client.put_object(Bucket=self.bucket, Key=key, Body=data)

    async def get(self, key: str) -> bytes:
        answer = await self.client.get_object(Bucket=self.bucket, Key=key)
        async with answer["Body"] as body:
            return bytes(await body.read())

    async def chunks(self, key: str, size: int) -> AsyncIterator[bytes]:
        answer = await self.client.get_object(Bucket=self.bucket, Key=key)
        async with answer["Body"] as body:
            while chunk := await body.read(size):
                yield chunk

    async def put_stream(self, key: str, chunks: Iterable[bytes]) -> None:
        """Cut the stream into parts as it comes, the way upload_fileobj of boto3 does."""
        data = b"".join(chunks)
        await self.put_parts(key, [data[at : at + PART_BYTES] for at in range(0, len(data), PART_BYTES)])

    async def put_parts(self, key: str, parts: list[bytes]) -> None:
        place = {"Bucket": self.bucket, "Key": key}
        upload = (await self.client.create_multipart_upload(**place))["UploadId"]
        done = []
        for at, part in enumerate(parts, start=1):
            answer = await self.client.upload_part(**place, UploadId=upload, PartNumber=at, Body=part)
            done.append({"PartNumber": at, "ETag": answer["ETag"]})
        await self.client.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": done})

    async def info(self, key: str) -> Info:
        found = await self.client.head_object(Bucket=self.bucket, Key=key)
        return Info(found["ContentLength"], found["Metadata"])
