"""The checksums of bodies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.emulators.hns._checksums import LANE_BYTES, ONES, _crc, crc64, crc64_text, md5
from tests.emulators.hns.blob_client import BLOCK, BlobClient, code, header

WRONG_MD5, WRONG_CRC64 = "1B2M2Y8AsgTpgAmY7PhCfg==", "AAAAAAAAAAA="


@given(st.integers(0, 3 * LANE_BYTES + 9), st.binary(min_size=1, max_size=30))
def test_a_long_body_is_summed_as_if_byte_by_byte(size: int, pattern: bytes) -> None:
    body = (pattern * (size // len(pattern) + 1))[:size]
    assert crc64(body) == (_crc(body, ONES) ^ ONES).to_bytes(8, "little")


def test_the_sum_is_that_of_the_service() -> None:
    assert crc64_text(b"hello world") == "vo7q9sPVKY0="


@pytest.mark.parametrize("target", ["box/f", "box/f?comp=block&blockid=AAAA"])
@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"Content-MD5": WRONG_MD5}, (400, "Md5Mismatch")),
        ({"Content-MD5": "short"}, (400, "InvalidMd5")),
        ({"Content-MD5": "c2hvcnQ="}, (400, "InvalidMd5")),
        ({"x-ms-content-crc64": WRONG_CRC64}, (400, "Crc64Mismatch")),
        ({"x-ms-content-crc64": "short"}, (400, "InvalidHeaderValue")),
        ({"Content-MD5": md5(b"abc")}, (201, "")),
        ({"x-ms-content-crc64": crc64_text(b"abc")}, (201, "")),
    ],
)
def test_a_body_that_is_not_what_its_checksum_says_is_refused(
    target: str, headers: dict[str, str], said: tuple[int, str]
) -> None:
    assert code(BlobClient().send("PUT", target, BLOCK | headers, b"abc")) == said


def test_a_block_is_answered_with_the_checksum_of_the_version() -> None:
    target = "box/f?comp=block&blockid=AAAA"
    assert header(BlobClient().send("PUT", target, body=b"abc"), "x-ms-content-crc64") == crc64_text(b"abc")
    assert header(BlobClient("2018-11-09").send("PUT", target, body=b"abc"), "content-md5") == md5(b"abc")
    given = BlobClient().send("PUT", target, {"Content-MD5": md5(b"abc")}, b"abc")
    assert (header(given, "content-md5"), header(given, "x-ms-content-crc64")) == (md5(b"abc"), "")


def test_a_blob_keeps_the_checksum_that_it_is_given_where_it_is_true() -> None:
    client = BlobClient()
    assert code(client.put("f", b"abc", {"x-ms-blob-content-md5": WRONG_MD5})) == (400, "Md5Mismatch")
    client.put("f", b"abc", {"x-ms-blob-content-md5": md5(b"abc")})
    whole, part = client.send("GET", "box/f"), client.send("GET", "box/f", {"Range": "bytes=0-0"})
    assert header(whole, "content-md5") == header(part, "x-ms-blob-content-md5") == md5(b"abc")


@pytest.mark.parametrize(
    ("name", "answer", "value"),
    [
        ("x-ms-range-get-content-md5", "content-md5", md5(b"b")),
        ("x-ms-range-get-content-crc64", "x-ms-content-crc64", crc64_text(b"b")),
    ],
)
def test_a_range_is_answered_with_the_checksum_that_is_asked_for(name: str, answer: str, value: str) -> None:
    client = BlobClient()
    client.put("f", b"abc")
    assert header(client.send("GET", "box/f", {"x-ms-range": "bytes=1-1", name: "true"}), answer) == value
    assert code(client.send("GET", "box/f", {name: "true"})) == (400, "InvalidHeaderValue")


def test_a_range_that_is_too_long_is_not_summed() -> None:
    client = BlobClient()
    client.put("f", bytes(4 * 1024 * 1024 + 1))
    asked = {"x-ms-range": "bytes=0-", "x-ms-range-get-content-md5": "true"}
    assert code(client.send("GET", "box/f", asked)) == (400, "OutOfRangeInput")
