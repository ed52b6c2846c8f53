"""The driver of fsspec, on memory and the local disk; on s3fs with moto it is tried in ``tests/slow``."""

from __future__ import annotations

import errno
import tempfile
from typing import TYPE_CHECKING, Any

import fsspec as fsspec_client
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract import NotOffered, Refused, Unreachable, call_of
from conformance.contract.drivers import _fsspec_s3, fsspec
from conformance.contract.drivers._fsspec import KINDS_OF_ERRNO, Paths, mapped
from conformance.errors import DriverError
from tests.backends.services import Endpoint
from tests.contract.drivers.openings import Given, opened

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.contract import Call

URLS = {"memory": "memory://box", "file": "file://", "s3": "s3://", "s3 async": "s3://"}


@pytest.fixture(params=["memory", "file"])
def sort(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def call(sort: str, request: pytest.FixtureRequest, loop: asyncio.AbstractEventLoop) -> Iterator[Call]:
    with opened(factory_of(sort), given_of(sort, request), loop) as (_, found):
        yield found


def given_of(sort: str, request: pytest.FixtureRequest) -> Given:
    server = request.getfixturevalue("moto_server") if sort.startswith("s3") else None
    return Given({"url": URLS[sort]}, server)


def factory_of(sort: str) -> Any:
    return fsspec.async_file_system if sort.endswith("async") else fsspec.file_system


def done(call: Call, op: str, **args: Any) -> Any:
    outcome = call(op, args)
    assert outcome.is_ok, outcome
    return outcome.value


def failed(call: Call, op: str, **args: Any) -> str:
    outcome = call(op, args)
    assert outcome.value is None
    return outcome.error


def test_what_is_written_is_read_whole_and_in_ranges(call: Call) -> None:
    assert done(call, "write", path="d/a b", data=b"abcdef") == {}
    assert done(call, "read", path="d/a b") == {"data": b"abcdef"}
    assert done(call, "read", path="d/a b", start=2, end=4) == {"data": b"cd"}
    assert done(call, "read", path="d/a b", start=4) == {"data": b"ef"}
    assert done(call, "read", path="d/a b", end=1) == {"data": b"a"}


def test_a_create_fails_on_what_is_there(call: Call) -> None:
    done(call, "write", path="a", data=b"1", overwrite=False)
    assert failed(call, "write", path="a", data=b"2", overwrite=False) == "already_exists"
    assert done(call, "read", path="a") == {"data": b"1"}
    done(call, "write", path="a", data=b"3")
    assert done(call, "read", path="a") == {"data": b"3"}


def test_files_and_directories_are_told_apart(call: Call) -> None:
    done(call, "write", path="d/a", data=b"abc")
    assert done(call, "stat", path="d/a") == {"type": "file", "size": 3}
    assert done(call, "stat", path="d") == {"type": "directory"}
    assert done(call, "stat", path="") == {"type": "directory"}
    assert done(call, "probe", path="d/a") == {"exists": True, "is_file": True, "is_directory": False}
    assert done(call, "probe", path="d") == {"exists": True, "is_file": False, "is_directory": True}
    assert done(call, "probe", path="n") == {"exists": False, "is_file": False, "is_directory": False}


def test_a_listing_is_sorted_and_relative_to_the_root(call: Call) -> None:
    assert done(call, "list", path="") == {"entries": []}
    for path in ("d/e/b", "d/a", "c"):
        done(call, "write", path=path, data=b"x")
    a, b, c = ({"path": path, "type": "file", "size": 1} for path in ("d/a", "d/e/b", "c"))
    d, e = ({"path": path, "type": "directory"} for path in ("d", "d/e"))
    assert done(call, "list", path="") == {"entries": [c, d]}
    assert done(call, "list", path="d") == {"entries": [a, e]}
    assert done(call, "list", path="", recursive=True) == {"entries": [c, d, a, e, b]}
    assert done(call, "list", path="d", recursive=True) == {"entries": [a, e, b]}


def test_files_are_moved_copied_and_deleted(call: Call) -> None:
    done(call, "write", path="a", data=b"1")
    done(call, "write", path="b", data=b"2")
    done(call, "move", source="a", target="b", overwrite=True)
    assert failed(call, "read", path="a") == "not_found"
    done(call, "copy", source="b", target="d/c", overwrite=True)
    assert done(call, "read", path="d/c") == done(call, "read", path="b") == {"data": b"1"}
    done(call, "delete", path="b")
    done(call, "delete_tree", path="d")
    assert done(call, "list", path="", recursive=True) == {"entries": []}


def test_what_is_not_there_is_not_found(call: Call) -> None:
    assert failed(call, "read", path="n") == "not_found"
    assert failed(call, "stat", path="n") == "not_found"
    assert failed(call, "list", path="n") == "not_found"
    assert failed(call, "move", source="n", target="a", overwrite=True) == "not_found"
    assert failed(call, "copy", source="n", target="a", overwrite=True) == "not_found"


def test_what_fsspec_has_no_word_for_is_not_offered(call: Call) -> None:
    assert failed(call, "move", source="a", target="b") == "not_offered"
    assert failed(call, "copy", source="a", target="b") == "not_offered"
    assert failed(call, "atomic_write", path="a", data=b"") == "not_offered"
    assert failed(call, "make_directory", path="a", exist_ok=True) == "not_offered"
    assert failed(call, "delete_tree", path="") == "not_offered"
    assert failed(call, "move", source="", target="b", overwrite=True) == "not_offered"
    assert failed(call, "copy", source="/", target="b", overwrite=True) == "not_offered"


def test_directories_are_made_and_removed(call: Call) -> None:
    done(call, "make_directory", path="d")
    assert failed(call, "make_directory", path="d") == "already_exists"
    assert failed(call, "make_directory", path="d", parents=True) == "already_exists"
    done(call, "make_directory", path="d", parents=True, exist_ok=True)
    done(call, "make_directory", path="e/f", parents=True)
    assert failed(call, "delete_directory", path="n") == "not_found"
    assert done(call, "list", path="d") == {"entries": []}
    done(call, "delete_directory", path="d")
    assert done(call, "list", path="", recursive=True)["entries"] == [
        {"path": "e", "type": "directory"},
        {"path": "e/f", "type": "directory"},
    ]
    done(call, "write", path="e/f/a", data=b"")
    assert failed(call, "delete_directory", path="e/f") == "not_empty"


@pytest.mark.parametrize("sort", ["file"], indirect=True)
def test_the_disk_says_what_is_of_the_wrong_sort(call: Call) -> None:
    done(call, "write", path="d/a", data=b"")
    assert failed(call, "write", path="d", data=b"") == "is_a_directory"
    assert failed(call, "delete_directory", path="d/a") == "not_a_directory"
    assert failed(call, "write", path="x" * 300, data=b"") == "invalid_path"
    assert failed(call, "read", path="d/../../a") == "not_offered"
    assert failed(call, "stat", path="a\0b") == "leaked"


def test_what_is_appended_stands_at_the_end(call: Call) -> None:
    done(call, "write", path="a", data=b"1")
    done(call, "append", path="a", data=b"2")
    assert done(call, "read", path="a") == {"data": b"12"}


def test_metadata_that_is_not_kept_is_not_offered(call: Call) -> None:
    assert failed(call, "write", path="a", data=b"", metadata={"one": "1"}) == "not_offered"
    assert failed(call, "metadata", path="a") == "not_offered"


def test_two_openings_do_not_meet(sort: str, request: pytest.FixtureRequest, loop: asyncio.AbstractEventLoop) -> None:
    factory, given = factory_of(sort), given_of(sort, request)
    with opened(factory, given, loop) as (_, one), opened(factory, given, loop) as (_, other):
        done(one, "write", path="a", data=b"one")
        assert failed(other, "read", path="a") == "not_found"
        assert done(other, "list", path="") == {"entries": []}


def test_nothing_is_left_of_what_a_program_leaves(
    sort: str, request: pytest.FixtureRequest, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with opened(factory_of(sort), given_of(sort, request), loop) as (subject, call):
        for path in ("a", "d/e/f", "x//y", "g*[", " ", *(("/b", "c/") if sort.startswith("s3") else ())):
            done(call, "write", path=path, data=b"x")
        root = subject._paths.root
        assert sort != "file" or list(tmp_path.iterdir())
    if sort.startswith("s3"):
        server = request.getfixturevalue("moto_server")
        with opened(fsspec.file_system, Given({"url": "s3://"}, server), loop) as (subject, _):
            assert not subject.client.exists(root)
    else:
        assert not fsspec_client.filesystem(sort).exists(root)
        assert list(tmp_path.iterdir()) == []


def test_a_root_that_is_gone_is_no_matter(sort: str, request: pytest.FixtureRequest) -> None:
    with fsspec.file_system(given_of(sort, request)) as subject:
        subject.client.rm(subject._paths.root, recursive=True)
        assert failed(call_of(subject), "list", path="") == "not_found"


def test_a_server_that_is_not_there_is_unreachable() -> None:
    options = _fsspec_s3.options_of(Given(server=Endpoint("127.0.0.1:9")))
    files = fsspec_client.filesystem("s3", skip_instance_cache=True, **options)
    with pytest.raises(Unreachable):
        call_of(fsspec.FileSystem(files, Paths("box", protocol="s3", is_local=False)))("read", {"path": "a"})
    _fsspec_s3.close(files)


@pytest.mark.parametrize("url", ["", "box", "memory:box"])
def test_what_is_no_url_is_told(url: str) -> None:
    with pytest.raises(DriverError, match="has no URL") as caught, fsspec.file_system(Given({"url": url})):
        pass
    assert caught.value.fault.slug == "driver-option"


def test_further_options_are_storage_options() -> None:
    with fsspec.file_system(Given({"url": "file://", "auto_mkdir": False})) as subject:
        assert subject.client.auto_mkdir is False


@given(number=st.sampled_from(sorted(errno.errorcode)))
def test_an_oserror_is_refused_leaks_or_is_no_answer(number: int) -> None:
    known = (FileExistsError, FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
    error = OSError(number, "why")
    with pytest.raises((Refused, OSError)) as caught, mapped():
        raise error
    is_refused = isinstance(caught.value, Refused)
    assert is_refused == (isinstance(error, known) or number in KINDS_OF_ERRNO)
    assert is_refused or caught.value is error


@pytest.mark.parametrize("leaks", [KeyError("a"), AttributeError("a"), ValueError("a"), OSError(errno.EINVAL, "a")])
def test_what_a_client_is_not_to_raise_leaks(leaks: Exception) -> None:
    with pytest.raises(type(leaks)) as caught, mapped():
        raise leaks
    assert caught.value is leaks


def test_what_is_not_implemented_is_not_offered() -> None:
    with pytest.raises(NotOffered), mapped():
        raise NotImplementedError


SEGMENTS = st.lists(st.text("ab/ .", min_size=1, max_size=3), min_size=1, max_size=3)


@given(root=st.sampled_from(["", "box", "/box/in", "bucket/in"]), names=SEGMENTS)
def test_an_entry_has_the_path_that_it_was_asked_by(root: str, names: list[str]) -> None:
    paths = Paths(root, protocol="memory", is_local=False)
    path = "/".join(names).strip("/") or "a"
    found = paths.entry({"name": paths.full(path), "type": "file", "size": 0})
    assert found == {"path": path, "type": "file", "size": 0}
