"""The bugs that remote-store's Azure backends had, put back into either: each must turn the guard of its bug red.

A mutant changes the backend of the subject that it is given, for as long as that lives. Other clients have no such bug:
to them it does not apply.
"""

from __future__ import annotations

import inspect
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from remote_store import AlreadyExists, InvalidPath, NotFound, RemoteStoreError
from remote_store.aio import AsyncAzureBackend
from remote_store.backends import AzureBackend

from conformance.contract import NotOffered
from tests.slow.mutation.planting import Changed, lacks, put_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.slow.mutation.planting import Change

    #: Surrounds a call, and is given its arguments.
    Around = Callable[..., AbstractContextManager[None]]
    #: Looks at what a call returned, and is given its arguments too.
    Check = Callable[..., None]

WRITES = ("write", "write_atomic")
TRANSFERS = ("move", "copy")


def directory_is_not_found(subject: Any) -> Any:
    """Have the properties of a directory refused as those of nothing (BUG-195)."""
    return _around(subject, ["get_file_info"], _raising({InvalidPath: NotFound}))


def failed_look_is_a_failed_write(subject: Any) -> Any:
    """Have an atomic write fail where the file could not be looked at after it was in place (BUG-196)."""

    def check(found: Any, path: str, *_: Any, **__: Any) -> None:
        if found.etag is None:
            raise NotFound(f"Not found: {path}", path=path, backend="azure")

    return _around(subject, ["write_atomic"], check=check)


def directory_is_read(subject: Any) -> Any:
    """Have a directory read as a file of no bytes (BUG-197)."""
    return _around(subject, ["read_bytes"], _flat(subject))


def directory_is_deleted(subject: Any) -> Any:
    """Have an empty directory deleted as a file (BUG-197)."""
    return _around(subject, ["delete"], _flat(subject))


def file_is_deleted_as_a_folder(subject: Any) -> Any:
    """Have a file taken for a folder where one is deleted (BUG-198)."""
    return _around(subject, ["delete_folder"], _all_are_folders(subject))


def file_is_counted_as_a_folder(subject: Any) -> Any:
    """Have a file taken for a folder where what is in one is counted (BUG-198)."""
    return _around(subject, ["get_folder_info"], _all_are_folders(subject))


def directories_are_counted(subject: Any) -> Any:
    """Have directories counted among the files below one (BUG-199)."""
    return _around(subject, ["get_folder_info"], _flat(subject))


def source_is_refused_without_a_word(subject: Any) -> Any:
    """Have a directory refused as a source by an error that says nothing (BUG-200)."""
    return _around(subject, TRANSFERS, _raising({InvalidPath: RemoteStoreError}))


def directory_is_a_file_in_the_way(subject: Any) -> Any:
    """Have a directory refused as a target as if a file stood there (BUG-200)."""
    return _around(subject, TRANSFERS, _flat(subject))


def itself_is_in_the_way(subject: Any) -> Any:
    """Have a file refused where it is moved or copied onto itself, because something stands there (BUG-201)."""

    def check(_: Any, source: str, target: str, *, overwrite: bool = False) -> None:
        if source == target and not overwrite:
            raise AlreadyExists(f"Destination already exists: {target}", path=target, backend="azure")

    return _around(subject, TRANSFERS, check=check)


def flush_says_no_position(subject: Any) -> Any:
    """Have what was streamed flushed without where it ends (BUG-202)."""
    return _sending(subject, "fs", "get_file_client", flush_data=lambda call, *_, **wanted: call(None, **wanted))


def file_is_a_folder(subject: Any) -> Any:
    """Have a file taken for a folder where it is asked what stands at a path (BUG-203)."""
    return _around(subject, ["is_folder"], _all_are_folders(subject))


def directory_is_written(subject: Any) -> Any:
    """Have a file written where a directory stands, without a look (BUG-190)."""
    return _around(subject, WRITES, _flat(subject))


def root_is_asked_for(subject: Any) -> Any:
    """Have the root looked for as a directory, which the client of one cannot (BUG-213)."""
    backend = _backend_of(subject)

    @contextmanager
    def around(path: str) -> Iterator[None]:
        try:
            backend._fs.get_directory_client(path)
        except ValueError as error:
            raise RemoteStoreError(str(error), path=path, backend="azure") from error
        yield

    return _around(subject, ["get_folder_info"], around)


