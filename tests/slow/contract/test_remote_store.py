"""The drivers for remote-store on its backends for S3 and Azure, against SeaweedFS and Azurite."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
from azure.storage.blob import BlobServiceClient

from conformance.contract.drivers import remote_store
from conformance.contract.drivers._azure import EMULATOR_ACCOUNT, EMULATOR_KEY
from tests.backends.services import Endpoint, azurite, seaweedfs
from tests.contract.drivers.files_exercised import done, error_of, paths
from tests.contract.drivers.openings import Given, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.contract import Call

FACTORIES = {"sync": remote_store.file_system, "async": remote_store.async_file_system}


@pytest.fixture(scope="module")
def azure_server() -> Iterator[Endpoint]:
    with azurite() as found:
        yield found


@pytest.fixture(scope="module")
def s3_server() -> Iterator[Endpoint]:
    with seaweedfs() as found:
        yield found


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    found = asyncio.new_event_loop()
    yield found
    found.run_until_complete(found.shutdown_default_executor())
    found.close()


@pytest.fixture(params=list(FACTORIES))
def factory(request: pytest.FixtureRequest) -> Any:
    return FACTORIES[request.param]


@pytest.fixture(params=["azure", "s3"])
def given(request: pytest.FixtureRequest) -> Given:
    return Given({"store": request.param}, request.getfixturevalue(f"{request.param}_server"))


@pytest.fixture
def call(factory: Any, given: Given, loop: asyncio.AbstractEventLoop) -> Iterator[Call]:
    with opened(factory, given, loop) as (_, found):
        yield found


@pytest.fixture
def is_there(given: Given) -> Iterator[Callable[[str], bool]]:
    """Yield whether there is a container or bucket of a name."""
    netloc = str(given.service.netloc)
    if given.options["store"] == "s3":
        yield lambda name: _answers(f"http://{netloc}/{name}")
        return
    credential = {"account_name": EMULATOR_ACCOUNT, "account_key": EMULATOR_KEY}
    with BlobServiceClient(f"http://{netloc}/{EMULATOR_ACCOUNT}", credential=credential) as service:
        yield lambda name: service.get_container_client(name).exists()


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError as answer:
        answer.close()
        return False
    return True


def test_files_are_written_read_listed_moved_and_deleted(call: Call) -> None:
    done(call, "write", path="d/é b.txt", data=b"one", metadata={"one": "1"})
    done(call, "atomic_write", path="a", data=b"two")
    assert done(call, "read", path="d/é b.txt") == {"data": b"one"}
    assert done(call, "metadata", path="d/é b.txt") == {"metadata": {"one": "1"}}
    assert done(call, "stat", path="a") == {"type": "file", "size": 3}
    assert done(call, "stat", path="d") == {"type": "directory"}
    assert done(call, "probe", path="d") == {"exists": True, "is_file": False, "is_directory": True}
    assert paths(call) == ["a", "d/"]
    assert paths(call, recursive=True) == ["a", "d/", "d/é b.txt"]
    done(call, "copy", source="a", target="e/f")
    done(call, "move", source="a", target="b")
    assert paths(call, recursive=True) == ["b", "d/", "d/é b.txt", "e/", "e/f"]
    assert error_of(call, "delete_directory", path="e") == "not_empty"
    done(call, "delete_tree", path="e")
    done(call, "delete", path="b")
    assert not {"b", "e/f"} & set(paths(call, recursive=True))


def test_a_range_is_read_where_the_client_has_ranges(factory: Any, call: Call) -> None:
    done(call, "write", path="a", data=b"abcdef")
    found = call("read", {"path": "a", "start": 2, "end": 4})
    assert (found.value or found.error) == ({"data": b"cd"} if factory is FACTORIES["sync"] else "not_offered")


def test_each_error_has_its_kind(call: Call) -> None:
    done(call, "write", path="a", data=b"1")
    done(call, "write", path="d/a", data=b"1")
    assert error_of(call, "read", path="x") == "not_found"
    assert error_of(call, "delete_tree", path="x") == "not_found"
    assert error_of(call, "write", path="a", data=b"2", overwrite=False) == "already_exists"
    assert error_of(call, "read", path="d") == "is_a_directory"
    assert error_of(call, "delete_tree", path="a") == "not_a_directory"
    assert error_of(call, "write", path="", data=b"") == "is_a_directory"


def test_closing_leaves_nothing_and_two_openings_do_not_meet(
    factory: Any, given: Given, is_there: Callable[[str], bool], loop: asyncio.AbstractEventLoop
) -> None:
    with opened(factory, given, loop) as (_, one), opened(factory, given, loop) as (_, other):
        for path in ("a", "d/e/f", "é b"):
            done(one, "write", path=path, data=b"1")
        assert paths(other) == []
        assert [is_there(name) for name in given.names] == [True, True]
    assert [is_there(name) for name in given.names] == [False, False]
