"""The drivers of boto3 and aiobotocore, on moto."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import boto3 as boto3_client
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.contract import Unreachable
from conformance.contract.drivers import aiobotocore, boto3
from conformance.trace import Chosen
from tests.backends.services import Endpoint
from tests.contract.drivers.openings import Given, opened

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

    from conformance.contract import Call

FACTORIES = {"boto3": boto3.object_store, "aiobotocore": aiobotocore.object_store}
KEPT = "kept"
LISTING = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def client(moto_server: Endpoint) -> Any:
    found = boto3_client.client(
        "s3",
        endpoint_url=f"http://{moto_server.netloc}",
        region_name="us-east-1",
        aws_access_key_id="other",
        aws_secret_access_key="other",
    )
    yield found
    found.close()


@pytest.fixture(params=list(FACTORIES))
def factory(request: pytest.FixtureRequest) -> Any:
    return FACTORIES[request.param]


@pytest.fixture(params=["own", "shared"])
def place(request: pytest.FixtureRequest, moto_server: Endpoint, client: Any) -> Given:
    """Return an opening on a bucket of its own, and one on a bucket that holds something already."""
    if request.param == "own":
        return Given(server=moto_server)
    client.create_bucket(Bucket="shared")
    client.put_object(Bucket="shared", Key=KEPT, Body=b"kept")
    return Given({"bucket": "shared"}, moto_server)


@pytest.fixture
def call(factory: Any, moto_server: Endpoint, loop: asyncio.AbstractEventLoop) -> Iterator[Call]:
    with opened(factory, Given(server=moto_server), loop) as (_, found):
        yield found


def done(call: Call, op: str, **args: Any) -> Any:
    outcome = call(op, args)
    assert outcome.is_ok, outcome
    return outcome.value


def failed(call: Call, op: str, **args: Any) -> str:
    outcome = call(op, args)
    assert outcome.value is None
    return outcome.error


def test_what_is_put_is_got_whole_and_in_ranges(call: Call) -> None:
    assert isinstance(done(call, "put", key="d/a b?é", data=b"abcdef")["etag"], Chosen)
    assert done(call, "get", key="d/a b?é") == {"data": b"abcdef"}
    assert done(call, "get", key="d/a b?é", start=2, end=4) == {"data": b"cd"}
    assert done(call, "get", key="d/a b?é", start=4) == {"data": b"ef"}
    assert done(call, "get", key="d/a b?é", end=99) == {"data": b"abcdef"}
    assert done(call, "get", key="d/a b?é", last=2) == {"data": b"ef"}


def test_size_etag_metadata_and_content_type_are_those_of_the_put(call: Call) -> None:
    etag = done(call, "put", key="a", data=b"abc", metadata={"One": "1"}, content_type="text/x")["etag"]
    assert done(call, "head", key="a") == {"size": 3, "etag": etag}
    assert done(call, "metadata", key="a") == {"metadata": {"one": "1"}}
    assert done(call, "content_type", key="a") == {"content_type": "text/x"}


def test_a_copy_keeps_the_metadata_or_takes_what_is_given(call: Call) -> None:
    done(call, "put", key="a", data=b"abc", metadata={"one": "1"})
    assert done(call, "copy", source="a", target="b") == {}
    assert done(call, "copy", source="a", target="c", metadata={"two": "2"}) == {}
    assert done(call, "metadata", key="b") == {"metadata": {"one": "1"}}
    assert done(call, "metadata", key="c") == {"metadata": {"two": "2"}}
    assert done(call, "get", key="c") == {"data": b"abc"}


def test_conditions_are_those_of_the_etag(call: Call) -> None:
    old = done(call, "put", key="a", data=b"old")["etag"].text
    new = done(call, "put", key="a", data=b"new", if_match=old)["etag"].text
    assert failed(call, "put", key="a", data=b"x", if_match=old) == "precondition_failed"
    assert failed(call, "put", key="a", data=b"x", create_only=True) == "already_exists"
    assert failed(call, "get", key="a", if_match=old) == "precondition_failed"
    assert failed(call, "get", key="a", if_none_match=new) == "not_modified"
    assert failed(call, "head", key="a", if_match=old) == "precondition_failed"
    assert failed(call, "head", key="a", if_none_match=new) == "not_modified"
    assert failed(call, "delete", key="a", if_match=old) == "precondition_failed"
    assert done(call, "get", key="a", if_match=new, if_none_match=old) == {"data": b"new"}
    assert done(call, "delete", key="a", if_match=new) == {}
    assert failed(call, "head", key="a") == "not_found"


def test_many_are_deleted_in_one_call(call: Call) -> None:
    for key in "abc":
        done(call, "put", key=key, data=b"")
    assert done(call, "delete_many", keys=["a", "c", "missing"]) == {"refused": {}}
    assert done(call, "list")["keys"] == ["b"]


@LISTING
@given(
    keys=st.sets(st.text("ab/é %", min_size=1, max_size=4).filter(lambda key: ".." not in key), max_size=5),
    size=st.integers(1, 3),
)
def test_pages_join_to_the_listing(
    factory: Any, moto_server: Endpoint, loop: asyncio.AbstractEventLoop, keys: set[str], size: int
) -> None:
    with opened(factory, Given(server=moto_server), loop) as (_, call):
        for key in sorted(keys):
            done(call, "put", key=key, data=b"")
        listing = done(call, "list")
        assert listing == {"keys": sorted(keys), "prefixes": []}
        assert done(call, "list", page_size=size) == listing
        joined: list[str] = []
        token: dict[str, str] = {}
        while True:
            page = done(call, "page", size=size, **token)
            assert len(page["keys"]) <= size
            joined += page["keys"]
            if "next" not in page:
                break
            token = {"token": page["next"].text}
        assert joined == listing["keys"]


def test_a_listing_is_by_prefix_and_start(factory: Any, place: Given, loop: asyncio.AbstractEventLoop) -> None:
    with opened(factory, place, loop) as (_, call):
        for key in ("a/1", "a/2", "a/b/3", "c"):
            done(call, "put", key=key, data=b"")
        assert done(call, "list", delimiter="/") == {"keys": ["c"], "prefixes": ["a/"]}
        assert done(call, "list", prefix="a/", delimiter="/") == {"keys": ["a/1", "a/2"], "prefixes": ["a/b/"]}
        assert done(call, "list", prefix="a", start_after="a/1") == {"keys": ["a/2", "a/b/3"], "prefixes": []}
        assert done(call, "list") == {"keys": ["a/1", "a/2", "a/b/3", "c"], "prefixes": []}
        assert done(call, "page", size=9, prefix="a/b", start_after="a/2") == {"keys": ["a/b/3"], "prefixes": []}


def test_parts_make_an_object(call: Call) -> None:
    upload = done(call, "start_upload", key="a", metadata={"one": "1"})["upload"].text
    data = {1: b"x" * (5 << 20), 2: b"y"}
    parts = [
        {"number": number, "part": done(call, "upload_part", key="a", upload=upload, number=number, data=part)["part"]}
        for number, part in data.items()
    ]
    sizes = [{"number": number, "size": len(part)} for number, part in data.items()]
    assert done(call, "list_parts", key="a", upload=upload) == {"parts": sizes}
    told = [part | {"part": part["part"].text} for part in parts]
    etag = done(call, "complete_upload", key="a", upload=upload, parts=told)["etag"]
    assert done(call, "head", key="a") == {"size": (5 << 20) + 1, "etag": etag}
    assert done(call, "get", key="a", last=2) == {"data": b"xy"}
    assert done(call, "metadata", key="a") == {"metadata": {"one": "1"}}


def test_uploads_are_refused_in_the_words_of_the_contract(call: Call) -> None:
    upload = done(call, "start_upload", key="a")["upload"].text
    parts = [
        {
            "number": number,
            "part": done(call, "upload_part", key="a", upload=upload, number=number, data=b"x")["part"].text,
        }
        for number in (1, 2)
    ]
    assert failed(call, "complete_upload", key="a", upload=upload, parts=parts) == "part_too_small"
    assert (
        failed(call, "complete_upload", key="a", upload=upload, parts=[{"number": 1, "part": '"x"'}]) == "invalid_part"
    )
    assert failed(call, "complete_upload", key="a", upload=upload, parts=[]) == "invalid_argument"
    assert done(call, "abort_upload", key="a", upload=upload) == {}
    assert failed(call, "abort_upload", key="a", upload=upload) == "no_upload"
    assert failed(call, "list_parts", key="a", upload=upload) == "no_upload"


def test_what_is_not_there_is_not_found(call: Call) -> None:
    for op in ("get", "head", "metadata", "content_type"):
        assert failed(call, op, key="missing") == "not_found"
    assert failed(call, "copy", source="missing", target="a") == "not_found"
    assert failed(call, "put", key="missing", data=b"", if_match='"x"') == "not_found"
    assert done(call, "delete", key="missing") == {}


def test_a_range_past_the_end_is_refused(call: Call) -> None:
    done(call, "put", key="a", data=b"abc")
    outcome = call("get", {"key": "a", "start": 3})
    assert (outcome.error, outcome.status, outcome.code) == ("invalid_range", 416, "InvalidRange")


def test_a_service_that_fails_is_a_finding(call: Call, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, logger="werkzeug")
    outcome = call("upload_part", {"key": "a", "upload": "none", "number": 1, "data": b""})
    assert (outcome.error, outcome.status) == ("server_error", 500)


def test_what_the_client_does_not_send_is_not_offered(call: Call) -> None:
    assert failed(call, "put", key="a", data=b"", metadata={"a": "é"}) == "not_offered"
    assert failed(call, "get", key="a", start=1, end=1) == "not_offered"


def test_an_empty_key_is_not_offered(factory: Any, moto_server: Endpoint, loop: asyncio.AbstractEventLoop) -> None:
    with opened(factory, Given(server=moto_server), loop) as (_, call):
        assert failed(call, "get", key="") == "not_offered"


def test_the_bucket_can_go_while_it_is_in_use(
    factory: Any, moto_server: Endpoint, client: Any, loop: asyncio.AbstractEventLoop
) -> None:
    with opened(factory, Given(server=moto_server), loop) as (_, call):
        (bucket,) = [each["Name"] for each in client.list_buckets()["Buckets"] if each["Name"] != "shared"]
        client.delete_bucket(Bucket=bucket)
        assert failed(call, "put", key="a", data=b"") == "no_container"
        assert failed(call, "list") == "no_container"


def test_nothing_is_left_of_what_a_program_leaves(
    factory: Any, place: Given, client: Any, loop: asyncio.AbstractEventLoop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, logger="werkzeug")
    with opened(factory, place, loop) as (_, call):
        for key in (
            "a",
            "a//b",
            "d/",
            "/",
            "é",
            "\x01",
        ):  # no list of keys can name the last one: XML has no such character
            done(call, "put", key=key, data=b"x")
        done(call, "start_upload", key="left")
    left = [each["Name"] for each in client.list_buckets()["Buckets"]]
    assert left in ([], ["shared"])
    if "bucket" in place.options:
        assert [each["Key"] for each in client.list_objects_v2(Bucket="shared")["Contents"]] == [KEPT]
        assert "Uploads" not in client.list_multipart_uploads(Bucket="shared")


def test_a_program_does_not_fail_for_what_cannot_be_removed(
    factory: Any, moto_server: Endpoint, client: Any, loop: asyncio.AbstractEventLoop
) -> None:
    with opened(factory, Given(server=moto_server), loop) as (subject, call):
        (bucket,) = [each["Name"] for each in client.list_buckets()["Buckets"] if each["Name"] != "shared"]
        client.delete_bucket(Bucket=bucket)
        subject.client = None
        assert failed(call, "list") == "leaked"


def test_two_openings_do_not_meet(factory: Any, place: Given, loop: asyncio.AbstractEventLoop) -> None:
    with opened(factory, place, loop) as (_, one), opened(factory, place, loop) as (_, other):
        done(one, "put", key="a", data=b"one")
        assert failed(other, "get", key="a") == "not_found"
        assert done(other, "list") == {"keys": [], "prefixes": []}
        done(other, "put", key="a", data=b"other")
        assert done(one, "get", key="a") == {"data": b"one"}


def test_a_server_that_is_not_there_is_unreachable(factory: Any, loop: asyncio.AbstractEventLoop) -> None:
    nowhere = Endpoint("127.0.0.1:9")
    with opened(factory, Given({"bucket": "shared"}, nowhere), loop) as (_, call), pytest.raises(Unreachable):
        call("get", {"key": "a"})
    with pytest.raises(Unreachable), opened(factory, Given(server=nowhere), loop):
        pass
