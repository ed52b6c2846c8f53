"""The contracts ``object_store`` and ``file_system`` through obstore.

Its client is not Python, so that nothing of it can be recorded in process. It lists by whole segments of paths and
pages by itself, and deletes and copies without conditions; what it cannot say is not offered.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import obstore
from obstore.fsspec import FsspecStore
from obstore.store import LocalStore, MemoryStore, S3Store

from conformance.contract._api import NotOffered
from conformance.contract.drivers._fsspec_setups import obstore_setup
from conformance.contract.drivers._obstore import bucket_of, mapped, settings_of, store_of
from conformance.contract.drivers.fsspec import opened_at
from conformance.trace import Chosen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.contract import Opening
    from conformance.contract.drivers.fsspec import FileSystem

    Fields = dict[str, Any]

CONTENT_TYPE = "Content-Type"


@contextmanager
def object_store(opening: Opening) -> Iterator[ObjectStore]:
    """Open a new store, and remove it with all it holds.

    Options: ``store`` (``memory``, ``local`` or ``s3``); for ``s3`` also ``endpoint``, ``region``, ``access_key``,
    ``secret_key``, ``bucket``.
    """
    match store_of(opening):
        case "memory":
            yield ObjectStore(MemoryStore())
        case "local":
            with tempfile.TemporaryDirectory(prefix="conformance-", ignore_cleanup_errors=True) as folder:
                yield ObjectStore(LocalStore(folder), is_ordered=False)
        case _:
            with bucket_of(opening) as (connection, place):
                store = S3Store(place.bucket, prefix=place.prefix or None, **settings_of(connection))
                try:
                    yield ObjectStore(store)
                finally:
                    with suppress(Exception):  # a program may have removed the bucket
                        obstore.delete(store, [each["path"] for each in obstore.list(store).collect()])


@contextmanager
def file_system(opening: Opening) -> Iterator[FileSystem]:
    """Open a new folder of obstore's filesystem for fsspec; the options are the same."""
    match store_of(opening):
        case "memory":
            with opened_at(_files("memory"), "", protocol="obstore", setup=obstore_setup("memory", "")) as subject:
                yield subject
        case "local":
            with (
                tempfile.TemporaryDirectory(prefix="conformance-", ignore_cleanup_errors=True) as folder,
                opened_at(_files("file"), folder, protocol="file", setup=obstore_setup("file", folder)) as subject,
            ):
                yield subject
        case _:
            with bucket_of(opening) as (connection, place):
                files = _files("s3", **settings_of(connection))
                root = f"{place.bucket}/{place.prefix}".rstrip("/")
                setup = obstore_setup("s3", root, connection, place)
                with opened_at(files, root, protocol="obstore", setup=setup) as subject:
                    yield subject


def _files(protocol: str, **settings: Any) -> Any:
    """Return a filesystem that remembers nothing of any other."""
    make: Any = FsspecStore
    return make(protocol, skip_instance_cache=True, **settings)


class ObjectStore:
    """The operations of ``object_store`` on a store; the contract says what each is to do.

    Attributes:
        client: The store.
    """

    def __init__(self, client: Any, *, is_ordered: bool = True) -> None:
        """Take a store, and whether its order means anything."""
        self.client = client
        self._is_ordered = is_ordered

    def put(
        self,
        key: str,
        data: bytes,
        *,
        metadata: Mapping[str, str] | None = None,
        content_type: str | None = None,
        if_match: str | None = None,
        create_only: bool = False,
    ) -> Fields:
        if create_only and if_match is not None:
            raise NotOffered("obstore takes one condition of a put")
        mode: Any = "create" if create_only else {"e_tag": if_match} if if_match is not None else None
        attributes = dict(metadata or {}) | ({} if content_type is None else {CONTENT_TYPE: content_type})
        wanted = {"mode": mode, "attributes": attributes or None}
        with mapped():
            answer = obstore.put(
                self.client,
                key,
                data,
                use_multipart=False,
                **{name: each for name, each in wanted.items() if each is not None},
            )
            return {"etag": Chosen(str(answer["e_tag"]))}

    def get(
        self,
        key: str,
        *,
        start: int | None = None,
        end: int | None = None,
        last: int | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
    ) -> Fields:
        with mapped():
            found = self._get(key, range=_range(start, end, last), if_match=if_match, if_none_match=if_none_match)
            return {"data": bytes(found.bytes())}

    def head(self, key: str, *, if_match: str | None = None, if_none_match: str | None = None) -> Fields:
        with mapped():
            if if_match is None and if_none_match is None:
                found = obstore.head(self.client, key)
            else:
                found = self._get(key, head=True, if_match=if_match, if_none_match=if_none_match).meta
            return {"size": found["size"], "etag": Chosen(str(found["e_tag"]))}

    def metadata(self, key: str) -> Fields:
        with mapped():
            attributes = self._get(key, head=True).attributes
        known = (CONTENT_TYPE, "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language")
        return {"metadata": {name.lower(): value for name, value in attributes.items() if name not in known}}

    def content_type(self, key: str) -> Fields:
        with mapped():
            return {"content_type": self._get(key, head=True).attributes.get(CONTENT_TYPE, "")}

    def delete(self, key: str, *, if_match: str | None = None) -> None:
        _refuse(if_match=if_match)
        with mapped():
            obstore.delete(self.client, key)

    def delete_many(self, keys: Sequence[str]) -> Fields:
        with mapped():
            obstore.delete(self.client, keys)
        return {"refused": {}}

    def copy(
        self, source: str, target: str, *, metadata: Mapping[str, str] | None = None, if_match: str | None = None
    ) -> None:
        _refuse(metadata=metadata, if_match=if_match)
        with mapped():
            obstore.copy(self.client, source, target)

    def list(
        self,
        *,
        prefix: str | None = None,
        delimiter: str | None = None,
        start_after: str | None = None,
        page_size: int | None = None,
    ) -> Fields:
        _refuse(page_size=page_size)
        if prefix and not prefix.endswith("/"):
            raise NotOffered("a prefix of obstore is whole segments of a path")
        if delimiter is None:
            with mapped():
                found = obstore.list(self.client, prefix, offset=start_after).collect()
            return {"keys": self._ordered([each["path"] for each in found]), "prefixes": []}
        _refuse(start_after=start_after, delimiter=None if delimiter == "/" else delimiter)
        with mapped():
            answer = obstore.list_with_delimiter(self.client, prefix)
        keys = [each["path"] for each in answer["objects"]]
        return {
            "keys": self._ordered(keys),
            "prefixes": self._ordered([f"{each}/" for each in answer["common_prefixes"]]),
        }

    def _ordered(self, names: Sequence[str]) -> Sequence[str]:
        """Return names in their order, or sorted where they come as the disk has them."""
        return names if self._is_ordered else sorted(names)

    def _get(self, key: str, **options: Any) -> Any:
        given: Any = {name: value for name, value in options.items() if value is not None}
        return obstore.get(self.client, key, options=given)


def _range(start: int | None, end: int | None, last: int | None) -> Any:
    """Return the option of a half-open range or of the last bytes; None for everything.

    Raises:
        NotOffered: The range is empty: obstore takes none.
    """
    if last is not None:
        return {"suffix": last}
    if end is not None and end <= (start or 0):
        raise NotOffered("obstore takes no empty range")
    if end is not None:
        return (start or 0, end)
    return None if start is None else {"offset": start}


def _refuse(**arguments: Any) -> None:
    """Refuse arguments that obstore has no word for.

    Raises:
        NotOffered: One is given.
    """
    for name, value in arguments.items():
        if value is not None:
            raise NotOffered(f"obstore has no {name} here")
