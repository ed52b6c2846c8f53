"""S3 through s3fs, sync (on the event loop thread that fsspec runs) and async (on the loop of the test)."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from s3fs import S3FileSystem

from tests.backends.object_store import AlreadyExists, Info, NotFound
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


def info_of(found: dict[str, Any], metadata: dict[str, str]) -> Info:
    """Return what s3fs tells of an object."""
    return Info(found["size"], found["ETag"], found.get("ContentType"), {k.lower(): v for k, v in metadata.items()})


def put_arguments(*, metadata: dict[str, str] | None = None, content_type: str | None = None) -> dict[str, Any]:
    """Return the arguments that s3fs hands on to S3."""
    wanted = {"Metadata": metadata, "ContentType": content_type}
    return {name: value for name, value in wanted.items() if value is not None}


class S3fsStore:
    """A bucket."""

    def __init__(self, files: S3FileSystem, bucket: str) -> None:
        self.files = files
        self.bucket = bucket

    def put(self, key: str, data: bytes, *, is_new: bool = False, **options: Any) -> None:
        try:
            mode = "create" if is_new else "overwrite"
            self.files.pipe_file(self._path(key), data, mode=mode, **put_arguments(**options))
        except FileExistsError as error:
            raise AlreadyExists(str(error)) from error

    def get(self, key: str, *, start: int | None = None, end: int | None = None) -> bytes:
        try:
            return bytes(self.files.cat_file(self._path(key), start=start, end=end))
        except FileNotFoundError as error:
            raise NotFound(str(error)) from error

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
        try:
            return info_of(self.files.info(self._path(key)), self.files.metadata(self._path(key)))
        except FileNotFoundError as error:
            raise NotFound(str(error)) from error

    def exists(self, key: str) -> bool:
        return bool(self.files.exists(self._path(key)))

    def delete(self, key: str) -> None:
        self.files.rm_file(self._path(key))

    def delete_many(self, keys: list[str]) -> None:
        self.files.rm([self._path(key) for key in keys])

    def copy(self, source: str, target: str) -> None:
        try:
            self.files.cp_file(self._path(source), self._path(target))
        except FileNotFoundError as error:
            raise NotFound(str(error)) from error

    def keys(self, prefix: str = "") -> list[str]:
        return [self._key(path) for path in self.files.find(self.bucket, prefix=prefix)]

    def folder(self, prefix: str) -> tuple[list[str], list[str]]:
        return split_entries(self.files.ls(self._path(prefix), detail=True), self.bucket)

    def _path(self, key: str) -> str:
        return f"{self.bucket}/{key}"

    def _key(self, path: str) -> str:
        return path.removeprefix(f"{self.bucket}/")


def split_entries(entries: list[dict[str, Any]], bucket: str) -> tuple[list[str], list[str]]:
    """Return the keys and the prefixes of a listing, prefixes with their slash."""
    names = {entry["name"].removeprefix(f"{bucket}/"): entry["type"] for entry in entries}
    files = [name for name, sort in names.items() if sort == "file"]
    return files, [f"{name}/" for name, sort in names.items() if sort == "directory"]


class AsyncS3fsStore:
    """A bucket; every operation is a coroutine."""

    def __init__(self, files: S3FileSystem, bucket: str) -> None:
        self.files = files
        self.bucket = bucket

    async def put(self, key: str, data: bytes, *, is_new: bool = False, **options: Any) -> None:
        try:
            mode = "create" if is_new else "overwrite"
            await self.files._pipe_file(self._path(key), data, mode=mode, **put_arguments(**options))
        except FileExistsError as error:
            raise AlreadyExists(str(error)) from error

    async def get(self, key: str, *, start: int | None = None, end: int | None = None) -> bytes:
        try:
            return bytes(await self.files._cat_file(self._path(key), start=start, end=end))
        except FileNotFoundError as error:
            raise NotFound(str(error)) from error

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
        try:
            return info_of(await self.files._info(self._path(key)), await self.files._metadata(self._path(key)))
        except FileNotFoundError as error:
            raise NotFound(str(error)) from error

    async def exists(self, key: str) -> bool:
        return bool(await self.files._exists(self._path(key)))

    async def delete(self, key: str) -> None:
        await self.files._rm_file(self._path(key))

    async def delete_many(self, keys: list[str]) -> None:
        await self.files._rm([self._path(key) for key in keys])

    async def copy(self, source: str, target: str) -> None:
        try:
            await self.files._cp_file(self._path(source), self._path(target))
        except FileNotFoundError as error:
            raise NotFound(str(error)) from error

    async def keys(self, prefix: str = "") -> list[str]:
        return [self._key(path) for path in await self.files._find(self.bucket, prefix=prefix)]

    async def folder(self, prefix: str) -> tuple[list[str], list[str]]:
        return split_entries(await self.files._ls(self._path(prefix), detail=True), self.bucket)

    def _path(self, key: str) -> str:
        return f"{self.bucket}/{key}"

    def _key(self, path: str) -> str:
        return path.removeprefix(f"{self.bucket}/")
