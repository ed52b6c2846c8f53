"""The drivers for remote-store, sync and async, on its backends for memory and local folders."""

from __future__ import annotations

import asyncio
import tempfile
from typing import TYPE_CHECKING, Any

import pytest
from remote_store import BackendUnavailable, CapabilityNotSupported, PermissionDenied, RemoteStoreError, ResourceLocked

from conformance.contract import NotOffered, Refused, Unreachable
from conformance.contract.drivers import remote_store
from conformance.contract.drivers._remote_store_errors import refusal_of
from conformance.errors import DriverError
from conformance.trace import Outcome
from tests.contract.drivers.files_exercised import done, error_of, paths
from tests.contract.drivers.openings import Given, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.contract import Call

FACTORIES = {"sync": remote_store.file_system, "async": remote_store.async_file_system}


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    found = asyncio.new_event_loop()
    yield found
    found.run_until_complete(found.shutdown_default_executor())
    found.close()


@pytest.fixture(params=list(FACTORIES))
def factory(request: pytest.FixtureRequest) -> Any:
    return FACTORIES[request.param]


@pytest.fixture(params=["memory", "local"])
def given(request: pytest.FixtureRequest) -> Given:
    return Given({"store": request.param})


@pytest.fixture
def call(factory: Any, given: Given, loop: asyncio.AbstractEventLoop) -> Iterator[Call]:
    with opened(factory, given, loop) as (_, found):
        yield found


@pytest.mark.parametrize("op", ["write", "atomic_write"])
def test_what_is_written_is_read_and_replaced_unless_that_is_refused(call: Call, op: str) -> None:
    done(call, op, path="d/é b.txt", data=b"one")
    assert done(call, "read", path="d/é b.txt") == {"data": b"one"}
    done(call, op, path="d/é b.txt", data=b"three")
    assert error_of(call, op, path="d/é b.txt", data=b"no", overwrite=False) == "already_exists"
    done(call, op, path="new", data=b"", overwrite=False)
    assert done(call, "read", path="d/é b.txt") == {"data": b"three"}
    assert done(call, "stat", path="d/é b.txt") == {"type": "file", "size": 5}
    assert done(call, "stat", path="new") == {"type": "file", "size": 0}
    assert error_of(call, op, path="d", data=b"") == "is_a_directory"
    assert error_of(call, op, path="new/below/it", data=b"") == "not_a_directory"
    assert error_of(call, op, path="", data=b"") == "is_a_directory"
    assert error_of(call, op, path="../out", data=b"") == "invalid_path"


def test_a_range_is_read_where_the_client_has_ranges(factory: Any, call: Call) -> None:
    done(call, "write", path="a", data=b"abcdef")
    for wanted, data in (({"start": 2, "end": 4}, b"cd"), ({"start": 4}, b"ef"), ({"end": 99}, b"abcdef")):
        outcome = call("read", {"path": "a", **wanted})
        expected = Outcome({"data": data})
        assert outcome == (expected if factory is remote_store.file_system else Outcome(error="not_offered"))


def test_a_path_is_a_file_a_directory_or_nothing(call: Call) -> None:
    done(call, "write", path="d/a", data=b"1")
    for path, is_file, is_directory in (
        ("d/a", True, False),
        ("d", False, True),
        ("", False, True),
        ("x", False, False),
    ):
        exists = is_file or is_directory
        found = done(call, "probe", path=path)
        assert found == {"exists": exists, "is_file": is_file, "is_directory": is_directory}
    assert done(call, "stat", path="d") == {"type": "directory"}
    assert done(call, "stat", path="") == {"type": "directory"}
    for op in ("stat", "read", "delete", "delete_directory", "delete_tree"):
        assert error_of(call, op, path="x") == "not_found", op
    assert error_of(call, "read", path="d") == "is_a_directory"


def test_a_listing_is_of_one_folder_or_of_all_below_it(call: Call) -> None:
    for path in ("b", "d/e/f", "d/a"):
        done(call, "write", path=path, data=b"12")
    assert paths(call) == ["b", "d/"]
    assert paths(call, "d") == ["d/a", "d/e/"]
    assert paths(call, recursive=True) == ["b", "d/", "d/a", "d/e/", "d/e/f"]
    assert done(call, "list", path="d/e")["entries"] == [{"path": "d/e/f", "type": "file", "size": 2}]


def test_files_and_folders_are_deleted_each_by_its_own_call(call: Call) -> None:
    for path in ("a", "d/a", "t/u/v"):
        done(call, "write", path=path, data=b"1")
    assert error_of(call, "delete", path="d") == "is_a_directory"
    assert error_of(call, "delete_directory", path="a") == "not_a_directory"
    assert error_of(call, "delete_tree", path="a") == "not_a_directory"
    assert error_of(call, "delete_directory", path="d") == "not_empty"
    done(call, "delete", path="d/a")
    done(call, "delete_directory", path="d")
    done(call, "delete_tree", path="t")
    assert paths(call, recursive=True) == ["a"]


