"""A suite: each test runs once for every fixture of fixtures.toml that the run selects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from bucket import Bucket


def test_what_was_written_is_read(subject: Bucket) -> None:
    subject.call("put_object", Key="key", Body=b"some bytes")
    assert subject.call("get_object", Key="key")["Body"].read() == b"some bytes"


def test_a_range_is_the_slice(subject: Bucket) -> None:
    subject.call("put_object", Key="key", Body=b"0123456789")
    assert subject.call("get_object", Key="key", Range="bytes=2-5")["Body"].read() == b"2345"


def test_a_missing_key_is_an_error(subject: Bucket) -> None:
    with pytest.raises(ClientError, match="NoSuchKey"):
        subject.call("get_object", Key="nothing")


def test_creating_an_existing_key_is_refused(subject: Bucket) -> None:
    subject.call("put_object", Key="key", Body=b"old")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        subject.call("put_object", Key="key", Body=b"new", IfNoneMatch="*")


def test_a_folder_lists_keys_and_prefixes(subject: Bucket) -> None:
    for key in ("a/1", "a/2", "a/b/3", "c"):
        subject.call("put_object", Key=key, Body=b"x")
    listing = subject.call("list_objects_v2", Prefix="a/", Delimiter="/")
    assert [item["Key"] for item in listing["Contents"]] == ["a/1", "a/2"]
    assert [item["Prefix"] for item in listing["CommonPrefixes"]] == ["a/b/"]


def test_metadata_comes_back(subject: Bucket) -> None:
    subject.call("put_object", Key="key", Body=b"x", Metadata={"colour": "red"})
    assert subject.call("head_object", Key="key")["Metadata"] == {"colour": "red"}
