"""What the drivers of boto3 and aiobotocore make of answers and options; on moto they are tried in ``tests/slow``."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract import NotOffered, Refused, Unreachable
from conformance.contract.drivers import aiobotocore, boto3
from conformance.contract.drivers._botocore import mapped
from conformance.contract.drivers._s3 import KINDS, OUTAGES, Place, kind_of
from conformance.contract.drivers._s3_calls import Calls, EndlessListing, Pages, range_of
from conformance.errors import DriverError
from tests.backends.services import Endpoint
from tests.contract.drivers.openings import Given, opened

if TYPE_CHECKING:
    from collections.abc import Iterator


FACTORIES = {"boto3": boto3.object_store, "aiobotocore": aiobotocore.object_store}


@pytest.fixture(params=list(FACTORIES))
def factory(request: pytest.FixtureRequest) -> Any:
    return FACTORIES[request.param]


def test_a_replay_asks_for_no_service() -> None:
    with boto3.object_store(Given({"bucket": "shared"}, Endpoint("unused:1"), is_replay=True)) as subject:
        assert subject.client.meta.endpoint_url == "http://s3.test:8333"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"regoin": "x"}, "no option 'regoin'"),
        ({}, "no keys for https://s3.us-east-1.amazonaws.com"),
        ({"access_key": "x", "endpoint": "https://one.test"}, "no keys for https://one.test"),
    ],
)
def test_options_that_do_not_fit_are_named(factory: Any, options: dict[str, Any], told: str, loop: Any) -> None:
    with pytest.raises(DriverError, match=told) as caught, opened(factory, Given(options), loop):
        pass
    assert caught.value.fault.slug == "driver-option"


@given(status=st.integers(500, 599), code=st.text("xyz"))
def test_any_5xx_without_a_word_of_its_own_is_a_server_error(status: int, code: str) -> None:
    assert kind_of(code, status) == ("unsupported" if status == 501 else "server_error")


@given(code=st.sampled_from(sorted(KINDS)), status=st.integers(200, 599))
def test_the_word_of_the_service_goes_before_the_status(code: str, status: int) -> None:
    assert kind_of(code, status) == KINDS[code]


@contextmanager
def answered(code: str, status: int) -> Iterator[None]:
    answer: Any = {"Error": {"Code": code, "Message": "why"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    with mapped():
        raise ClientError(answer, "GetObject")
    yield


def test_an_answer_that_nothing_is_known_of_leaks() -> None:
    with pytest.raises(ClientError), answered("Teapot", 418):
        pass


@pytest.mark.parametrize("code", sorted(OUTAGES))
def test_a_service_that_does_not_work_just_now_says_nothing_of_the_subject(code: str) -> None:
    with pytest.raises(Unreachable), answered(code, 503):
        pass


def test_a_refusal_tells_what_the_service_said() -> None:
    with pytest.raises(Refused, match="why") as caught, answered("AccessDenied", 403):
        pass
    assert (caught.value.error, caught.value.status, caught.value.code) == ("access_denied", 403, "AccessDenied")


def test_a_listing_that_never_ends_is_a_finding() -> None:
    pages = Pages(Calls(Place("box", "")))
    answer = {"IsTruncated": True, "NextContinuationToken": "again"}
    assert pages.add(answer) == "again"
    with pytest.raises(EndlessListing, match="page 2"):
        pages.add(answer)


def test_a_batch_tells_each_key_that_was_refused() -> None:
    answer = {"Errors": [{"Key": "in/a", "Code": "AccessDenied"}, {"Key": "in/b", "Code": "Unheard"}]}
    assert Calls(Place("box", "in/")).refusals(answer) == {"a": "access_denied", "b": "Unheard"}


@given(start=st.none() | st.integers(0, 9), end=st.none() | st.integers(0, 9))
def test_a_range_is_half_open(start: int | None, end: int | None) -> None:
    if end is not None and end <= (start or 0):
        with pytest.raises(NotOffered):
            range_of(start, end, None)
        return
    header = range_of(start, end, None)
    first, _, last = (header or "bytes=0-").removeprefix("bytes=").partition("-")
    assert range(100)[int(first) : int(last) + 1 if last else None] == range(100)[start:end]
