"""Mutants of the driver for boto3: a method of the client that sends something else, or answers something else."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tests.slow.mutation.planting import (
    MIB,
    DriverMutant,
    answers,
    does_nothing,
    edits,
    lacks,
    put_in,
    sends,
    shifted,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.slow.mutation.planting import Change

FIXTURES = ("s3_objects_moto_boto3_replay", "s3_objects_seaweedfs_boto3_replay")
KEYED = ("put_object", "get_object", "head_object", "delete_object", "copy_object", "create_multipart_upload")


def _mutant(name: str, operations: str, **changes: Change) -> DriverMutant:
    return DriverMutant(name, tuple(operations.split()), lambda subject: put_in(subject, "client", changes))


def _suffix_as_prefix(header: str) -> str:
    return f"bytes=0-{int(header.removeprefix('bytes=-')) - 1}" if header.startswith("bytes=-") else header


def _body_cut(answer: dict[str, Any]) -> dict[str, Any]:
    return answer | {"Body": io.BytesIO(answer["Body"].read()[: 8 * MIB])}


def _copy_of_the_target(wanted: dict[str, Any]) -> None:
    wanted["CopySource"] = wanted["CopySource"] | {"Key": wanted["Key"]}


def _with_code(change: Callable[[str], str]) -> Change:
    """Return a change of the code of an error."""

    def changed(call: Callable[..., Any], **wanted: Any) -> Any:
        try:
            return call(**wanted)
        except ClientError as error:
            error.response["Error"]["Code"] = change(error.response["Error"]["Code"])
            raise

    return changed


def _empty_where_missing(call: Callable[..., Any], **wanted: Any) -> Any:
    try:
        return call(**wanted)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        return {"Body": io.BytesIO()}


def _parts_reversed(upload: dict[str, Any]) -> dict[str, Any]:
    return {"Parts": upload["Parts"][::-1]}


def _aborts_by_completing(call: Callable[..., Any], **wanted: Any) -> Any:
    client = call.__self__  # type: ignore[attr-defined]  # a bound method
    found = client.list_parts(**wanted).get("Parts", [])
    parts = [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in found]
    return client.complete_multipart_upload(**wanted, MultipartUpload={"Parts": parts})


def _without_last_key(answer: dict[str, Any]) -> dict[str, Any]:
    return answer | {"Contents": answer.get("Contents", [])[:-1]}


PLUS_AS_SPACE = dict.fromkeys(KEYED, edits("Key", lambda key: key.replace("+", " ")))

MUTANTS = (
    _mutant("a range ends one byte late", "get", get_object=edits("Range", lambda each: shifted(each, end=1))),
    _mutant("a range starts one byte late", "get", get_object=edits("Range", lambda each: shifted(each, start=1))),
    _mutant("the last bytes are the first", "get", get_object=edits("Range", _suffix_as_prefix)),
    _mutant("a payload is sent reversed", "put", put_object=edits("Body", lambda data: data[::-1])),
    _mutant("a payload is cut at 8 MiB when it is read", "get", get_object=answers(_body_cut)),
    _mutant("metadata are lost", "put metadata", put_object=lacks("Metadata")),
    _mutant("metadata of an upload in parts are lost", "start_upload", create_multipart_upload=lacks("Metadata")),
    _mutant("a copy reads its target", "copy", copy_object=sends(_copy_of_the_target)),
    _mutant("a copy does not replace metadata", "copy", copy_object=lacks("MetadataDirective")),
    _mutant("a delete does nothing", "delete", delete_object=does_nothing),
    _mutant("a page has one key more", "page", list_objects_v2=edits("MaxKeys", lambda size: size + 1)),
    _mutant("a token is ignored", "page list", list_objects_v2=lacks("ContinuationToken")),
    _mutant("start_after is ignored", "list page", list_objects_v2=lacks("StartAfter")),
    _mutant("a listing lacks its last key", "list", list_objects_v2=answers(_without_last_key)),
    _mutant("a missing object is read as empty", "get", get_object=_empty_where_missing),
    _mutant(
        "a failed condition is told as not found",
        "put",
        put_object=_with_code(lambda code: "NoSuchKey" if code == "PreconditionFailed" else code),
    ),
    _mutant("create_only is not sent", "put", put_object=lacks("IfNoneMatch")),
    _mutant(
        "parts are completed in reverse",
        "complete_upload",
        complete_multipart_upload=edits("MultipartUpload", _parts_reversed),
    ),
    _mutant("an abort completes", "abort_upload", abort_multipart_upload=_aborts_by_completing),
    _mutant("a plus in a key is a space", "put get", **PLUS_AS_SPACE),
)
