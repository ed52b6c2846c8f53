"""The contract ``file_system`` through the backends of remote-store, sync and async.

Paths are handed on as they are. remote-store makes folders by writing below them and has no call that makes one.
"""

from __future__ import annotations

import tempfile
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from remote_store import Capability, FileInfo, InvalidPath, NotFound, RemoteStoreError
from remote_store.aio import AsyncMemoryBackend, SyncBackendAdapter
from remote_store.backends import LocalBackend, MemoryBackend

from conformance.contract import NotOffered
from conformance.contract.drivers._chunks import Stream, chunks_of, streamed
from conformance.contract.drivers._remote_store_errors import ancestors_of, refusal_of
from conformance.errors import DriverError, nearest_word

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from contextlib import AbstractContextManager

    from conformance.contract import Opening

Fields = dict[str, Any]
STORES = ("azure", "local", "memory", "s3")


@contextmanager
def file_system(opening: Opening) -> Iterator[FileSystem]:
    """Open an empty backend, and remove what it stands on.

    Options: ``store``, one of ``memory``, ``local`` (a temporary folder), ``s3`` and ``azure``; those of the drivers
    for boto3 and azure-storage-blob for the last two, but no bucket and no container that exist; ``hns``, whether an
    Azure account has a hierarchical namespace.
    """
    with _backend_of(opening) as backend:
        yield FileSystem(backend)


@asynccontextmanager
async def async_file_system(opening: Opening) -> AsyncIterator[AsyncFileSystem]:
    """Open an empty backend for coroutines; the options are the same.

    remote-store has async backends for ``memory`` and ``azure``, and an adapter that runs a sync one in threads.
    """
    store = _store_of(opening)
    if store == "memory":
        yield AsyncFileSystem(AsyncMemoryBackend())
    elif store == "azure":
        from conformance.contract.drivers import _remote_store_azure  # noqa: PLC0415  (imports a client of its own)

        below, hns = _below(opening), bool(opening.options.get("hns"))
        async with _remote_store_azure.on_a_container_async(below, is_hierarchical=hns) as backend:
            yield AsyncFileSystem(backend)
    else:
        with _backend_of(opening) as adapted:
            yield AsyncFileSystem(SyncBackendAdapter(adapted))


def _store_of(opening: Opening) -> str:
    store = str(opening.options.get("store", ""))
    if store not in STORES:
        near = nearest_word(store, STORES)
        cure = f'Did you mean "{near}"?' if near else f"Its stores are {', '.join(STORES)}."
        raise DriverError(f"The driver remote_store has no store {store!r}.", cure, slug="driver-option")
    for word in ("bucket", "container"):
        if word in opening.options:
            what = f"The driver remote_store makes its own {word}; it takes no option {word!r}."
            raise DriverError(what, "Leave it out.", slug="driver-option")
    return store


def _backend_of(opening: Opening) -> AbstractContextManager[Any]:
    store = _store_of(opening)
    if store == "memory":
        return nullcontext(MemoryBackend())
    if store == "local":
        return _local()
    if store == "s3":
        from conformance.contract.drivers import _remote_store_s3  # noqa: PLC0415  (imports a client of its own)

        return _remote_store_s3.on_a_bucket(_below(opening))
    from conformance.contract.drivers import _remote_store_azure  # noqa: PLC0415  (likewise)

    hns = bool(opening.options.get("hns"))
    return _remote_store_azure.on_a_container(_below(opening), is_hierarchical=hns)


@contextmanager
def _local() -> Iterator[LocalBackend]:
    with tempfile.TemporaryDirectory(prefix="conformance-", ignore_cleanup_errors=True) as folder:
        yield LocalBackend(folder)


@dataclass(frozen=True)
class _Below:
    """An opening without the options that are this driver's own."""

    opening: Opening

    @property
    def options(self) -> Mapping[str, Any]:
        return {name: value for name, value in self.opening.options.items() if name not in ("store", "hns")}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.opening, name)


def _below(opening: Opening) -> Opening:
    return cast("Opening", _Below(opening))


def _refuse_metadata(client: Any, metadata: Mapping[str, str] | None) -> None:
    """Raise where metadata are given that the backend would leave out in silence."""
    if metadata is not None and Capability.USER_METADATA not in client.capabilities:
        raise NotOffered(f"{client.name} keeps no metadata")


