"""The driver of fsspec on s3fs: what it does on memory and the local disk, and what is of S3 alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.contract.drivers import fsspec
from tests.contract.drivers.openings import Given, opened
from tests.contract.drivers.test_fsspec import (
    done,
    factory_of,
    failed,
    given_of,
    test_a_create_fails_on_what_is_there,
    test_a_listing_is_sorted_and_relative_to_the_root,
    test_a_root_that_is_gone_is_no_matter,
    test_files_and_directories_are_told_apart,
    test_files_are_moved_copied_and_deleted,
    test_nothing_is_left_of_what_a_program_leaves,
    test_two_openings_do_not_meet,
    test_what_fsspec_has_no_word_for_is_not_offered,
    test_what_is_not_there_is_not_found,
    test_what_is_written_is_read_whole_and_in_ranges,
)

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

    from conformance.contract import Call
    from tests.backends.services import Endpoint

__all__ = [
    "test_a_create_fails_on_what_is_there",
    "test_a_listing_is_sorted_and_relative_to_the_root",
    "test_a_root_that_is_gone_is_no_matter",
    "test_files_and_directories_are_told_apart",
    "test_files_are_moved_copied_and_deleted",
    "test_nothing_is_left_of_what_a_program_leaves",
    "test_two_openings_do_not_meet",
    "test_what_fsspec_has_no_word_for_is_not_offered",
    "test_what_is_not_there_is_not_found",
    "test_what_is_written_is_read_whole_and_in_ranges",
]


@pytest.fixture(params=["s3", "s3 async"])
def sort(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def call(sort: str, request: pytest.FixtureRequest, loop: asyncio.AbstractEventLoop) -> Iterator[Call]:
    with opened(factory_of(sort), given_of(sort, request), loop) as (_, found):
        yield found


@pytest.mark.parametrize("sort", ["s3"], indirect=True)
def test_what_is_appended_stands_at_the_end(call: Call) -> None:
    done(call, "write", path="a", data=b"1")
    done(call, "append", path="a", data=b"2")
    assert done(call, "read", path="a") == {"data": b"12"}


def test_metadata_is_kept(call: Call) -> None:
    done(call, "write", path="a", data=b"", metadata={"One": "1"})
    assert done(call, "metadata", path="a") == {"metadata": {"one": "1"}}
    assert failed(call, "metadata", path="n") == "not_found"


def test_an_error_without_a_word_is_told_by_the_status_behind_it(call: Call) -> None:
    done(call, "write", path="a", data=b"abc")
    outcome = call("read", {"path": "a", "start": 3})
    assert (outcome.error, outcome.status) == ("invalid_range", 416)


def test_a_corner_of_a_bucket_is_enough(moto_server: Endpoint) -> None:
    with fsspec.file_system(Given({"url": "s3://"}, moto_server)) as outer:
        url = f"s3://{outer._paths.root}"
        outer.write("kept", b"")
        with fsspec.file_system(Given({"url": url}, moto_server)) as subject:
            subject.write("d/a", b"x")
            assert subject.list("d") == {"entries": [{"path": "d/a", "type": "file", "size": 1}]}
            assert len(outer.list("")["entries"]) == 2
        assert outer.list("") == {"entries": [{"path": "kept", "type": "file", "size": 0}]}
