"""The drivers for azure-storage-blob, sync and asyncio, against Azurite."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from azure.storage.blob import BlobServiceClient

from conformance.contract import Call, Unreachable
from conformance.contract.drivers import azure_blob, azure_blob_aio
from conformance.contract.drivers._azure import EMULATOR_ACCOUNT, EMULATOR_KEY
from conformance.errors import DriverError
from conformance.trace import Chosen, Outcome
from tests.backends.services import Endpoint, azurite
from tests.contract.drivers.openings import Given, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

FACTORIES = {"sync": azure_blob.object_store, "aio": azure_blob_aio.object_store}
NO_SERVER = Endpoint("127.0.0.1:9")


@pytest.fixture(scope="module")
def server() -> Iterator[Endpoint]:
    with azurite() as found:
        yield found


@pytest.fixture(scope="module")
def service(server: Endpoint) -> Iterator[BlobServiceClient]:
    credential = {"account_name": EMULATOR_ACCOUNT, "account_key": EMULATOR_KEY}
    with BlobServiceClient(f"http://{server.netloc}/{EMULATOR_ACCOUNT}", credential=credential) as found:
        yield found


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    found = asyncio.new_event_loop()
    yield found
    found.close()


@pytest.fixture(params=list(FACTORIES))
def factory(request: pytest.FixtureRequest) -> Any:
    return FACTORIES[request.param]


@pytest.fixture(params=["own", "shared"])
def given(request: pytest.FixtureRequest, server: Endpoint, service: BlobServiceClient) -> Given:
    """Return an opening on a container of its own, and one on a container that holds something already."""
    if request.param == "own":
        return Given(server=server)
    container = service.get_container_client("shared")
    if not container.exists():
        container.create_container()
        container.upload_blob("kept", b"kept")
    return Given({"container": "shared"}, server)


@pytest.fixture
def call(factory: Any, given: Given, loop: asyncio.AbstractEventLoop) -> Iterator[Call]:
    with opened(factory, given, loop) as (_, found):
        yield found


def done(call: Call, op: str, **args: Any) -> Any:
    outcome = call(op, args)
    assert outcome.is_ok, outcome
    return outcome.value


def test_what_is_put_is_got_whole_and_in_ranges(call: Call) -> None:
    etag = done(call, "put", key="d/a b?é", data=b"abcdef", metadata={"one": "1"}, content_type="text/plain")["etag"]
    assert isinstance(etag, Chosen)
    assert done(call, "get", key="d/a b?é") == {"data": b"abcdef"}
    assert done(call, "get", key="d/a b?é", start=2, end=4) == {"data": b"cd"}
    assert done(call, "get", key="d/a b?é", start=4, end=99) == {"data": b"ef"}
    assert done(call, "get", key="d/a b?é", end=1) == {"data": b"a"}
    assert done(call, "head", key="d/a b?é") == {"size": 6, "etag": etag}
    assert done(call, "metadata", key="d/a b?é") == {"metadata": {"one": "1"}}
    assert done(call, "content_type", key="d/a b?é") == {"content_type": "text/plain"}


@pytest.mark.parametrize("size", [0, 8 * 2**20])
def test_a_body_is_one_request_whatever_its_size(call: Call, size: int) -> None:
    done(call, "put", key="a", data=b"x" * size)
    assert len(done(call, "get", key="a")["data"]) == size


def test_conditions_hold_on_reading_writing_copying_and_deleting(call: Call) -> None:
    etag = done(call, "put", key="a", data=b"1", create_only=True)["etag"].text
    assert call("put", {"key": "a", "data": b"2", "create_only": True}) == Outcome(error="already_exists")
    for op in ("get", "head"):
        assert call(op, {"key": "a", "if_none_match": etag}) == Outcome(error="not_modified")
        assert call(op, {"key": "a", "if_match": '"no"'}) == Outcome(error="precondition_failed")
        assert call(op, {"key": "a", "if_match": etag}).is_ok
    assert call("put", {"key": "a", "data": b"2", "if_match": '"no"'}) == Outcome(error="precondition_failed")
    assert call("copy", {"source": "a", "target": "b", "if_match": '"no"'}) == Outcome(error="precondition_failed")
    assert call("delete", {"key": "a", "if_match": '"no"'}) == Outcome(error="precondition_failed")
    assert done(call, "get", key="a") == {"data": b"1"}
    assert done(call, "put", key="a", data=b"2", if_match=etag)["etag"].text != etag
    assert call("delete", {"key": "a", "if_match": etag}) == Outcome(error="precondition_failed")


def test_a_missing_blob_is_not_found(call: Call) -> None:
    for op in ("get", "head", "metadata", "content_type", "delete"):
        assert call(op, {"key": "none"}) == Outcome(error="not_found"), op
    assert call("copy", {"source": "none", "target": "b"}) == Outcome(error="not_found")


def test_each_error_has_its_kind(call: Call) -> None:
    done(call, "put", key="a", data=b"abc")
    assert call("get", {"key": "a", "start": 9}) == Outcome(error="invalid_range")
    assert call("put", {"key": "", "data": b""}) == Outcome(error="invalid_key")
    assert call("start_upload", {"key": ""}) == Outcome(error="invalid_key")
    assert call("delete_many", {"keys": ["a", ""]}) == Outcome(error="invalid_key")
    assert call("put", {"key": "a", "data": b"", "metadata": {"a-b": "1"}}) == Outcome(error="invalid_argument")
    assert call("list", {"page_size": 0}) == Outcome(error="invalid_argument")
    refusal = call("get", {"key": "none"})
    assert (refusal.status, refusal.code) == (404, "BlobNotFound")
    assert refusal.detail


def test_what_the_client_cannot_express_is_not_offered(call: Call) -> None:
    done(call, "put", key="a", data=b"abc")
    for op, args in (
        ("get", {"key": "a", "last": 1}),
        ("get", {"key": "a", "if_match": "x", "if_none_match": "y"}),
        ("put", {"key": "a", "data": b"", "if_match": "x", "create_only": True}),
        ("copy", {"source": "a", "target": "b", "metadata": {}}),
        ("list", {"start_after": "a"}),
        ("page", {"size": 1, "start_after": "a"}),
        ("abort_upload", {"key": "a", "upload": "upload-0001"}),
        ("list_parts", {"key": "a", "upload": "upload-0001"}),
    ):
        assert call(op, args) == Outcome(error="not_offered"), op


def test_many_are_deleted_in_one_batch_and_each_failure_is_told(factory: Any, call: Call) -> None:
    for key in ("a", "é b", "c"):
        done(call, "put", key=key, data=b"1")
    told = call("delete_many", {"keys": ["none"]})
    if factory is azure_blob_aio.object_store and told.error:  # not every Azurite reads what the asyncio client writes
        assert told == Outcome(error="invalid_argument")
        return
    assert told == Outcome({"refused": {"none": "not_found"}})
    assert done(call, "delete_many", keys=["a", "none", "é b"]) == {"refused": {"none": "not_found"}}
    assert done(call, "delete_many", keys=[]) == {"refused": {}}
    assert done(call, "list") == {"keys": ["c"], "prefixes": []}


def test_a_copy_keeps_the_metadata_of_its_source_unless_it_is_given_others(call: Call) -> None:
    done(call, "put", key="a", data=b"abc", metadata={"one": "1"})
    done(call, "copy", source="a", target="b")
    done(call, "copy", source="a", target="c", metadata={"two": "2"})
    assert done(call, "get", key="b") == {"data": b"abc"}
    assert done(call, "metadata", key="b") == {"metadata": {"one": "1"}}
    assert done(call, "metadata", key="c") == {"metadata": {"two": "2"}}


def test_a_listing_is_cut_at_prefixes_and_joined_of_pages(call: Call) -> None:
    for key in ("a/1", "a/2", "b", "c/3"):
        done(call, "put", key=key, data=b"1")
    assert done(call, "list") == {"keys": ["a/1", "a/2", "b", "c/3"], "prefixes": []}
    assert done(call, "list", delimiter="/", page_size=1) == {"keys": ["b"], "prefixes": ["a/", "c/"]}
    assert done(call, "list", prefix="a/") == {"keys": ["a/1", "a/2"], "prefixes": []}
    assert done(call, "list", prefix="a/", delimiter="/", page_size=1) == {"keys": ["a/1", "a/2"], "prefixes": []}


@pytest.mark.parametrize("delimiter", [None, "/"])
def test_pages_go_on_where_the_one_before_ended(call: Call, delimiter: str | None) -> None:
    for key in ("a", "b", "c"):
        done(call, "put", key=key, data=b"1")
    more = {"delimiter": delimiter} if delimiter else {}
    first = done(call, "page", size=2, **more)
    assert first["keys"] == ["a", "b"]
    assert done(call, "page", size=2, token=first["next"].text, **more) == {"keys": ["c"], "prefixes": []}


def test_parts_are_joined_in_the_order_given_and_an_upload_ends_once(call: Call) -> None:
    upload = done(call, "start_upload", key="a", metadata={"one": "1"})["upload"].text
    parts = [
        {
            "number": number,
            "part": done(call, "upload_part", key="a", upload=upload, number=number, data=data)["part"].text,
        }
        for number, data in ((2, b"two"), (1, b"one"))
    ]
    assert call("head", {"key": "a"}) == Outcome(error="not_found")
    unknown = {"key": "a", "upload": upload, "parts": [{"number": 3, "part": "upload-0001-000003"}]}
    assert call("complete_upload", unknown) == Outcome(error="invalid_part")
    assert isinstance(done(call, "complete_upload", key="a", upload=upload, parts=parts)["etag"], Chosen)
    assert done(call, "get", key="a") == {"data": b"twoone"}
    assert done(call, "metadata", key="a") == {"metadata": {"one": "1"}}
    for op, args in (("complete_upload", {"parts": parts}), ("upload_part", {"number": 1, "data": b""})):
        assert call(op, {"key": "a", "upload": upload, **args}) == Outcome(error="no_upload")


def test_a_deleted_container_is_none_and_closing_passes(
    factory: Any, server: Endpoint, service: BlobServiceClient, loop: asyncio.AbstractEventLoop
) -> None:
    with opened(factory, Given(server=server), loop) as (subject, call):
        service.delete_container(subject.client.container_name)
        for op, args in (("put", {"key": "a", "data": b""}), ("head", {"key": "a"}), ("list", {})):
            assert call(op, args) == Outcome(error="no_container")


def test_closing_leaves_nothing_whatever_there_was(
    factory: Any, given: Given, service: BlobServiceClient, loop: asyncio.AbstractEventLoop
) -> None:
    def left() -> set[tuple[str, str]]:
        return {
            (container.name, blob.name)
            for container in service.list_containers()
            for blob in service.get_container_client(container.name).list_blobs(include=["uncommittedblobs"])
        }

    before, names = left(), {container.name for container in service.list_containers()}
    with opened(factory, given, loop) as (_, call):
        for key in ("/", "a//b", "é/", "~"):
            done(call, "put", key=key, data=b"1")
        upload = done(call, "start_upload", key="u")["upload"].text
        done(call, "upload_part", key="u", upload=upload, number=1, data=b"1")
        assert len(left()) == len(before) + 5
    assert left() == before
    assert {container.name for container in service.list_containers()} == names


def test_two_openings_do_not_meet(factory: Any, given: Given, loop: asyncio.AbstractEventLoop) -> None:
    with opened(factory, given, loop) as (_, one), opened(factory, given, loop) as (_, other):
        done(one, "put", key="a", data=b"1")
        assert done(other, "list") == {"keys": [], "prefixes": []}
        assert other("get", {"key": "a"}) == Outcome(error="not_found")


def test_a_wrong_key_is_refused(factory: Any, server: Endpoint, loop: asyncio.AbstractEventLoop) -> None:
    options = {"container": "shared", "key": "AAAA"}
    with opened(factory, Given(options, server), loop) as (_, call):
        assert call("head", {"key": "a"}) == Outcome(error="access_denied")


def test_a_service_that_is_not_there_is_unreachable(factory: Any, loop: asyncio.AbstractEventLoop) -> None:
    endpoint = f"http://{NO_SERVER.netloc}/{EMULATOR_ACCOUNT}"
    options = {"container": "shared", "endpoint": endpoint, "account": EMULATOR_ACCOUNT, "key": EMULATOR_KEY}
    with opened(factory, Given(options), loop) as (_, call), pytest.raises(Unreachable):
        call("head", {"key": "a"})


@pytest.mark.parametrize(
    ("options", "told"), [({"containr": "x"}, 'Did you mean "container"'), ({"account": "a"}, "or no key of it")]
)
def test_options_that_do_not_fit_are_named(
    factory: Any, loop: asyncio.AbstractEventLoop, options: dict[str, str], told: str
) -> None:
    with pytest.raises(DriverError, match=told), opened(factory, Given(options), loop):
        pass