def _entry(found: Any) -> Fields:
    path = str(found.path)
    if isinstance(found, FileInfo):
        return {"path": path, "type": "file", "size": found.size}
    return {"path": path, "type": "directory"}


def _counted(found: Any) -> Fields:
    return {"files": found.file_count, "size": found.total_size}


def _sorted(entries: list[Fields]) -> Fields:
    return {"entries": sorted(entries, key=lambda entry: str(entry["path"]))}


class FileSystem:
    """The operations of ``file_system`` on a backend; the contract says what each is to do.

    Attributes:
        client: The backend of remote-store.
    """

    def __init__(self, client: Any) -> None:
        """Take a backend."""
        self.client = client

    def write(
        self,
        path: str,
        data: bytes,
        *,
        overwrite: bool = True,
        metadata: Fields | None = None,
        chunks: int | None = None,
    ) -> None:
        _refuse_metadata(self.client, metadata)
        with self._mapped():
            content = data if chunks is None else Stream(chunks_of(data, chunks))
            self.client.write(path, content, overwrite=overwrite, metadata=metadata)

    def atomic_write(
        self,
        path: str,
        data: bytes,
        *,
        overwrite: bool = True,
        metadata: Fields | None = None,
        chunks: int | None = None,
    ) -> None:
        _refuse_metadata(self.client, metadata)
        with self._mapped():
            content = data if chunks is None else Stream(chunks_of(data, chunks))
            self.client.write_atomic(path, content, overwrite=overwrite, metadata=metadata)

    def read(self, path: str, *, start: int | None = None, end: int | None = None) -> Fields:
        with self._mapped():
            if start is None and end is None:
                return {"data": self.client.read_bytes(path)}
            with self.client.read_seekable(path) as stream:
                stream.seek(start or 0)
                return {"data": stream.read() if end is None else stream.read(max(0, end - (start or 0)))}

    def stat(self, path: str) -> Fields:
        with self._mapped():
            try:
                return {"type": "file", "size": self.client.get_file_info(path).size}
            except (InvalidPath, NotFound):
                if not self.client.is_folder(path):
                    raise
                return {"type": "directory"}

    def probe(self, path: str) -> Fields:
        with self._mapped():
            return {
                "exists": self.client.exists(path),
                "is_file": self.client.is_file(path),
                "is_directory": self.client.is_folder(path),
            }

    def list(self, path: str, *, recursive: bool = False) -> Fields:
        with self._mapped():
            if not recursive:
                return _sorted([_entry(each) for each in self.client.iter_children(path)])
            files = list(self.client.list_files(path, recursive=True))
            return _sorted([_entry(each) for each in [*files, *self._folders(path)]])

    def _folders(self, path: str) -> Iterator[Any]:
        for each in self.client.list_folders(path):
            yield each
            yield from self._folders(str(each.path))

    def count(self, path: str) -> Fields:
        with self._mapped():
            return _counted(self.client.get_folder_info(path))

    def delete(self, path: str) -> None:
        with self._mapped():
            self.client.delete(path)

    def delete_directory(self, path: str) -> None:
        with self._mapped():
            self.client.delete_folder(path)

    def delete_tree(self, path: str) -> None:
        with self._mapped():
            self.client.delete_folder(path, recursive=True)

    def move(self, source: str, target: str, *, overwrite: bool = False) -> None:
        with self._mapped():
            self.client.move(source, target, overwrite=overwrite)

    def copy(self, source: str, target: str, *, overwrite: bool = False) -> None:
        with self._mapped():
            self.client.copy(source, target, overwrite=overwrite)

    def metadata(self, path: str) -> Fields:
        _refuse_metadata(self.client, {})
        with self._mapped():
            return {"metadata": dict(self.client.get_file_info(path).metadata or {})}

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except InvalidPath as error:
            raise refusal_of(error, standing=self._standing(error.path or "")) from error
        except RemoteStoreError as error:
            raise refusal_of(error) from error

    def _standing(self, path: str) -> str:
        try:
            if self.client.is_folder(path):
                return "is_a_directory"
            is_below_a_file = any(self.client.is_file(each) for each in [path, *ancestors_of(path)])
        except RemoteStoreError:
            return "invalid_path"
        return "not_a_directory" if is_below_a_file else "invalid_path"


