"""S3 through s3fs, sync (on the event loop thread that fsspec runs) and async (on the loop of the test)."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from s3fs import S3FileSystem

from tests.backends.object_store import Info
from tests.backends.s3_connection import OPTIONS, SESSION, connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

    from conformance.fixtures import Opening

BLOCK_BYTES = 5 * 1024 * 1024


def file_system(opening: Opening, **options: Any) -> S3FileSystem:
    """Return a file system that remembers nothing of any other."""
    arguments = connection(opening)
    return S3FileSystem(
        key=arguments["aws_access_key_id"],
        secret=arguments["aws_secret_access_key"],
        endpoint_url=arguments["endpoint_url"],
        config_kwargs={**OPTIONS, "region_name": arguments["region_name"]},
        session=SESSION,
        use_listings_cache=False,
        skip_instance_cache=True,
        **options,
    )


@contextmanager
def store(opening: Opening) -> Iterator[S3fsStore]:
    """Open a new bucket, and remove it with all it holds."""
    files = file_system(opening)
    bucket = opening.unique_name("conformance")
    try:
        files.mkdir(bucket)
        try:
            yield S3fsStore(files, bucket)
        finally:
            files.rm(bucket, recursive=True)
    finally:
        files.close_session(files.loop, files.s3)


@asynccontextmanager
async def async_store(opening: Opening) -> AsyncIterator[AsyncS3fsStore]:
    """Open a new bucket, and remove it with all it holds."""
    files = file_system(opening, asynchronous=True)
    bucket = opening.unique_name("conformance")
    session = await files.set_session()
    try:
        await files._mkdir(bucket)
        try:
            yield AsyncS3fsStore(files, bucket)
        finally:
            await files._rm(bucket, recursive=True)
    finally:
        await session.close()


class S3fsStore:
    """A bucket."""

    def __init__(self, files: S3FileSystem, bucket: str) -> None:
        self.files = files
        self.bucket = bucket

    def put(self, key: str, data: bytes) -> None:
        self.files.pipe_file(self._path(key), data)

    def get(self, key: str) -> bytes:
        return bytes(self.files.cat_file(self._path(key)))

    def chunks(self, key: str, size: int) -> Iterator[bytes]:
        with self.files.open(self._path(key), "rb", block_size=BLOCK_BYTES) as file:
            while chunk := file.read(size):
                yield chunk

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> None:
        with self.files.open(self._path(key), "wb", block_size=BLOCK_BYTES) as file:
            for chunk in chunks:
                file.write(chunk)

    def put_parts(self, key: str, parts: list[bytes]) -> None:
        self.put_stream(key, parts)

    def info(self, key: str) -> Info:
        return Info(self.files.info(self._path(key))["size"], self.files.metadata(self._path(key)))

    def _path(self, key: str) -> str:
        return f"{self.bucket}/{key}"


class AsyncS3fsStore:
    """A bucket; every operation is a coroutine."""

    def __init__(self, files: S3FileSystem, bucket: str) -> None:
        self.files = files
        self.bucket = bucket

    async def put(self, key: str, data: bytes) -> None:
        await self.files._pipe_file(self._path(key), data)

    async def get(self, key: str) -> bytes:
        return bytes(await self.files._cat_file(self._path(key)))

    async def chunks(self, key: str, size: int) -> AsyncIterator[bytes]:
        file = await self.files.open_async(self._path(key), "rb", block_size=BLOCK_BYTES)
        try:
            while chunk := await file.read(size):
                yield chunk
        finally:
            await file.close()

    async def put_stream(self, key: str, chunks: Iterable[bytes]) -> None:
        await self.files._pipe_file(self._path(key), b"".join(chunks), chunksize=BLOCK_BYTES)

    async def put_parts(self, key: str, parts: list[bytes]) -> None:
        await self.put_stream(key, parts)

    async def info(self, key: str) -> Info:
        found = await self.files._info(self._path(key))
        return Info(found["size"], await self.files._metadata(self._path(key)))

    def _path(self, key: str) -> str:
        return f"{self.bucket}/{key}"
