"""What the Azure drivers make of errors and uploads, without a service."""

from __future__ import annotations

from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ServiceRequestError, ServiceResponseError
from azure.storage.blob import StorageErrorCode
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract import NotOffered, Refused, Unreachable
from conformance.contract.drivers._azure import OF_FILES, OF_OBJECTS, Uploads, block_id, range_of, refusal_of
from conformance.contract.drivers._azure_core import conditions, mapped

ERRORS = frozenset(
    [
        "access_denied",
        "already_exists",
        "conflict",
        "invalid_argument",
        "invalid_range",
        "not_found",
        "precondition_failed",
        "server_error",
        "too_large",
        "unsupported",
    ]
)
OBJECT_ERRORS = ERRORS | {"invalid_key", "invalid_part", "no_container", "no_upload", "not_modified", "part_too_small"}
FILE_ERRORS = ERRORS | {"invalid_path", "is_a_directory", "not_a_directory", "not_empty"}
CODES = st.sampled_from([*OF_OBJECTS, *OF_FILES, "ServerBusy", "OperationTimedOut", "ConditionNotMet", "", "New"])


@given(status=st.none() | st.integers(100, 599), code=CODES)
def test_an_error_is_of_the_contract_or_an_outage_or_leaks(status: int | None, code: str) -> None:
    for kinds, errors in ((OF_OBJECTS, OBJECT_ERRORS), (OF_FILES, FILE_ERRORS)):
        found = refusal_of(status, code, "detail", kinds)
        if isinstance(found, Refused):
            assert found.error in errors or status == 304  # which needs a condition that files are not read with
            assert (found.status, found.code, str(found)) == (status, code, "detail")
        elif found is None:
            assert code not in kinds
            assert (status or 0) < 500
        else:
            assert code in ("ServerBusy", "OperationTimedOut") or status in (502, 503, 504)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (404, "BlobNotFound", "not_found"),
        (404, "ContainerNotFound", "no_container"),
        (409, "BlobAlreadyExists", "already_exists"),
        (304, "ConditionNotMet", "not_modified"),
        (412, "ConditionNotMet", "precondition_failed"),
        (400, "InvalidBlockList", "invalid_part"),
        (404, "", "not_found"),
        (500, "InternalError", "server_error"),
    ],
)
def test_an_error_is_told_by_its_code_before_its_status(status: int, code: str, kind: str) -> None:
    found = refusal_of(status, code, "", OF_OBJECTS)
    assert isinstance(found, Refused)
    assert found.error == kind


def http_error(status: int, code: Any) -> HttpResponseError:
    error = HttpResponseError("what happened")
    error.status_code = status
    error.error_code = code  # type: ignore[attr-defined]  # the storage clients put it there
    return error


def test_what_the_client_raises_for_an_answer_is_a_refusal() -> None:
    with pytest.raises(Refused, match="what happened") as caught, mapped(OF_OBJECTS):
        raise http_error(412, StorageErrorCode.CONDITION_NOT_MET)
    assert (caught.value.error, caught.value.status) == ("precondition_failed", 412)
    assert caught.value.code == "ConditionNotMet"


@pytest.mark.parametrize(
    "error", [ServiceRequestError("no"), ServiceResponseError("no"), http_error(503, "ServerBusy")]
)
def test_what_says_nothing_about_the_service_is_unreachable(error: Exception) -> None:
    with pytest.raises(Unreachable), mapped(OF_OBJECTS):
        raise error


@pytest.mark.parametrize("error", [KeyError("x"), ValueError("x"), http_error(200, None)])
def test_what_is_no_answer_of_the_service_leaks(error: Exception) -> None:
    with pytest.raises(type(error)) as caught, mapped(OF_OBJECTS):
        raise error
    assert caught.value is error


@given(start=st.none() | st.integers(0, 99), end=st.none() | st.integers(0, 99))
def test_a_range_is_what_a_slice_is(start: int | None, end: int | None) -> None:
    wanted = range_of(start, end)
    offset = wanted.get("offset", 0)
    stop = offset + wanted["length"] if "length" in wanted else None
    assert range(100)[offset:stop] == range(100)[start:end] or (stop or 0) < offset


def test_a_condition_is_one() -> None:
    assert conditions() == {}
    assert conditions(if_match="a")["etag"] == conditions(if_none_match="a")["etag"] == "a"
    assert conditions(if_match="a") != conditions(if_none_match="a")
    with pytest.raises(NotOffered):
        conditions(if_match="a", if_none_match="b")


@given(numbers=st.lists(st.integers(1, 10_000), min_size=2, max_size=5, unique=True))
def test_blocks_have_ids_of_one_length_that_differ(numbers: list[int]) -> None:
    uploads = Uploads()
    ids = [
        block_id(upload, number)
        for upload in (uploads.start("a", None), uploads.start("a", None))
        for number in numbers
    ]
    assert len({len(each) for each in ids}) == 1
    assert len(set(ids)) == len(ids)


def test_an_upload_is_of_its_key_and_ends_once() -> None:
    uploads = Uploads()
    upload = uploads.start("a", {"one": "1"})
    assert uploads.metadata_of("a", upload) == {"one": "1"}
    for key, wrong in (("b", upload), ("a", "upload-9999")):
        with pytest.raises(Refused, match="no upload"):
            uploads.metadata_of(key, wrong)
    uploads.finish(upload)
    with pytest.raises(Refused, match="no upload"):
        uploads.metadata_of("a", upload)
