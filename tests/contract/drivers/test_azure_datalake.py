"""The drivers for azure-storage-file-datalake, sync and asyncio, on the emulator."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from azure.storage.filedatalake import DataLakeServiceClient

from conformance.contract.drivers import azure_datalake, azure_datalake_aio
from conformance.emulators.hns import ServedAccount, serve_account
from conformance.trace import Outcome
from tests.contract.drivers.files_exercised import done, error_of, paths
from tests.contract.drivers.openings import Given, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract import Call

FACTORIES = {"sync": azure_datalake.file_system, "aio": azure_datalake_aio.file_system}


@pytest.fixture(scope="module")
def served() -> Iterator[ServedAccount]:
    with serve_account("box") as found:
        yield found


@pytest.fixture
def account(served: ServedAccount) -> Iterator[DataLakeServiceClient]:
    """Return a client of the account, with one filesystem in which something stands."""
    served.reset()
    with DataLakeServiceClient.from_connection_string(served.connection_string) as client:
        client.create_file_system("shared").create_file("kept")
        yield client


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    found = asyncio.new_event_loop()
    yield found
    found.close()


@pytest.fixture(params=list(FACTORIES))
def factory(request: pytest.FixtureRequest) -> Any:
    return FACTORIES[request.param]


@pytest.fixture(params=["own", "shared"])
def given(request: pytest.FixtureRequest, served: ServedAccount, account: DataLakeServiceClient) -> Given:
    there = [each.name for each in account.list_file_systems()]
    container = {"container": request.param} if request.param in there else {}
    return Given({"account": served.name, "key": served.key, "endpoint": served.url, **container})


@pytest.fixture
def call(factory: Any, given: Given, loop: asyncio.AbstractEventLoop) -> Iterator[Call]:
    with opened(factory, given, loop) as (_, found):
        yield found


@pytest.mark.parametrize("op", ["write", "atomic_write"])
def test_what_is_written_is_read_and_replaced_unless_that_is_refused(call: Call, op: str) -> None:
    done(call, op, path="d/é b.txt", data=b"abcdef", metadata={"one": "1"})
    assert done(call, "read", path="d/é b.txt") == {"data": b"abcdef"}
    assert done(call, "read", path="d/é b.txt", start=2, end=4) == {"data": b"cd"}
    assert done(call, "stat", path="d/é b.txt") == {"type": "file", "size": 6}
    assert done(call, "metadata", path="d/é b.txt") == {"metadata": {"one": "1"}}
    assert error_of(call, op, path="d/é b.txt", data=b"no", overwrite=False) == "already_exists"
    done(call, op, path="d/é b.txt", data=b"")
    assert done(call, "read", path="d/é b.txt") == {"data": b""}
    assert error_of(call, op, path="d/é b.txt/below", data=b"") == "invalid_path"
    assert error_of(call, op, path="d", data=b"") == "invalid_path"
    assert error_of(call, op, path="", data=b"") == "invalid_path"
    assert paths(call, recursive=True) == ["d/", "d/é b.txt"]


@pytest.mark.parametrize("op", ["write", "atomic_write"])
def test_what_comes_in_chunks_is_appended_in_their_order(call: Call, op: str) -> None:
    for data, chunks in ((b"", 2), (b"abcde", 2), (b"ab", 3)):
        done(call, op, path="a", data=data, chunks=chunks)
        assert done(call, "read", path="a") == {"data": data}


def test_bytes_are_appended_to_a_file_that_is_there(call: Call) -> None:
    done(call, "write", path="a", data=b"one")
    done(call, "append", path="a", data=b"two")
    done(call, "append", path="a", data=b"")
    assert done(call, "read", path="a") == {"data": b"onetwo"}
    assert error_of(call, "append", path="x", data=b"1") == "not_found"


def test_directories_are_made_probed_and_listed(call: Call) -> None:
    done(call, "make_directory", path="d")
    done(call, "make_directory", path="e/f", parents=True)
    done(call, "make_directory", path="d", exist_ok=True)
    assert error_of(call, "make_directory", path="d") == "already_exists"
    assert error_of(call, "make_directory", path="g/h") == "not_offered"
    done(call, "write", path="d/a", data=b"12")
    assert done(call, "stat", path="d") == done(call, "stat", path="") == {"type": "directory"}
    assert done(call, "probe", path="d") == {"exists": True, "is_file": False, "is_directory": True}
    assert done(call, "probe", path="d/a") == {"exists": True, "is_file": True, "is_directory": False}
    assert done(call, "probe", path="x") == {"exists": False, "is_file": False, "is_directory": False}
    assert paths(call) == ["d/", "e/"]
    assert done(call, "list", path="d")["entries"] == [{"path": "d/a", "type": "file", "size": 2}]
    assert paths(call, recursive=True) == ["d/", "d/a", "e/", "e/f/"]
    assert done(call, "metadata", path="d") == {"metadata": {}}


def test_what_is_deleted_is_gone_and_a_directory_only_when_it_is_empty(call: Call) -> None:
    done(call, "write", path="d/e/a", data=b"1")
    assert error_of(call, "delete_directory", path="d") == "not_empty"
    done(call, "delete", path="d/e/a")
    done(call, "delete_directory", path="d/e")
    assert paths(call, recursive=True) == ["d/"]
    done(call, "write", path="d/e/a", data=b"1")
    done(call, "delete_tree", path="d")
    assert paths(call, recursive=True) == []


def test_files_and_directories_are_moved_onto_others_only_when_asked(call: Call) -> None:
    for path in ("a", "b", "d/c"):
        done(call, "write", path=path, data=path.encode())
    assert error_of(call, "move", source="a", target="b") == "already_exists"
    assert error_of(call, "move", source="x", target="y") == "not_found"
    assert error_of(call, "move", source="a", target="b/below") == "invalid_path"
    assert error_of(call, "move", source="a", target="") == "invalid_path"
    done(call, "move", source="a", target="b", overwrite=True)
    done(call, "move", source="d", target="f")
    assert paths(call, recursive=True) == ["b", "f/", "f/c"]
    assert done(call, "read", path="b") == {"data": b"a"}


def test_metadata_are_replaced(call: Call) -> None:
    done(call, "write", path="a", data=b"1", metadata={"one": "1"})
    done(call, "set_metadata", path="a", metadata={"two": "2"})
    assert done(call, "metadata", path="a") == {"metadata": {"two": "2"}}


def test_what_is_not_there_is_not_found(call: Call) -> None:
    for op in ("read", "stat", "delete", "delete_directory", "delete_tree", "metadata", "list"):
        assert error_of(call, op, path="x") == "not_found", op
    refusal = call("delete", {"path": "x"})
    assert (refusal.status, refusal.code) == (404, "PathNotFound")


def test_a_range_past_the_end_is_refused_and_a_copy_is_not_offered(call: Call) -> None:
    done(call, "write", path="a", data=b"1")
    assert error_of(call, "read", path="a", start=5, end=6) == "invalid_range"
    assert error_of(call, "copy", source="a", target="b") == "not_offered"


def test_a_file_is_read_and_deleted_without_a_look_at_what_it_is(call: Call) -> None:
    done(call, "make_directory", path="d")
    assert done(call, "read", path="d") == {"data": b""}
    done(call, "delete", path="d")
    assert done(call, "probe", path="d")["exists"] is False


def test_closing_leaves_nothing_and_two_openings_do_not_meet(
    factory: Any, given: Given, account: DataLakeServiceClient, loop: asyncio.AbstractEventLoop
) -> None:
    with opened(factory, given, loop) as (_, one), opened(factory, given, loop) as (_, other):
        done(one, "write", path="d/a", data=b"1")
        assert paths(other, recursive=True) == []
        assert error_of(other, "read", path="d/a") == "not_found"
    assert [each.name for each in account.list_file_systems()] == ["shared"]
    assert [each.name for each in account.get_file_system_client("shared").get_paths()] == ["kept"]


def test_a_filesystem_that_a_program_removed_ends_in_errors_and_closing_passes(
    factory: Any, given: Given, served: ServedAccount, loop: asyncio.AbstractEventLoop
) -> None:
    with opened(factory, given, loop) as (_, call):
        served.reset()
        assert call("write", {"path": "a", "data": b""}) == Outcome(error="not_found")
        assert call("stat", {"path": ""}) == Outcome(error="not_found")