def payload_is_reversed(subject: Any) -> Any:
    """Have the bytes of an atomic write sent backwards."""
    return _sending(subject, "fs", "get_file_client", append_data=_reversed, upload_data=_reversed)


def another_file_is_renamed(subject: Any) -> Any:
    """Have another file put in place than the one that was written or is moved."""
    files = _backend_of(subject)._fs

    def renamed(call: Callable[..., Any], target: str) -> Any:
        source = call.__self__.path_name  # type: ignore[attr-defined]  # a bound method
        return files.get_file_client(f"{source}.other").rename_file(target)

    return _sending(subject, "fs", "get_file_client", rename_file=renamed)


def metadata_is_dropped(subject: Any) -> Any:
    """Have an atomic write leave its metadata out."""
    return _sending(subject, "fs", "get_file_client", create_file=lacks("metadata"), upload_data=lacks("metadata"))


def nothing_is_deleted(subject: Any) -> Any:
    """Have a file looked at and then left."""

    def left(call: Callable[..., Any]) -> Any:
        return _nothing() if inspect.iscoroutinefunction(call) else None

    return _sending(subject, "cc", "get_blob_client", delete_blob=left)


def _backend_of(subject: Any) -> Any:
    backend = getattr(subject, "client", None)
    if not isinstance(backend, (AzureBackend, AsyncAzureBackend)):
        raise NotOffered("it is a mutant of remote-store's Azure backends")
    return backend


def _around(
    subject: Any,
    names: tuple[str, ...] | list[str],
    around: Around = lambda *_, **__: nullcontext(),
    *,
    check: Check = lambda *_, **__: None,
) -> Any:
    backend = _backend_of(subject)
    for name in names:
        setattr(backend, name, _surrounded(getattr(backend, name), around, check))
    return subject


def _surrounded(call: Callable[..., Any], around: Around, check: Check) -> Callable[..., Any]:
    def plain(*args: Any, **wanted: Any) -> Any:
        with around(*args, **wanted):
            found = call(*args, **wanted)
            check(found, *args, **wanted)
            return found

    async def awaited(*args: Any, **wanted: Any) -> Any:
        with around(*args, **wanted):
            found = await call(*args, **wanted)
            check(found, *args, **wanted)
            return found

    return awaited if inspect.iscoroutinefunction(call) else plain


def _raising(others: dict[type[RemoteStoreError], type[RemoteStoreError]]) -> Around:
    """Return what has errors about the first path of a call be others."""

    @contextmanager
    def around(path: str, *_: Any, **__: Any) -> Iterator[None]:
        try:
            yield
        except RemoteStoreError as error:
            if type(error) not in others or error.path != path:
                raise
            raise others[type(error)](str(error), path=path, backend="azure") from error

    return around


def _flat(subject: Any) -> Around:
    """Return what has a call take the account for one without directories, where nothing is looked at first."""
    backend = _backend_of(subject)

    @contextmanager
    def around(*_: Any, **__: Any) -> Iterator[None]:
        backend._hns = False
        try:
            yield
        finally:
            backend._hns = True

    return around


def _all_are_folders(subject: Any) -> Around:
    """Return what has a call find the mark of a directory at whatever is there."""
    backend = _backend_of(subject)

    def marked(found: Any) -> Any:
        found.metadata = {**found.metadata, "hdi_isfolder": "true"}
        return found

    def changed(call: Callable[..., Any]) -> Any:
        found = call()
        return _then(found, marked) if inspect.isawaitable(found) else marked(found)

    def around(*_: Any, **__: Any) -> AbstractContextManager[None]:
        backend._fs  # noqa: B018  (it is made when it is first asked for)
        makers = ["get_directory_client"]
        return put_in(backend, "_fs_instance", {"get_directory_properties": changed}, makers=makers)

    return around


def _sending(subject: Any, client: str, maker: str, **changes: Change) -> Any:
    """Have the clients of single files that a client makes send something else."""
    backend = _backend_of(subject)
    setattr(backend, f"_{client}_instance", Changed(getattr(backend, f"_{client}"), changes, makers=[maker]))
    return subject


def _reversed(call: Callable[..., Any], data: bytes, **wanted: Any) -> Any:
    return call(data[::-1], **wanted)


async def _then(found: Any, edit: Callable[[Any], Any]) -> Any:
    return edit(await found)


async def _nothing() -> None:
    """Do nothing, as a coroutine."""