@pytest.mark.parametrize("op", ["move", "copy"])
def test_a_file_is_moved_and_copied_onto_others_only_when_asked(call: Call, op: str) -> None:
    for path in ("a", "b", "d/c"):
        done(call, "write", path=path, data=path.encode())
    assert error_of(call, op, source="a", target="b") == "already_exists"
    assert error_of(call, op, source="x", target="y") == "not_found"
    assert error_of(call, op, source="d", target="y") == "is_a_directory"
    assert error_of(call, op, source="a", target="d") == "is_a_directory"
    assert error_of(call, op, source="a", target="b/below") == "not_a_directory"
    done(call, op, source="a", target="b", overwrite=True)
    assert done(call, "read", path="b") == {"data": b"a"}
    assert done(call, "probe", path="a")["exists"] is (op == "copy")


def test_metadata_are_kept_where_the_backend_says_that_it_keeps_them(given: Given, call: Call) -> None:
    outcome = call("write", {"path": "a", "data": b"", "metadata": {"one": "1"}})
    if given.options["store"] == "local":
        assert outcome == call("metadata", {"path": "a"}) == Outcome(error="not_offered")
    else:
        assert done(call, "metadata", path="a") == {"metadata": {"one": "1"}}


def test_what_the_client_has_no_call_for_is_not_offered(call: Call) -> None:
    for op, args in (("make_directory", {}), ("append", {"data": b""}), ("set_metadata", {"metadata": {}})):
        assert error_of(call, op, path="a", **args) == "not_offered"


def test_an_error_keeps_the_word_of_the_client(call: Call) -> None:
    outcome = call("read", {"path": "x"})
    assert (outcome.error, outcome.code) == ("not_found", "NotFound")
    assert "x" in outcome.detail


def test_closing_leaves_no_folder_and_two_openings_do_not_meet(
    factory: Any, given: Given, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with opened(factory, given, loop) as (_, one), opened(factory, given, loop) as (_, other):
        done(one, "write", path="d/a", data=b"1")
        assert paths(other) == []
        for folder in tmp_path.glob("*/d"):
            folder.joinpath("a").unlink()
            folder.rmdir()
            folder.parent.rmdir()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"store": "memry"}, 'Did you mean "memory"'),
        ({}, "has no store ''"),
        ({"store": "s3", "bucket": "x"}, "it takes no option 'bucket'"),
        ({"store": "azure", "container": "x"}, "it takes no option 'container'"),
        ({"store": "azure", "buckt": "x"}, "no option 'buckt'"),
    ],
)
def test_options_that_do_not_fit_are_named(
    factory: Any, loop: asyncio.AbstractEventLoop, options: dict[str, str], told: str
) -> None:
    with pytest.raises(DriverError, match=told), opened(factory, Given(options), loop):
        pass


def caused_by(status: int | None) -> BackendUnavailable:
    """Return the error of an answer with a status, or of no answer, as a backend raises it."""
    cause = Exception("what the client below raised")
    if status is not None:
        cause.status_code = status  # type: ignore[attr-defined]  # as azure-core's errors have it
    error = BackendUnavailable("no", path="a", backend="azure")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (caused_by(500), "server_error"),
        (caused_by(501), "unsupported"),
        (PermissionDenied("no"), "access_denied"),
        (ResourceLocked("no"), "conflict"),
    ],
)
def test_an_answer_is_a_refusal(error: RemoteStoreError, kind: str) -> None:
    found = refusal_of(error)
    assert isinstance(found, Refused)
    assert (found.error, found.code) == (kind, type(error).__name__)


def test_an_outage_what_is_not_supported_and_what_is_not_known_are_none() -> None:
    assert isinstance(refusal_of(caused_by(503)), Unreachable)
    assert isinstance(refusal_of(caused_by(None)), Unreachable)
    assert isinstance(refusal_of(CapabilityNotSupported("no")), NotOffered)
    unknown = RemoteStoreError("no")
    assert refusal_of(unknown) is unknown


@pytest.mark.parametrize("op", ["write", "atomic_write"])
def test_a_stream_of_chunks_is_written_whole(call: Call, op: str) -> None:
    for data, chunks in ((b"", 3), (b"ab", 3), (b"abcde", 2), (bytes(range(256)) * 9000, 3)):
        done(call, op, path="d/a", data=data, chunks=chunks)
        assert done(call, "read", path="d/a") == {"data": data}


def test_files_are_counted_at_any_depth_and_directories_are_not(call: Call) -> None:
    assert done(call, "count", path="") == {"files": 0, "size": 0}
    for path in ("d/e/a", "d/b", "c"):
        done(call, "write", path=path, data=b"12")
    assert done(call, "count", path="d") == {"files": 2, "size": 4}
    assert done(call, "count", path="") == {"files": 3, "size": 6}
    assert error_of(call, "count", path="c") == "not_a_directory"
    assert error_of(call, "count", path="x") == "not_found"