class AsyncFileSystem:
    """The operations of ``file_system`` on an async backend; every one is a coroutine.

    Attributes:
        client: The backend of remote-store.
    """

    def __init__(self, client: Any) -> None:
        """Take a backend."""
        self.client = client

    async def write(
        self,
        path: str,
        data: bytes,
        *,
        overwrite: bool = True,
        metadata: Fields | None = None,
        chunks: int | None = None,
    ) -> None:
        _refuse_metadata(self.client, metadata)
        async with self._mapped():
            content = data if chunks is None else streamed(chunks_of(data, chunks))
            await self.client.write(path, content, overwrite=overwrite, metadata=metadata)

    async def atomic_write(
        self,
        path: str,
        data: bytes,
        *,
        overwrite: bool = True,
        metadata: Fields | None = None,
        chunks: int | None = None,
    ) -> None:
        _refuse_metadata(self.client, metadata)
        async with self._mapped():
            content = data if chunks is None else streamed(chunks_of(data, chunks))
            await self.client.write_atomic(path, content, overwrite=overwrite, metadata=metadata)

    async def read(self, path: str, *, start: int | None = None, end: int | None = None) -> Fields:
        if start is not None or end is not None:
            raise NotOffered("the async backends read whole files")
        async with self._mapped():
            return {"data": await self.client.read_bytes(path)}

    async def stat(self, path: str) -> Fields:
        async with self._mapped():
            try:
                return {"type": "file", "size": (await self.client.get_file_info(path)).size}
            except (InvalidPath, NotFound):
                if not await self.client.is_folder(path):
                    raise
                return {"type": "directory"}

    async def probe(self, path: str) -> Fields:
        async with self._mapped():
            return {
                "exists": await self.client.exists(path),
                "is_file": await self.client.is_file(path),
                "is_directory": await self.client.is_folder(path),
            }

    async def list(self, path: str, *, recursive: bool = False) -> Fields:
        async with self._mapped():
            if not recursive:
                return _sorted([_entry(each) async for each in self.client.iter_children(path)])
            files = [_entry(each) async for each in self.client.list_files(path, recursive=True)]
            return _sorted([*files, *[_entry(each) async for each in self._folders(path)]])

    async def _folders(self, path: str) -> AsyncIterator[Any]:
        async for each in self.client.list_folders(path):
            yield each
            async for below in self._folders(str(each.path)):
                yield below

    async def count(self, path: str) -> Fields:
        async with self._mapped():
            return _counted(await self.client.get_folder_info(path))

    async def delete(self, path: str) -> None:
        async with self._mapped():
            await self.client.delete(path)

    async def delete_directory(self, path: str) -> None:
        async with self._mapped():
            await self.client.delete_folder(path)

    async def delete_tree(self, path: str) -> None:
        async with self._mapped():
            await self.client.delete_folder(path, recursive=True)

    async def move(self, source: str, target: str, *, overwrite: bool = False) -> None:
        async with self._mapped():
            await self.client.move(source, target, overwrite=overwrite)

    async def copy(self, source: str, target: str, *, overwrite: bool = False) -> None:
        async with self._mapped():
            await self.client.copy(source, target, overwrite=overwrite)

    async def metadata(self, path: str) -> Fields:
        _refuse_metadata(self.client, {})
        async with self._mapped():
            return {"metadata": dict((await self.client.get_file_info(path)).metadata or {})}

    @asynccontextmanager
    async def _mapped(self) -> AsyncIterator[None]:
        try:
            yield
        except InvalidPath as error:
            raise refusal_of(error, standing=await self._standing(error.path or "")) from error
        except RemoteStoreError as error:
            raise refusal_of(error) from error

    async def _standing(self, path: str) -> str:
        try:
            if await self.client.is_folder(path):
                return "is_a_directory"
            is_below_a_file = any([await self.client.is_file(each) for each in [path, *ancestors_of(path)]])
        except RemoteStoreError:
            return "invalid_path"
        return "not_a_directory" if is_below_a_file else "invalid_path"
