"""Mutants of the driver for azure-storage-blob: a client that sends something else, or answers something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azure.core.exceptions import ResourceNotFoundError

from tests.slow.mutation.planting import (
    MIB,
    DriverMutant,
    answers,
    does_nothing,
    edits,
    lacks,
    put_in,
    sends,
    swallows,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.slow.mutation.planting import Change

FIXTURES = ("blob_objects_azurite_sync_replay",)
MAKER = "get_blob_client"
LISTINGS = ("list_blobs", "walk_blobs")


def _mutant(name: str, operations: str, **changes: Change) -> DriverMutant:
    return DriverMutant(
        name, tuple(operations.split()), lambda subject: put_in(subject, "client", changes, makers=[MAKER])
    )


def _length_is_the_end(wanted: dict[str, Any]) -> None:
    if "length" in wanted:
        wanted["length"] += wanted["offset"]


class _Reversed:
    """A download that hands its bytes over backwards."""

    def __init__(self, download: Any) -> None:
        self._download = download

    def readall(self) -> bytes:
        return bytes(self._download.readall())[::-1]


class _Empty:
    """A download of nothing."""

    def readall(self) -> bytes:
        return b""


def _cut(call: Callable[..., Any], data: bytes, **wanted: Any) -> Any:
    return call(data[: 4 * MIB], **wanted)


def _names_in_upper_case(found: Any) -> Any:
    found.metadata = {name.upper(): value for name, value in found.metadata.items()}
    return found


def _without_quotes(found: Any) -> Any:
    return found | {"etag": found["etag"].strip('"')}


def _copy_of_another(call: Callable[..., Any], source: str, **wanted: Any) -> Any:
    return call(source[:-1], **wanted)


class _Unpaged:
    """A listing that knows no token: each page asked for is the first."""

    def __init__(self, items: Any) -> None:
        self._items = items

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def by_page(self, continuation_token: str | None = None) -> Any:  # noqa: ARG002  (the fault)
        return self._items.by_page()


def _listed_flat(call: Callable[..., Any], *, delimiter: str, **wanted: Any) -> Any:
    del delimiter
    return call.__self__.list_blobs(**wanted)  # type: ignore[attr-defined]  # a bound method


def _blocks_reversed(call: Callable[..., Any], blocks: list[Any], **wanted: Any) -> Any:
    return call(blocks[::-1], **wanted)


def _first_kept(call: Callable[..., Any], *names: str, **wanted: Any) -> Any:
    return call(*names[1:], **wanted)


def _named(edit: Callable[[str], str]) -> Change:
    return lambda call, name: call(edit(name))


def _without_condition(wanted: dict[str, Any]) -> None:
    wanted.pop("etag", None)
    wanted.pop("match_condition", None)


MUTANTS = (
    _mutant("the end of a range is sent as its length", "get", download_blob=sends(_length_is_the_end)),
    _mutant("two slashes of a key are one", "put", get_blob_client=_named(lambda key: key.replace("//", "/"))),
    _mutant("a payload is read reversed", "get", download_blob=answers(_Reversed)),
    _mutant("a payload is cut at 4 MiB when it is sent", "put", upload_blob=_cut),
    _mutant("names of metadata are in upper case", "metadata", get_blob_properties=answers(_names_in_upper_case)),
    _mutant("the content type is lost", "put content_type", upload_blob=lacks("content_settings")),
    _mutant("a condition of a write is not sent", "put", upload_blob=sends(_without_condition)),
    _mutant("an ETag has lost its quotes", "put", upload_blob=answers(_without_quotes)),
    _mutant("a copy reads another blob", "copy", start_copy_from_url=_copy_of_another),
    _mutant("a copy does not replace metadata", "copy", start_copy_from_url=lacks("metadata")),
    _mutant("a delete does nothing", "delete", delete_blob=does_nothing),
    _mutant("a batch spares its first key", "delete_many", delete_blobs=_first_kept),
    _mutant(
        "a page has one key less", "list page", **dict.fromkeys(LISTINGS, edits("results_per_page", lambda n: n - 1))
    ),
    _mutant("a token is ignored", "page", **dict.fromkeys(LISTINGS, answers(_Unpaged))),
    _mutant("a prefix is ignored", "list page", **dict.fromkeys(LISTINGS, lacks("name_starts_with"))),
    _mutant("a delimiter is ignored", "list page", walk_blobs=_listed_flat),
    _mutant("a missing blob is read as empty", "get", download_blob=swallows(ResourceNotFoundError, _Empty)),
    _mutant("create_only overwrites", "put", upload_blob=sends(lambda wanted: wanted.update(overwrite=True))),
    _mutant("a condition of a read is not sent", "get", download_blob=sends(_without_condition)),
    _mutant("blocks are committed in reverse", "complete_upload", commit_block_list=_blocks_reversed),
)
