"""What is appended to files and flushed, through the dfs endpoint."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.emulators.hns._checksums import crc64_text
from tests.emulators.hns.checklist import FREE, HELD
from tests.emulators.hns.dfs_client import Client, code, header

APPEND = "lake/f?action=append&position="
FLUSH = "lake/f?action=flush&position="
MD5 = base64.b64encode(hashlib.md5(b"abc", usedforsecurity=False).digest()).decode()
OTHER_MD5 = base64.b64encode(bytes(16)).decode()


@pytest.fixture
def client() -> Client:
    client = Client()
    client.send("PUT", "lake/f?resource=file")
    return client


@given(st.data())
def test_parts_may_arrive_in_any_order(data: st.DataObject) -> None:
    client = Client()
    client.send("PUT", "lake/f?resource=file")
    parts = data.draw(st.lists(st.binary(min_size=1, max_size=5), min_size=1, max_size=6))
    starts = [sum(map(len, parts[:index])) for index in range(len(parts))]
    for start, part in data.draw(st.permutations(list(zip(starts, parts, strict=True)))):
        assert client.send("PATCH", f"{APPEND}{start}", body=part).status == 202
    whole = b"".join(parts)
    wrong = data.draw(st.integers(0, len(whole) + 3).filter(lambda length: length != len(whole)))
    assert code(client.send("PATCH", f"{FLUSH}{wrong}")) == (400, "InvalidFlushPosition")
    assert client.send("PATCH", f"{FLUSH}{len(whole)}").status == 200
    assert client.send("GET", "lake/f").body == whole


@given(st.binary(min_size=2, max_size=9), st.data())
def test_what_is_retained_is_flushed_later(content: bytes, data: st.DataObject) -> None:
    client = Client()
    client.send("PUT", "lake/f?resource=file")
    middle = data.draw(st.integers(0, len(content)))
    client.send("PATCH", f"{APPEND}0", body=content)
    client.send("PATCH", f"{APPEND}{len(content) + 1}", body=b"beyond a gap")
    assert client.send("PATCH", f"{FLUSH}{middle}&retainUncommittedData=true").status == 200
    assert client.send("GET", "lake/f").body == content[:middle]
    assert code(client.send("PATCH", f"{FLUSH}{len(content)}")) == (400, "InvalidFlushPosition")
    client.send("PATCH", f"{APPEND}{len(content)}", body=b"|")
    assert client.send("PATCH", f"{FLUSH}{len(content) + 13}").status == 200
    assert client.send("GET", "lake/f").body == content + b"|beyond a gap"


def test_data_that_the_file_has_is_taken_again(client: Client) -> None:
    client.write("f", b"abc")
    client.send("PATCH", f"{APPEND}0", body=b"abcd")
    assert client.send("PATCH", f"{FLUSH}4").status == 200
    assert client.send("GET", "lake/f").body == b"abcd"


def test_an_append_may_flush(client: Client) -> None:
    made = header(client.send("HEAD", "lake/f"), "etag")
    answer = client.send("PATCH", f"{APPEND}0&flush=true", body=b"abc")
    assert (answer.status, client.send("GET", "lake/f").body) == (202, b"abc")
    assert header(answer, "etag") == header(client.send("HEAD", "lake/f"), "etag") != made
    assert client.account.state.containers["lake"].nodes["f"].appended == {}
    assert code(client.send("PATCH", f"{APPEND}4&flush=true", body=b"abc")) == (400, "InvalidFlushPosition")
    assert client.send("PATCH", f"{APPEND}3&flush=true", body=b"d").status == 202


def test_an_append_is_held_to_its_checksum(client: Client) -> None:
    right = client.send("PATCH", f"{APPEND}0", {"Content-MD5": MD5}, b"abc")
    assert (right.status, header(right, "content-md5")) == (202, MD5)
    assert client.send("PATCH", f"{APPEND}0", {"x-ms-content-crc64": crc64_text(b"abc")}, b"abc").status == 202
    assert code(client.send("PATCH", f"{APPEND}0", {"Content-MD5": OTHER_MD5}, b"abc")) == (400, "Md5Mismatch")
    wrong = {"x-ms-content-crc64": crc64_text(b"abd")}
    assert code(client.send("PATCH", f"{APPEND}0", wrong, b"abc")) == (400, "Crc64Mismatch")


def test_a_flush_says_what_the_content_is(client: Client) -> None:
    client.send("PATCH", f"{APPEND}0", body=b"abc")
    client.send("PATCH", f"{FLUSH}3", {"x-ms-content-type": "text/plain", "x-ms-content-md5": MD5})
    got = client.send("GET", "lake/f")
    assert (header(got, "content-type"), header(got, "content-md5")) == ("text/plain", MD5)
    client.send("PATCH", f"{APPEND}3&flush=true", body=b"d")
    got = client.send("GET", "lake/f")
    assert (header(got, "content-type"), header(got, "content-md5")) == ("text/plain", "")


def test_headers_of_the_content_may_be_flushed_alone(client: Client) -> None:
    answer = client.send("PATCH", f"{FLUSH}0", {"x-ms-content-language": "es"})
    got = client.send("HEAD", "lake/f")
    assert (header(got, "content-language"), header(got, "etag")) == ("es", header(answer, "etag"))


@pytest.mark.parametrize("target", [APPEND, FLUSH])
@pytest.mark.parametrize(
    ("position", "expected"),
    [("", "InvalidQueryParameterValue"), ("-1", "InvalidQueryParameterValue"), ("x", "InvalidQueryParameterValue")],
)
def test_a_position_is_a_number(client: Client, target: str, position: str, expected: str) -> None:
    assert code(client.send("PATCH", target + position, body=b"x")) == (400, expected)


def test_a_directory_takes_no_data(client: Client) -> None:
    client.send("PUT", "lake/d?resource=directory")
    assert code(client.send("PATCH", "lake/d?action=append&position=0", body=b"x")) == (409, "ResourceTypeMismatch")


def test_a_blob_of_another_kind_takes_no_data(client: Client) -> None:
    client.account.state.containers["lake"].nodes["f"].kind = "AppendBlob"
    assert code(client.send("PATCH", f"{APPEND}0", body=b"x")) == (409, "InvalidBlobType")


def lease_state(client: Client) -> str:
    return header(client.send("HEAD", "lake/f"), "x-ms-lease-state")


def test_data_brings_a_lease_along(client: Client) -> None:
    acquire = {"x-ms-lease-action": "acquire", "x-ms-lease-duration": "60", "x-ms-proposed-lease-id": HELD}
    renew = {"x-ms-lease-action": "auto-renew", "x-ms-lease-id": HELD}
    release = {"x-ms-lease-action": "release", "x-ms-lease-id": HELD}
    assert client.send("PATCH", f"{APPEND}0", acquire, b"a").status == 202
    assert lease_state(client) == "leased"
    assert code(client.send("PATCH", f"{APPEND}1", body=b"b")) == (412, "LeaseIdMissing")
    renewed = client.send("PATCH", f"{APPEND}1", renew, b"b")
    assert (renewed.status, header(renewed, "x-ms-lease-renewed")) == (202, "true")
    assert code(client.send("PATCH", f"{APPEND}2", release, b"c")) == (400, "InvalidHeaderValue")
    mismatch = release | {"x-ms-lease-id": FREE}
    assert code(client.send("PATCH", f"{FLUSH}2", mismatch)) == (412, "LeaseIdMismatch")
    assert client.send("PATCH", f"{FLUSH}2", release).status == 200
    assert (lease_state(client), client.send("GET", "lake/f").body) == ("available", b"ab")


def test_a_lease_may_last_as_long_as_the_request(client: Client) -> None:
    short = {"x-ms-lease-action": "acquire-release", "x-ms-lease-duration": "15"}
    assert client.send("PATCH", f"{APPEND}0&flush=true", short, b"a").status == 202
    assert (lease_state(client), client.send("GET", "lake/f").body) == ("available", b"a")
    unknown = {"x-ms-lease-action": "keep"}
    assert code(client.send("PATCH", f"{APPEND}1", unknown, b"a")) == (400, "InvalidHeaderValue")


@pytest.mark.parametrize(
    ("version", "said"), [("2019-07-07", "true"), ("2019-10-10", "false"), ("2026-04-06", "false")]
)
def test_a_flush_brings_nothing_to_encrypt(version: str, said: str) -> None:
    client = Client(version)
    answer = client.write("f", b"abc")
    assert header(answer, "x-ms-request-server-encrypted") == said
