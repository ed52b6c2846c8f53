"""The arguments and answers of S3 operations, the same for boto3 and aiobotocore."""

from __future__ import annotations

from typing import Any

from tests.backends.object_store import Info


def put_arguments(
    *,
    metadata: dict[str, str] | None = None,
    content_type: str | None = None,
    if_match: str | None = None,
    is_new: bool = False,
) -> dict[str, Any]:
    """Return the arguments of put_object beside bucket, key and body."""
    wanted = {
        "Metadata": metadata,
        "ContentType": content_type,
        "IfMatch": if_match,
        "IfNoneMatch": "*" if is_new else None,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def range_of(start: int | None, end: int | None) -> dict[str, str]:
    """Return the Range argument of a half-open range; a negative start counts from the end."""
    if start is None and end is None:
        return {}
    if start is not None and start < 0:
        return {"Range": f"bytes={start}"}
    return {"Range": f"bytes={start or 0}-{'' if end is None else end - 1}"}


def conditions(*, if_match: str | None = None, if_none_match: str | None = None) -> dict[str, str]:
    """Return the condition arguments of get_object."""
    wanted = {"IfMatch": if_match, "IfNoneMatch": if_none_match}
    return {name: value for name, value in wanted.items() if value is not None}


def copy_source(bucket: str, key: str) -> dict[str, str]:
    """Return the source of copy_object."""
    return {"Bucket": bucket, "Key": key}


def object_of(answer: dict[str, Any]) -> Info:
    """Return what head_object tells."""
    metadata = {name.lower(): value for name, value in answer.get("Metadata", {}).items()}
    return Info(answer["ContentLength"], answer["ETag"], answer.get("ContentType"), metadata)


def page_of(answer: dict[str, Any]) -> list[str]:
    """Return the keys of one page of list_objects_v2."""
    return [item["Key"] for item in answer.get("Contents", [])]
