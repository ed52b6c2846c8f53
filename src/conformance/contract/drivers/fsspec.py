"""The contract ``file_system`` through fsspec: any of its filesystems, by URL.

fsspec cannot be told to leave the target of a move or copy alone, so that these are offered with ``overwrite`` only;
and it has no atomic write. Paths are handed on as they are.
"""

from __future__ import annotations

import tempfile
from contextlib import asynccontextmanager, contextmanager, suppress
from importlib import import_module
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

import fsspec
from fsspec.spec import AbstractBufferedFile

from conformance.contract._api import NotOffered
from conformance.contract.drivers._fsspec import Paths, is_offered, mapped, metadata_of, stat_of
from conformance.contract.drivers._fsspec_setups import DISK, setup_of
from conformance.contract.drivers._setups import Setup
from conformance.errors import DriverError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from conformance.contract import Opening

    Fields = dict[str, Any]

SEAMS = {"abfs": "_fsspec_azure", "abfss": "_fsspec_azure", "az": "_fsspec_azure", "s3": "_fsspec_s3"}


@contextmanager
def file_system(opening: Opening) -> Iterator[FileSystem]:
    """Open a new folder below a URL, and remove it with all it holds.

    Options: ``url`` (``memory://box``, ``s3://bucket``, ``s3://`` and ``abfs://`` for a bucket or container of its own,
    ``file://`` for a temporary folder); every further one is a storage option of the filesystem.
    """
    with _temporary(opening) as url:
        protocol, files = _opened(opening, url)
        try:
            root = _root(files, url, opening)
            with opened_at(files, root, protocol=protocol, setup=setup_of(opening, protocol, root)) as subject:
                yield subject
        finally:
            if seam := _seam(protocol):
                seam.close(files)


@asynccontextmanager
async def async_file_system(opening: Opening) -> AsyncIterator[AsyncFileSystem]:
    """Open a new folder below a URL for coroutines, and remove it with all it holds; the options are the same."""
    with _temporary(opening) as url:
        protocol, files = _opened(opening, url, asynchronous=True)
        paths = Paths(_root(files, url, opening), protocol=protocol, is_local=False)
        try:
            if seam := _seam(protocol):
                await seam.amake(files, paths.root)
            else:
                await files._makedirs(paths.root, exist_ok=True)
            try:
                yield AsyncFileSystem(files, paths, setup=setup_of(opening, protocol, paths.root, is_async=True))
            finally:
                with suppress(Exception):  # a program may have removed it
                    if seam:
                        await seam.aremove(files, paths.root)
                    else:
                        await files._rm(paths.root, recursive=True)
        finally:
            if seam := _seam(protocol):
                await seam.aclose(files)


@contextmanager
def opened_at(files: Any, root: str, *, protocol: str, setup: Setup | None = None) -> Iterator[FileSystem]:
    """Make a folder of a filesystem, and remove it with all it holds; nothing of both for all of one in memory."""
    if seam := _seam(protocol):
        seam.make(files, root)
    elif root:
        files.makedirs(root, exist_ok=True)
    try:
        yield FileSystem(files, Paths(root, protocol=protocol, is_local=protocol in DISK), setup=setup)
    finally:
        with suppress(Exception):  # a program may have removed it
            if seam:
                seam.remove(files, root)
            elif root:
                files.rm(root, recursive=True)


@contextmanager
def _temporary(opening: Opening) -> Iterator[str]:
    """Yield the URL of an opening: that of a temporary folder where it names the disk alone."""
    url = opening.options.get("url", "")
    if "://" not in url:
        cure = 'Give one: options = { url = "memory://" }.'
        raise DriverError(f"The driver fsspec has no URL: {url!r}.", cure, slug="driver-option")
    if url.removesuffix("://") in DISK:
        with tempfile.TemporaryDirectory(prefix="conformance-", ignore_cleanup_errors=True) as folder:
            yield url + folder
    else:
        yield url


def _opened(opening: Opening, url: str, **settings: Any) -> tuple[str, Any]:
    """Return the protocol of a URL, and a filesystem that remembers nothing of any other."""
    protocol = url.partition("://")[0]
    options = {name: value for name, value in opening.options.items() if name != "url"}
    known: Fields = {"auto_mkdir": True} if protocol in DISK else {}
    if seam := _seam(protocol):
        known = seam.options_of(opening)
    settings |= {"skip_instance_cache": True, "use_listings_cache": False}
    files = fsspec.filesystem(protocol, **known | options | settings)
    if seam:
        seam.settle(files)
    return protocol, files


def _root(files: Any, url: str, opening: Opening) -> str:
    name = opening.unique_name("conformance")
    above = files._strip_protocol(url).rstrip("/")
    return str(files._strip_protocol(f"{above}/{name}" if above else name))


@contextmanager
def _written_once() -> Iterator[None]:
    """Close for good a file whose opening or writing failed: fsspec would write it once more when it is collected."""
    try:
        yield
    except Exception as error:
        for frame, _ in walk_tb(error.__traceback__):
            file = frame.f_locals.get("self")
            if isinstance(file, AbstractBufferedFile):
                file.closed = True
        raise


def _seam(protocol: str) -> Any:
    """Return the module for what a client does besides being a filesystem, which imports that client; mostly None."""
    name = SEAMS.get(protocol)
    return import_module(f"{__package__}.{name}") if name else None


