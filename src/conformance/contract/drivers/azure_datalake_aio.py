"""The contract ``file_system`` through azure-storage-file-datalake's asyncio client; as in the sync driver."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import AzureError
from azure.storage.filedatalake.aio import DataLakeServiceClient

from conformance.contract import Refused
from conformance.contract.drivers._azure import account_of, client_arguments, range_of
from conformance.contract.drivers._azure_files import (
    entries_of,
    if_missing,
    mapped,
    metadata_of,
    named,
    probe_of,
    refuse_making_one,
    stat_of,
)
from conformance.contract.drivers._chunks import chunks_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from conformance.contract import Opening

    Fields = dict[str, Any]


@asynccontextmanager
async def file_system(opening: Opening) -> AsyncIterator[AsyncFileSystem]:
    """Open an empty filesystem, and remove it; the options are those of the sync driver."""
    name = opening.unique_name("conformance")
    account = account_of(opening, driver="azure_datalake_aio", service="dfs")
    async with DataLakeServiceClient(**client_arguments(account)) as service:
        if "container" in opening.options:
            client = service.get_file_system_client(str(opening.options["container"]))
            directory = await client.create_directory(name)
            try:
                yield AsyncFileSystem(client, root=name)
            finally:
                with suppress(AzureError):
                    await directory.delete_directory()
            return
        client = await service.create_file_system(name)
        try:
            yield AsyncFileSystem(client)
        finally:
            with suppress(AzureError):
                await client.delete_file_system()


class AsyncFileSystem:
    """The operations of ``file_system`` in a filesystem, or in a directory of one; every one is a coroutine.

    Attributes:
        client: The client of the filesystem.
    """

    def __init__(self, client: Any, *, root: str = "") -> None:
        """Take the client of a filesystem, and where to work in it."""
        self.client = client
        self._own = f"{root}/" if root else ""
        self._temporary = 0

    async def write(
        self,
        path: str,
        data: bytes,
        *,
        overwrite: bool = True,
        metadata: Fields | None = None,
        chunks: int = 1,
    ) -> None:
        file = self._file(path)
        with mapped():
            await file.create_file(metadata=metadata, **if_missing(is_asked=not overwrite))
            await self._fill(file, *chunks_of(data, chunks))

    async def atomic_write(
        self,
        path: str,
        data: bytes,
        *,
        overwrite: bool = True,
        metadata: Fields | None = None,
        chunks: int = 1,
    ) -> None:
        self._temporary += 1
        self._file(path)
        file = self._file(f"{path}.{self._temporary}.temporary")
        with mapped():
            await file.create_file(metadata=metadata)
            try:
                await self._fill(file, *chunks_of(data, chunks))
                await file.rename_file(self._target(path), **if_missing(is_asked=not overwrite))
            except AzureError:
                with suppress(AzureError):
                    await file.delete_file()
                raise

    async def append(self, path: str, data: bytes) -> None:
        file = self._file(path)
        with mapped():
            await self._fill(file, *chunks_of(data, 1), at=(await file.get_file_properties()).size)

    async def read(self, path: str, *, start: int | None = None, end: int | None = None) -> Fields:
        with mapped():
            download = await self._file(path).download_file(**range_of(start, end))
            return {"data": await download.readall()}

    async def stat(self, path: str) -> Fields:
        with mapped():
            if not path:
                await self.client.get_file_system_properties()
                return {"type": "directory"}
            return stat_of(await self._file(path).get_file_properties())

    async def probe(self, path: str) -> Fields:
        try:
            return probe_of((await self.stat(path))["type"])
        except Refused as error:
            if error.error != "not_found":
                raise
            return probe_of("")

    async def make_directory(self, path: str, *, parents: bool = False, exist_ok: bool = False) -> None:
        refuse_making_one(path, parents=parents)
        with mapped():
            await self._directory(path).create_directory(**if_missing(is_asked=not exist_ok))

    async def list(self, path: str, *, recursive: bool = False) -> Fields:
        with mapped():
            found = self.client.get_paths(
                self._own + path if path else self._own.rstrip("/") or None, recursive=recursive
            )
            return entries_of([each async for each in found], self._own)

    async def delete(self, path: str) -> None:
        with mapped():
            await self._file(path).delete_file()

    async def delete_directory(self, path: str) -> None:
        with mapped():
            await self._file(path).delete_file(recursive=False)  # the call for directories removes what is in them too

    async def delete_tree(self, path: str) -> None:
        with mapped():
            await self._directory(path).delete_directory()

    async def move(self, source: str, target: str, *, overwrite: bool = False) -> None:
        self._file(target)
        with mapped():
            await self._file(source).rename_file(self._target(target), **if_missing(is_asked=not overwrite))

    async def metadata(self, path: str) -> Fields:
        with mapped():
            return metadata_of(await self._file(path).get_file_properties())

    async def set_metadata(self, path: str, metadata: Fields) -> None:
        with mapped():
            await self._file(path).set_metadata(metadata)

    async def _fill(self, file: Any, *chunks: bytes, at: int = 0) -> None:
        for each in chunks:
            await file.append_data(each, at, len(each))
            at += len(each)
        await file.flush_data(at)

    def _file(self, path: str) -> Any:
        return named(self.client, "file", self._own + path if path else "")

    def _directory(self, path: str) -> Any:
        return named(self.client, "directory", self._own + path if path else "")

    def _target(self, path: str) -> str:
        return f"{self.client.file_system_name}/{self._own}{path}"
