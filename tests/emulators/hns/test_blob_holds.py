"""Blobs that policies and legal holds keep as they are, increments of page blobs, and sources that may be read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobServiceClient, generate_blob_sas

from conformance.cassette import Request
from conformance.emulators import hns
from conformance.emulators.hns._blob_copies import put_block_from_url
from conformance.emulators.hns._call import parse_call
from conformance.emulators.hns._errors import ServiceError
from tests.emulators.hns.blob_client import APPEND, HOST, BlobClient, code, elements, header


@pytest.fixture
def client() -> BlobClient:
    return BlobClient(is_hierarchical=False)


def test_what_is_held_is_neither_deleted_nor_overwritten() -> None:
    client = BlobClient(is_hierarchical=False)
    client.put("f", b"1", {"x-ms-legal-hold": "true"})
    kept = 409, "BlobImmutableDueToPolicy"
    assert code(client.send("DELETE", "box/f")) == kept
    assert code(client.put("f", b"2")) == kept
    listed = client.listing("include=legalhold,immutabilitypolicy")
    assert elements(listed, "LegalHold") == ["true"]
    assert (
        header(client.send("PUT", "box/f?comp=legalhold", {"x-ms-legal-hold": "false"}), "x-ms-legal-hold") == "false"
    )
    until = {"x-ms-immutability-policy-until-date": "Fri, 02 Jan 2026 00:00:00 GMT"}
    answer = client.send("PUT", "box/f?comp=immutabilityPolicies", until)
    assert header(answer, "x-ms-immutability-policy-mode") == "unlocked"
    assert code(client.send("DELETE", "box/f")) == kept
    assert client.send("DELETE", "box/f?comp=immutabilityPolicies").status == 200
    locked = until | {"x-ms-immutability-policy-mode": "Locked"}
    client.send("PUT", "box/f?comp=immutabilityPolicies", locked)
    assert header(client.send("HEAD", "box/f"), "x-ms-immutability-policy-mode") == "locked"
    assert code(client.send("DELETE", "box/f?comp=immutabilityPolicies")) == kept
    sooner = {"x-ms-immutability-policy-until-date": "Thu, 01 Jan 2026 12:00:00 GMT"}
    assert code(client.send("PUT", "box/f?comp=immutabilityPolicies", sooner)) == kept
    client.account.clock.advance(3 * 86400)
    assert client.send("DELETE", "box/f").status == 202


@pytest.mark.parametrize(
    "headers",
    [
        {"x-ms-immutability-policy-until-date": "soon"},
        {"x-ms-immutability-policy-until-date": "Fri, 02 Jan 2026 00:00:00 GMT", "x-ms-immutability-policy-mode": "x"},
    ],
)
def test_a_policy_that_is_none_is_refused(client: BlobClient, headers: dict[str, str]) -> None:
    client.put("f", b"1")
    assert code(client.send("PUT", "box/f?comp=immutabilityPolicies", headers)) == (400, "InvalidHeaderValue")


def test_an_increment_of_a_page_blob_is_a_snapshot_of_its_copy() -> None:
    client = BlobClient(is_hierarchical=False)
    client.page_blob("p", 512)
    time = header(client.send("PUT", "box/p?comp=snapshot"), "x-ms-snapshot")
    source = {"x-ms-copy-source": f"{HOST}/box/p?snapshot={time}"}
    answer = client.send("PUT", "box/q?comp=incrementalcopy", source)
    assert (answer.status, header(answer, "x-ms-copy-status")) == (202, "pending")
    there = client.send("HEAD", "box/q")
    assert header(there, "x-ms-incremental-copy") == "true"
    assert client.send("HEAD", f"box/q?snapshot={header(there, 'x-ms-copy-destination-snapshot')}").status == 200
    base = {"x-ms-copy-source": f"{HOST}/box/p"}
    assert code(client.send("PUT", "box/r?comp=incrementalcopy", base)) == (409, "InvalidSourceBlobType")


def test_a_source_that_is_not_as_it_must_be_is_told_as_one_that_cannot_be_verified(client: BlobClient) -> None:
    client.put("f", b"1")
    source = {"x-ms-copy-source": f"{HOST}/box/f", "x-ms-blob-type": "BlockBlob", "x-ms-source-if-match": '"0x1"'}
    assert code(client.send("PUT", "box/g", source)) == (412, "CannotVerifyCopySource")


def test_a_source_is_read_by_a_signature_or_when_anybody_may_read_it() -> None:
    with hns.serve_account(is_hierarchical=False) as account:
        box = BlobServiceClient(account.url, credential=account.key).create_container("box")
        source, copy = box.upload_blob("f", b"abc"), box.get_blob_client("g")
        with pytest.raises(HttpResponseError) as refused:
            copy.upload_blob_from_url(source.url)
        assert refused.value.status_code == HTTPStatus.UNAUTHORIZED
        assert "CannotVerifyCopySource" in str(refused.value)
        end = datetime.now(UTC) + timedelta(hours=1)
        token = generate_blob_sas(account.name, "box", "f", account_key=account.key, permission="r", expiry=end)
        copy.upload_blob_from_url(f"{source.url}?{token}")
        assert copy.download_blob().readall() == b"abc"
        box.set_container_access_policy({}, public_access="blob")
        copy.upload_blob_from_url(source.url, overwrite=True)


def test_a_source_that_nobody_may_read_is_not_there_for_versions_that_know_no_challenge() -> None:
    account = hns.Account(is_hierarchical=False, is_open=True)
    client = BlobClient("2019-07-07")
    client.account = account
    client.send("PUT", "box?restype=container")
    client.put("f", b"1")
    account.state.is_open = account.is_open = False
    call = parse_call(
        Request("PUT", f"{HOST}/box/g", (("x-ms-version", "2019-07-07"), ("x-ms-copy-source", f"{HOST}/box/f"))),
        account=hns.NAME,
    )
    with pytest.raises(ServiceError) as refused:
        put_block_from_url(call, account.state)
    assert (refused.value.code, refused.value.status) == ("CannotVerifyCopySource", 404)


@pytest.mark.parametrize(
    ("etag", "said"), [("0x111111111111111", "OutOfRangeInput"), ("0x8DF4841922A1DB0", "ConditionNotMet")]
)
def test_an_append_refuses_etags_of_before_files_had_times(client: BlobClient, etag: str, said: str) -> None:
    client.send("PUT", "box/a", APPEND)
    assert code(client.send("PUT", "box/a?comp=appendblock", {"If-Match": etag}, b"x"))[1] == said


def test_ranges_that_have_not_changed_are_answered_with_a_type(client: BlobClient) -> None:
    client.page_blob("p", 512)
    answer = client.send("GET", "box/p?comp=pagelist", {"If-None-Match": "*"})
    assert (answer.status, header(answer, "Content-Type")) == (304, "application/xml")


@pytest.mark.parametrize(("version", "name"), [("2019-12-12", b"InternalError"), ("2020-02-10", b"ParseError")])
def test_the_first_version_with_queries_names_no_parse_error(version: str, name: bytes) -> None:
    client = BlobClient(version, is_hierarchical=False)
    client.put("f", b"{a}")
    body = (
        b"<QueryRequest><QueryType>SQL</QueryType><Expression>SELECT * from BlobStorage</Expression>"
        b"<InputSerialization><Format><Type>json</Type></Format></InputSerialization></QueryRequest>"
    )
    assert name in client.send("POST", "box/f?comp=query", body=body).body
