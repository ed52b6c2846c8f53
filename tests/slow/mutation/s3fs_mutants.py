"""Mutants of the driver for fsspec over s3fs: of what s3fs is asked for, or of the client below it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from tests.slow.mutation.planting import DriverMutant, answers, edits, lacks, put_in, sends, shifted, swallows

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.slow.mutation.planting import Change

FIXTURES = ("s3_files_moto_s3fs_replay", "s3_files_seaweedfs_s3fs_replay")
KEYED = ("put_object", "get_object", "head_object", "delete_object", "copy_object")


def _mutant(name: str, operations: str, **changes: Change) -> DriverMutant:
    """Return a mutant of s3fs itself."""
    return DriverMutant(name, tuple(operations.split()), lambda subject: put_in(subject, "client", changes))


def _below(name: str, operations: str, **changes: Change) -> DriverMutant:
    """Return a mutant of the client of S3 that s3fs calls; its methods are coroutines."""
    return DriverMutant(name, tuple(operations.split()), lambda subject: put_in(subject.client, "_s3", changes))


def _answers_later(edit: Callable[[Any], Any]) -> Change:
    def change(call: Callable[..., Awaitable[Any]], **wanted: Any) -> Awaitable[Any]:
        async def answer() -> Any:
            return edit(await call(**wanted))

        return answer()

    return change


async def _does_nothing(**_wanted: Any) -> dict[str, Any]:
    return {}


def _first_words(answer: dict[str, Any]) -> dict[str, Any]:
    return answer | {"Metadata": {name: value.split()[0] for name, value in answer["Metadata"].items()}}


def _copy_of_the_target(wanted: dict[str, Any]) -> None:
    wanted["CopySource"] = wanted["CopySource"] | {"Key": wanted["Key"]}


def _back_again(call: Callable[..., Any], source: str, target: str, **wanted: Any) -> Any:
    return call(target, source, **wanted)


def _copies(call: Callable[..., Any], source: str, target: str, **wanted: Any) -> Any:
    return call.__self__.copy(source, target, **wanted)  # type: ignore[attr-defined]  # a bound method


def _starts_over(call: Callable[..., Any], path: str, mode: str) -> Any:
    return call(path, mode.replace("a", "w"))


def _denied(call: Callable[..., Any], *args: Any, **wanted: Any) -> Any:
    try:
        return call(*args, **wanted)
    except FileNotFoundError as error:
        raise PermissionError(str(error)) from error


def _decomposed(key: str) -> str:
    return unicodedata.normalize("NFD", key)


MUTANTS = (
    _below("a range ends one byte late", "read", get_object=edits("Range", lambda each: shifted(each, end=1))),
    _below("a range starts one byte late", "read", get_object=edits("Range", lambda each: shifted(each, start=1))),
    _below("a payload is sent without its last byte", "write", put_object=edits("Body", lambda data: data[:-1])),
    _mutant("a payload is read reversed", "read", cat_file=answers(lambda data: data[::-1])),
    _below("metadata are lost", "write metadata", put_object=lacks("Metadata")),
    _below("a value of metadata ends at a space", "metadata", head_object=_answers_later(_first_words)),
    _below("a copy reads its target", "copy", copy_object=sends(_copy_of_the_target)),
    _below("a copy has no metadata", "copy", copy_object=sends(lambda each: each.update(MetadataDirective="REPLACE"))),
    _mutant("a rename takes its target for its source", "move", mv=_back_again),
    _mutant("a rename leaves its source", "move", mv=_copies),
    _below("a delete does nothing", "delete", delete_object=lambda _call, **wanted: _does_nothing(**wanted)),
    _below(
        "the last file of a tree stays",
        "delete_tree",
        delete_objects=edits("Delete", lambda each: each | {"Objects": each["Objects"][:-1]}),
    ),
    _mutant("a listing lacks its last entry", "list", ls=answers(lambda entries: entries[:-1])),
    _below(
        "a folder has what begins alike",
        "list",
        list_objects_v2=edits("Prefix", lambda prefix: prefix.rstrip("/")),
    ),
    _below(
        "the size is one byte less",
        "stat",
        head_object=_answers_later(lambda answer: answer | {"ContentLength": answer["ContentLength"] - 1}),
    ),
    _mutant("a missing file is read as empty", "read", cat_file=swallows(FileNotFoundError, bytes)),
    _mutant("a missing file is told as denied", "stat", info=_denied),
    _below("create_only is not sent", "write", put_object=lacks("IfNoneMatch")),
    _mutant("an append starts over", "append", open=_starts_over),
    _below("a letter is taken apart", "write", **dict.fromkeys(KEYED, edits("Key", _decomposed))),
)
