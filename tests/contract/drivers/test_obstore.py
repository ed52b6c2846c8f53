"""The driver of obstore: in memory and on the local disk; on moto it is tried in ``tests/slow``."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

import pytest
from obstore.exceptions import GenericError

from conformance.contract import Unreachable, call_of
from conformance.contract.drivers import obstore
from conformance.contract.drivers._obstore import mapped
from conformance.errors import DriverError
from conformance.trace import Chosen
from tests.backends.services import Endpoint
from tests.contract.drivers.openings import Given

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.contract import Call


@pytest.fixture(params=["memory", "local"])
def given(request: pytest.FixtureRequest) -> Given:
    return Given({"store": request.param})


@pytest.fixture
def call(given: Given) -> Iterator[Call]:
    with obstore.object_store(given) as subject:
        yield call_of(subject)


@pytest.fixture
def files(given: Given) -> Iterator[Call]:
    with obstore.file_system(given) as subject:
        yield call_of(subject)


def done(call: Call, op: str, **args: Any) -> Any:
    outcome = call(op, args)
    assert outcome.is_ok, outcome
    return outcome.value


def failed(call: Call, op: str, **args: Any) -> str:
    outcome = call(op, args)
    assert outcome.value is None
    return outcome.error


def test_what_is_put_is_got_whole_and_in_ranges(call: Call) -> None:
    etag = done(call, "put", key="d/a b", data=b"abcdef")["etag"]
    assert isinstance(etag, Chosen)
    assert done(call, "head", key="d/a b") == {"size": 6, "etag": etag}
    assert done(call, "get", key="d/a b") == {"data": b"abcdef"}
    assert done(call, "get", key="d/a b", start=2, end=4) == {"data": b"cd"}
    assert done(call, "get", key="d/a b", start=4) == {"data": b"ef"}
    assert done(call, "get", key="d/a b", end=1) == {"data": b"a"}
    assert done(call, "get", key="d/a b", last=2) == {"data": b"ef"}
    assert failed(call, "get", key="d/a b", start=6) == "invalid_range"
    assert failed(call, "get", key="d/a b", start=1, end=1) == "not_offered"


def test_conditions_are_those_of_the_etag(call: Call) -> None:
    etag = done(call, "put", key="a", data=b"x", create_only=True)["etag"].text
    assert failed(call, "put", key="a", data=b"y", create_only=True) == "already_exists"
    assert failed(call, "get", key="a", if_match='"x"') == "precondition_failed"
    assert failed(call, "get", key="a", if_none_match=etag) == "not_modified"
    assert failed(call, "head", key="a", if_none_match=etag) == "not_modified"
    assert done(call, "head", key="a", if_match=etag)["size"] == 1
    assert done(call, "get", key="a", if_match=etag) == {"data": b"x"}


@pytest.mark.parametrize("given", ["memory"], indirect=True)
def test_metadata_content_type_and_conditional_writes(call: Call) -> None:
    old = done(call, "put", key="a", data=b"", metadata={"One": "1"}, content_type="text/x")["etag"].text
    assert done(call, "metadata", key="a") == {"metadata": {"one": "1"}}
    assert done(call, "content_type", key="a") == {"content_type": "text/x"}
    done(call, "put", key="a", data=b"new", if_match=old)
    assert failed(call, "put", key="a", data=b"newer", if_match=old) == "precondition_failed"


@pytest.mark.parametrize("given", ["local"], indirect=True)
def test_what_a_store_does_not_implement_is_not_offered(call: Call) -> None:
    assert failed(call, "put", key="a", data=b"", metadata={"one": "1"}) == "not_offered"
    assert failed(call, "put", key="a", data=b"", if_match='"x"') == "not_offered"


def test_a_listing_is_of_keys_and_prefixes(call: Call) -> None:
    for key in ("d/e", "a", "d/f/g", "b"):
        done(call, "put", key=key, data=b"")
    assert done(call, "list") == {"keys": ["a", "b", "d/e", "d/f/g"], "prefixes": []}
    assert done(call, "list", delimiter="/") == {"keys": ["a", "b"], "prefixes": ["d/"]}
    assert done(call, "list", prefix="d/", delimiter="/") == {"keys": ["d/e"], "prefixes": ["d/f/"]}
    assert done(call, "list", prefix="d/", start_after="d/e") == {"keys": ["d/f/g"], "prefixes": []}


def test_copies_and_deletes(call: Call) -> None:
    done(call, "put", key="a", data=b"x")
    done(call, "copy", source="a", target="b")
    done(call, "copy", source="a", target="c")
    assert done(call, "delete", key="a") == {}
    assert done(call, "delete_many", keys=["b"]) == {"refused": {}}
    assert done(call, "list")["keys"] == ["c"]
    assert failed(call, "copy", source="a", target="b") == "not_found"
    assert failed(call, "get", key="a") == "not_found"
    assert failed(call, "head", key="a") == "not_found"


def test_what_obstore_has_no_word_for_is_not_offered(call: Call) -> None:
    assert failed(call, "delete", key="a", if_match="x") == "not_offered"
    assert failed(call, "copy", source="a", target="b", metadata={}) == "not_offered"
    assert failed(call, "list", prefix="a") == "not_offered"
    assert failed(call, "list", page_size=1) == "not_offered"
    assert failed(call, "list", delimiter="-") == "not_offered"
    assert failed(call, "list", delimiter="/", start_after="a") == "not_offered"
    assert failed(call, "put", key="a", data=b"", create_only=True, if_match="x") == "not_offered"
    assert failed(call, "start_upload", key="a") == "not_offered"


def test_a_path_that_obstore_does_not_take_is_not_offered(call: Call) -> None:
    for key in ("a//b", "a/../b", "a\x01"):
        assert failed(call, "put", key=key, data=b"") == "not_offered"
        assert failed(call, "get", key=key) == "not_offered"
        assert failed(call, "delete", key=key) == "not_offered"
        assert failed(call, "delete_many", keys=[key]) == "not_offered"


def test_its_filesystem_overwrites_what_it_is_to_create(files: Call) -> None:
    done(files, "write", path="d/a", data=b"old", overwrite=False)
    assert done(files, "write", path="d/a", data=b"new", overwrite=False) == {}
    assert done(files, "read", path="d/a") == {"data": b"new"}
    assert done(files, "list", path="", recursive=True) == {
        "entries": [{"path": "d", "type": "directory"}, {"path": "d/a", "type": "file", "size": 3}]
    }


@pytest.mark.parametrize("factory", [obstore.object_store, obstore.file_system])
@pytest.mark.parametrize("given", ["local"], indirect=True)
def test_no_file_is_left(given: Given, factory: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with factory(given) as subject:
        op = "put" if isinstance(subject, obstore.ObjectStore) else "write"
        getattr(subject, op)("d/a", b"x")
        assert [each.name for each in tmp_path.rglob("*") if each.is_file()] == ["a"]
    assert list(tmp_path.iterdir()) == []


def test_two_openings_do_not_meet(given: Given) -> None:
    with obstore.object_store(given) as one, obstore.object_store(given) as other:
        one.put("a", b"one")
        assert failed(call_of(other), "get", key="a") == "not_found"


def test_a_server_that_is_not_there_is_unreachable() -> None:
    nowhere = Given({"store": "s3", "bucket": "shared"}, Endpoint("127.0.0.1:9"))
    with obstore.object_store(nowhere) as subject, pytest.raises(Unreachable):
        call_of(subject)("get", {"key": "a"})


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "no store None"),
        ({"store": "s4"}, "no store 's4'"),
        ({"store": "s3", "access_key": "x", "secret_key": "y"}, "cannot make a bucket"),
        ({"store": "s3", "buckets": "x"}, "no option 'buckets'"),
    ],
)
def test_options_that_do_not_fit_are_named(options: dict[str, Any], told: str) -> None:
    with pytest.raises(DriverError, match=told) as caught, obstore.object_store(Given(options)):
        pass
    assert caught.value.fault.slug == "driver-option"


@pytest.mark.parametrize("leaks", [KeyError("a"), TypeError("a"), ValueError("a"), GenericError("a")])
def test_what_obstore_does_not_explain_leaks(leaks: Exception) -> None:
    with pytest.raises(type(leaks)) as caught, mapped():
        raise leaks
    assert caught.value is leaks
