"""The driver of fsspec on adlfs, sync and async, against Azurite."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from azure.storage.blob import BlobServiceClient

from conformance.contract.drivers import fsspec
from conformance.contract.drivers._azure import EMULATOR_ACCOUNT, EMULATOR_KEY
from tests.backends.services import Endpoint, azurite
from tests.contract.drivers.files_exercised import done, error_of, paths
from tests.contract.drivers.openings import Given, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract import Call

FACTORIES = {"sync": fsspec.file_system, "async": fsspec.async_file_system}


@pytest.fixture(scope="module")
def server() -> Iterator[Endpoint]:
    with azurite() as found:
        yield found


@pytest.fixture(scope="module")
def service(server: Endpoint) -> Iterator[BlobServiceClient]:
    credential = {"account_name": EMULATOR_ACCOUNT, "account_key": EMULATOR_KEY}
    with BlobServiceClient(f"http://{server.netloc}/{EMULATOR_ACCOUNT}", credential=credential) as found:
        found.create_container("shared").upload_blob("kept", b"kept")
        yield found


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    found = asyncio.new_event_loop()
    yield found
    found.close()


@pytest.fixture(params=list(FACTORIES))
def factory(request: pytest.FixtureRequest) -> Any:
    return FACTORIES[request.param]


@pytest.fixture(params=["abfs://", "abfs://shared"])
def given(request: pytest.FixtureRequest, server: Endpoint, service: BlobServiceClient) -> Given:
    assert service.get_container_client("shared").exists()
    return Given({"url": request.param}, server)


@pytest.fixture
def call(factory: Any, given: Given, loop: asyncio.AbstractEventLoop) -> Iterator[Call]:
    with opened(factory, given, loop) as (_, found):
        yield found


def test_files_are_written_read_listed_copied_and_deleted(call: Call) -> None:
    done(call, "write", path="d/é b.txt", data=b"abcdef")
    done(call, "write", path="a", data=b"two", overwrite=False)
    assert error_of(call, "write", path="a", data=b"no", overwrite=False) == "already_exists"
    assert done(call, "read", path="d/é b.txt") == {"data": b"abcdef"}
    assert done(call, "read", path="d/é b.txt", start=2, end=4) == {"data": b"cd"}
    assert done(call, "stat", path="a") == {"type": "file", "size": 3}
    assert done(call, "stat", path="d") == {"type": "directory"}
    assert paths(call) == ["a", "d/"]
    done(call, "copy", source="a", target="e/f", overwrite=True)
    assert paths(call, recursive=True) == ["a", "d/", "d/é b.txt", "e/", "e/f"]
    done(call, "delete", path="a")
    done(call, "delete_tree", path="e")
    assert paths(call, recursive=True) == ["d/", "d/é b.txt"]


def test_what_is_not_there_is_not_found(call: Call) -> None:
    done(call, "write", path="a", data=b"1")
    for op in ("read", "stat", "delete"):
        assert error_of(call, op, path="x") == "not_found", op
    assert done(call, "probe", path="x") == {"exists": False, "is_file": False, "is_directory": False}


def test_closing_leaves_nothing_and_two_openings_do_not_meet(
    factory: Any, given: Given, service: BlobServiceClient, loop: asyncio.AbstractEventLoop
) -> None:
    def left() -> set[str]:
        shared = {f"shared/{name}" for name in service.get_container_client("shared").list_blob_names()}
        return shared | {container.name for container in service.list_containers()}

    before = left()
    with opened(factory, given, loop) as (_, one), opened(factory, given, loop) as (_, other):
        for path in ("a", "d/e/f", "é b"):
            done(one, "write", path=path, data=b"1")
        assert error_of(other, "read", path="a") == "not_found"
        assert left() > before
    assert left() == before
