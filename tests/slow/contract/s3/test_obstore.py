"""The driver of obstore on S3: what it does in memory and on the local disk, and what is of S3 alone."""

from __future__ import annotations

import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from conformance.contract import call_of
from conformance.contract.drivers import obstore
from tests.contract.drivers.openings import Given
from tests.contract.drivers.test_obstore import (
    done,
    failed,
    files,
    test_a_listing_is_of_keys_and_prefixes,
    test_a_path_that_obstore_does_not_take_is_not_offered,
    test_conditions_are_those_of_the_etag,
    test_copies_and_deletes,
    test_its_filesystem_overwrites_what_it_is_to_create,
    test_two_openings_do_not_meet,
    test_what_is_put_is_got_whole_and_in_ranges,
    test_what_obstore_has_no_word_for_is_not_offered,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract import Call
    from tests.backends.services import Endpoint

__all__ = [
    "files",
    "test_a_listing_is_of_keys_and_prefixes",
    "test_a_path_that_obstore_does_not_take_is_not_offered",
    "test_conditions_are_those_of_the_etag",
    "test_copies_and_deletes",
    "test_its_filesystem_overwrites_what_it_is_to_create",
    "test_two_openings_do_not_meet",
    "test_what_is_put_is_got_whole_and_in_ranges",
    "test_what_obstore_has_no_word_for_is_not_offered",
]


@pytest.fixture
def given(moto_server: Endpoint) -> Given:
    return Given({"store": "s3"}, moto_server)


@pytest.fixture
def call(given: Given) -> Iterator[Call]:
    with obstore.object_store(given) as subject:
        yield call_of(subject)


def test_metadata_content_type_and_conditional_writes(call: Call) -> None:
    old = done(call, "put", key="a", data=b"", metadata={"One": "1"}, content_type="text/x")["etag"].text
    assert done(call, "metadata", key="a") == {"metadata": {"one": "1"}}
    assert done(call, "content_type", key="a") == {"content_type": "text/x"}
    done(call, "put", key="a", data=b"new", if_match=old)
    assert failed(call, "put", key="a", data=b"newer", if_match=old) == "precondition_failed"


@pytest.mark.parametrize("factory", [obstore.object_store, obstore.file_system])
def test_no_bucket_is_left(given: Given, factory: Any) -> None:
    with factory(given) as subject:
        op = "put" if isinstance(subject, obstore.ObjectStore) else "write"
        getattr(subject, op)("d/a", b"x")
    with urllib.request.urlopen(f"http://{given.service.netloc}/") as answer:
        assert b"<Buckets" in (told := answer.read())
        assert b"conformance" not in told
