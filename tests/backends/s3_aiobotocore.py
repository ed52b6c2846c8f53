"""S3 through aiobotocore."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from aiobotocore.config import AioConfig

from tests.backends.object_store import Info, NotFound
from tests.backends.s3_connection import OPTIONS, SESSION, connection
from tests.backends.s3_errors import mapped
from tests.backends.s3_requests import conditions, copy_source, object_of, page_of, put_arguments, range_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from conformance.fixtures import Opening

PART_BYTES = 5 * 1024 * 1024


@asynccontextmanager
async def store(opening: Opening) -> AsyncIterator[AiobotocoreStore]:
    """Open a new bucket, and remove it with all it holds."""
    async with SESSION.create_client("s3", config=AioConfig(**OPTIONS), **connection(opening)) as client:
        bucket = opening.unique_name("conformance")
        await client.create_bucket(Bucket=bucket)
        subject = AiobotocoreStore(client, bucket)
        try:
            yield subject
        finally:
            if keys := await subject.keys():
                await subject.delete_many(keys)
            await client.delete_bucket(Bucket=bucket)


class AiobotocoreStore:
    """A bucket; every operation is a coroutine."""

    def __init__(self, client: Any, bucket: str) -> None:
        self.client = client
        self.bucket = bucket

    async def put(self, key: str, data: bytes, **options: Any) -> str:
        with mapped(is_new=options.get("is_new", False)):
            place = {"Bucket": self.bucket, "Key": key}
            answer = await self.client.put_object(**place, Body=data, **put_arguments(**options))
            return str(answer["ETag"])

    async def get(self, key: str, *, start: int | None = None, end: int | None = None, **wanted: str | None) -> bytes:
        with mapped():
            place = {"Bucket": self.bucket, "Key": key}
            answer = await self.client.get_object(**place, **range_of(start, end), **conditions(**wanted))
            async with answer["Body"] as body:
                return bytes(await body.read())

    async def chunks(self, key: str, size: int) -> AsyncIterator[bytes]:
        with mapped():
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
        with mapped():
            upload = (await self.client.create_multipart_upload(**place))["UploadId"]
            done = []
            for at, part in enumerate(parts, start=1):
                answer = await self.client.upload_part(**place, UploadId=upload, PartNumber=at, Body=part)
                done.append({"PartNumber": at, "ETag": answer["ETag"]})
            await self.client.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": done})

    async def info(self, key: str) -> Info:
        with mapped():
            return object_of(await self.client.head_object(Bucket=self.bucket, Key=key))

    async def exists(self, key: str) -> bool:
        try:
            await self.info(key)
        except NotFound:
            return False
        return True

    async def delete(self, key: str) -> None:
        with mapped():
            await self.client.delete_object(Bucket=self.bucket, Key=key)

    async def delete_many(self, keys: list[str]) -> None:
        with mapped():
            wanted = {"Objects": [{"Key": key} for key in keys]}
            await self.client.delete_objects(Bucket=self.bucket, Delete=wanted)

    async def copy(self, source: str, target: str) -> None:
        with mapped():
            place = {"Bucket": self.bucket, "Key": target}
            await self.client.copy_object(**place, CopySource=copy_source(self.bucket, source))

    async def keys(self, prefix: str = "") -> list[str]:
        return [key for page in await self.pages(prefix, 1000) for key in page]

    async def pages(self, prefix: str, size: int) -> list[list[str]]:
        with mapped():
            paginator = self.client.get_paginator("list_objects_v2")
            answers = paginator.paginate(Bucket=self.bucket, Prefix=prefix, PaginationConfig={"PageSize": size})
            return [page_of(answer) async for answer in answers]

    async def folder(self, prefix: str) -> tuple[list[str], list[str]]:
        with mapped():
            answer = await self.client.list_objects_v2(Bucket=self.bucket, Prefix=prefix, Delimiter="/")
            return page_of(answer), [item["Prefix"] for item in answer.get("CommonPrefixes", [])]