class FileSystem:
    """The operations of ``file_system`` below a folder; the contract says what each is to do.

    Attributes:
        client: The filesystem of fsspec.
        setup: Source that makes one, and a folder; empty where there is none.
        setup_names: What ``setup`` has variables for.
    """

    def __init__(self, client: Any, paths: Paths, *, setup: Setup | None = None) -> None:
        """Take a filesystem and where to work."""
        self.client = client
        self.setup, self.setup_names = setup or Setup()
        self._paths = paths

    def write(
        self, path: str, data: bytes, *, overwrite: bool = True, metadata: Mapping[str, str] | None = None
    ) -> None:
        wanted = self._paths.writing(overwrite=overwrite, metadata=metadata)
        with mapped():
            self.client.pipe_file(self._paths.full(path), data, **wanted)

    def append(self, path: str, data: bytes) -> None:
        with mapped(), _written_once(), self.client.open(self._paths.full(path), "ab") as file:
            file.write(data)

    def read(self, path: str, *, start: int | None = None, end: int | None = None) -> Fields:
        with mapped():
            return {"data": bytes(self.client.cat_file(self._paths.full(path), start=start, end=end))}

    def stat(self, path: str) -> Fields:
        with mapped():
            return stat_of(self.client.info(self._paths.full(path)))

    def probe(self, path: str) -> Fields:
        full = self._paths.full(path)
        with mapped():
            return {
                "exists": self.client.exists(full),
                "is_file": self.client.isfile(full),
                "is_directory": self.client.isdir(full),
            }

    def make_directory(self, path: str, *, parents: bool = False, exist_ok: bool = False) -> None:
        with mapped():
            if parents:
                self.client.makedirs(self._paths.full(path), exist_ok=exist_ok)
            elif exist_ok:
                raise NotOffered("makedirs makes the parents too")
            else:
                self.client.mkdir(self._paths.full(path), create_parents=False)

    def list(self, path: str, *, recursive: bool = False) -> Fields:
        full = self._paths.full(path)
        with mapped():
            if recursive:
                return self._paths.entries(self.client.find(full, withdirs=True, detail=True).values(), below=path)
            return self._paths.entries(self.client.ls(full, detail=True))

    def delete(self, path: str) -> None:
        with mapped():
            self.client.rm_file(self._paths.full(path))

    def delete_directory(self, path: str) -> None:
        with mapped():
            self.client.rmdir(self._paths.inner(path))

    def delete_tree(self, path: str) -> None:
        with mapped():
            self.client.rm(self._paths.inner(path), recursive=True)

    def move(self, source: str, target: str, *, overwrite: bool = False) -> None:
        is_offered(overwrite=overwrite)
        with mapped():
            self.client.mv(self._paths.inner(source), self._paths.full(target), recursive=True)

    def copy(self, source: str, target: str, *, overwrite: bool = False) -> None:
        is_offered(overwrite=overwrite)
        with mapped():
            self.client.cp_file(self._paths.inner(source), self._paths.full(target))

    def metadata(self, path: str) -> Fields:
        self._paths.metadata_word()
        with mapped():
            return metadata_of(self.client.metadata(self._paths.full(path)))


class AsyncFileSystem:
    """The operations of ``file_system`` below a folder, as coroutines; fsspec has none that appends.

    Attributes:
        client: The filesystem of fsspec.
        setup: Source that makes one, and a folder; empty where there is none.
        setup_names: What ``setup`` has variables for.
    """

    def __init__(self, client: Any, paths: Paths, *, setup: Setup | None = None) -> None:
        """Take a filesystem and where to work."""
        self.client = client
        self.setup, self.setup_names = setup or Setup()
        self._paths = paths

    async def write(
        self, path: str, data: bytes, *, overwrite: bool = True, metadata: Mapping[str, str] | None = None
    ) -> None:
        wanted = self._paths.writing(overwrite=overwrite, metadata=metadata)
        with mapped():
            await self.client._pipe_file(self._paths.full(path), data, **wanted)

    async def read(self, path: str, *, start: int | None = None, end: int | None = None) -> Fields:
        with mapped():
            return {"data": bytes(await self.client._cat_file(self._paths.full(path), start=start, end=end))}

    async def stat(self, path: str) -> Fields:
        with mapped():
            return stat_of(await self.client._info(self._paths.full(path)))

    async def probe(self, path: str) -> Fields:
        full = self._paths.full(path)
        with mapped():
            return {
                "exists": await self.client._exists(full),
                "is_file": await self.client._isfile(full),
                "is_directory": await self.client._isdir(full),
            }

    async def make_directory(self, path: str, *, parents: bool = False, exist_ok: bool = False) -> None:
        with mapped():
            if parents:
                await self.client._makedirs(self._paths.full(path), exist_ok=exist_ok)
            elif exist_ok:
                raise NotOffered("makedirs makes the parents too")
            else:
                await self.client._mkdir(self._paths.full(path), create_parents=False)

    async def list(self, path: str, *, recursive: bool = False) -> Fields:
        full = self._paths.full(path)
        with mapped():
            if recursive:
                found = await self.client._find(full, withdirs=True, detail=True)
                return self._paths.entries(found.values(), below=path)
            return self._paths.entries(await self.client._ls(full, detail=True))

    async def delete(self, path: str) -> None:
        with mapped():
            await self.client._rm_file(self._paths.full(path))

    async def delete_tree(self, path: str) -> None:
        with mapped():
            await self.client._rm(self._paths.inner(path), recursive=True)

    async def move(self, source: str, target: str, *, overwrite: bool = False) -> None:
        is_offered(overwrite=overwrite)
        with mapped():
            await self.client._mv_file(self._paths.inner(source), self._paths.full(target))

    async def copy(self, source: str, target: str, *, overwrite: bool = False) -> None:
        is_offered(overwrite=overwrite)
        with mapped():
            await self.client._cp_file(self._paths.inner(source), self._paths.full(target))

    async def metadata(self, path: str) -> Fields:
        self._paths.metadata_word()
        with mapped():
            return metadata_of(await self.client._metadata(self._paths.full(path)))
