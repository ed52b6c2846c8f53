"""Signatures are those of the service's own documentation and of its client, whatever a URL is made of."""

from __future__ import annotations

import hashlib
import sys
from datetime import UTC, datetime
from unittest import mock
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.cassette import Request
from conformance.compare.verification._sigv4 import (
    ALGORITHM,
    EMPTY,
    OF_A_SIGNATURE,
    UNSIGNED,
    Credential,
    chunks_of,
    decoded_chunks,
    with_authorization,
    with_query,
    without_query,
)
from conformance.errors import Unavailable

EXAMPLE = Credential(
    "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1", datetime(2013, 5, 24, tzinfo=UTC)
)
HOST = "https://examplebucket.s3.amazonaws.com"
CHUNKED = f"STREAMING-{ALGORITHM}-PAYLOAD"
ODD = "/a+b c//é~%2B!'()*/../"
LETTERS = st.sampled_from("ab+/ %é!'()*&=~") | st.characters(exclude_categories=["Cs"])
KEYS = st.text(LETTERS, min_size=1, max_size=12)
VALUES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=8)


def signature_in(request: Request) -> str:
    proof = next(value for name, value in request.headers if name == "Authorization")
    return proof.rpartition("Signature=")[2]


def framed(*chunks: bytes, trailer: bytes = b"\r\n") -> bytes:
    signature = b";chunk-signature=" + b"0" * 64
    return (
        b"".join(b"%x%s\r\n%s\r\n" % (len(each), signature, each) for each in chunks) + b"0%s\r\n" % signature + trailer
    )


def test_signatures_are_those_of_the_documentation() -> None:
    got = with_authorization(Request("GET", f"{HOST}/test.txt", (("Range", "bytes=0-9"),)), EXAMPLE, EMPTY)
    assert signature_in(got) == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    lifecycle = with_authorization(Request("GET", f"{HOST}/?lifecycle"), EXAMPLE, EMPTY)
    assert signature_in(lifecycle) == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
    listed = with_authorization(Request("GET", f"{HOST}/?max-keys=2&prefix=J"), EXAMPLE, EMPTY)
    assert signature_in(listed) == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
    shared = with_query(Request("GET", f"{HOST}/test.txt?X-Amz-Expires=86400"), EXAMPLE)
    told = parse_qs(urlsplit(shared.uri).query)
    assert told["X-Amz-Signature"] == ["aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"]


def test_each_chunk_is_signed_as_the_documentation_has_it() -> None:
    headers = (
        ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
        ("Content-Encoding", "aws-chunked"),
        ("x-amz-decoded-content-length", "66560"),
        ("Content-Length", "66824"),
    )
    body = framed(b"a" * 65536, b"a" * 1024)
    assert len(body) == 66824
    uri = "https://s3.amazonaws.com/examplebucket/chunkObject.txt"
    sent = with_authorization(Request("PUT", uri, headers, body), EXAMPLE, CHUNKED)
    assert signature_in(sent) == "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
    signatures = [part[:64] for part in sent.body.split(b";chunk-signature=")[1:]]
    assert signatures == [
        b"ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
        b"0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
        b"b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
    ]
    assert len(sent.body) == len(body)


@example(ODD, [("a+b", ODD), ("a+b", "")], "a  b")
@given(KEYS, st.lists(st.tuples(st.sampled_from(["prefix", "tagging", "a+b"]), KEYS), max_size=3), VALUES)
def test_a_client_signs_any_url_alike(key: str, pairs: list[tuple[str, str]], value: str) -> None:
    query = "&".join(f"{quote(name, safe='')}={quote(text, safe='')}" for name, text in pairs)
    uri = f"{HOST}/{quote(key, safe='/-_.~')}" + (f"?{query}" if query else "")
    sent = with_authorization(Request("PUT", uri, (("x-amz-meta-a", value),), b"body"), EXAMPLE, _sha256(b"body"))
    asked = AWSRequest(method="PUT", url=uri, headers={"x-amz-meta-a": value}, data=b"body")
    signer = S3SigV4Auth(Credentials(EXAMPLE.access_key, EXAMPLE.secret_key), "s3", EXAMPLE.region)
    with mock.patch("botocore.auth.get_current_datetime", return_value=EXAMPLE.when):  # its clock cannot be told
        signer.add_auth(asked)
    assert signature_in(sent) == asked.headers["Authorization"].rpartition("Signature=")[2]


@example(ODD)
@given(KEYS)
def test_a_client_presigns_any_key_alike(key: str) -> None:
    uri = f"{HOST}/{quote(key, safe='/-_.~')}"
    asked = AWSRequest(method="GET", url=uri)
    signer = S3SigV4QueryAuth(Credentials(EXAMPLE.access_key, EXAMPLE.secret_key), "s3", EXAMPLE.region, expires=60)
    with mock.patch("botocore.auth.get_current_datetime", return_value=EXAMPLE.when):
        signer.add_auth(asked)
    given_uri = without_query(asked.url, [name for name in OF_A_SIGNATURE if name != "X-Amz-Expires"])
    assert given_uri == f"{uri}?X-Amz-Expires=60"
    sent = with_query(Request("GET", given_uri), EXAMPLE)
    assert sorted(parse_qsl(urlsplit(sent.uri).query)) == sorted(parse_qsl(urlsplit(asked.url).query))
    assert with_query(sent, EXAMPLE) == sent, "one that is signed is signed anew in its place"


@example(ODD)
@given(KEYS)
def test_one_url_in_two_encodings_has_one_signature(key: str) -> None:
    most = "".join(f"%{byte:02x}" for byte in key.encode())
    least, middle = quote(key, safe=""), quote(key, safe="/!'()*+,;=:@&$")
    signatures = {
        signature_in(with_authorization(Request("GET", f"{HOST}/{path}?prefix={prefix}"), EXAMPLE, UNSIGNED))
        for path, prefix in ((least, most), (most, least), (middle, least))
    }
    assert len(signatures) == 1


def test_a_header_that_is_signed_and_was_not_sent_counts_as_empty() -> None:
    uri = f"{HOST}/a?X-Amz-SignedHeaders=content-type%3Bhost"
    lacking = with_query(Request("PUT", uri), EXAMPLE)
    assert lacking.uri == with_query(Request("PUT", uri, (("Content-Type", ""),)), EXAMPLE).uri
    assert lacking.uri != with_query(Request("PUT", uri, (("Content-Type", "text/plain"),)), EXAMPLE).uri
    assert lacking.uri.startswith(f"{uri}&")


def test_without_botocore_the_cure_is_told() -> None:
    request = Request("GET", f"{HOST}/a")
    gone = {name: None for name in sys.modules if name.split(".")[0] == "botocore"}
    with mock.patch.dict(sys.modules, gone):  # as where it is not installed
        with pytest.raises(Unavailable, match=r"conformance\[s3\]"):
            with_authorization(request, EXAMPLE, EMPTY)
        with pytest.raises(Unavailable, match=r"conformance\[s3\]"):
            with_query(request, EXAMPLE)


def test_what_a_proxy_may_change_is_not_signed() -> None:
    plain = with_authorization(Request("GET", f"{HOST}/a"), EXAMPLE, EMPTY)
    told = with_authorization(Request("GET", f"{HOST}/a", (("Accept-Encoding", "gzip"),)), EXAMPLE, EMPTY)
    assert signature_in(plain) == signature_in(told)
    assert ("Accept-Encoding", "gzip") in told.headers


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=4))
def test_chunks_are_taken_apart_and_put_together(chunks: list[bytes]) -> None:
    assert chunks_of(framed(*chunks)) == ([*chunks, b""], b"\r\n")
    assert decoded_chunks(framed(*chunks)) == b"".join(chunks)
    sent = with_authorization(Request("PUT", f"{HOST}/a", (), framed(*chunks)), EXAMPLE, CHUNKED)
    assert chunks_of(sent.body) == ([*chunks, b""], b"\r\n")


@given(st.binary(max_size=40))
def test_what_is_in_no_chunks_stays_as_it_is(body: bytes) -> None:
    if chunks_of(body) is None:
        assert decoded_chunks(body) == body
        assert with_authorization(Request("PUT", f"{HOST}/a", (), body), EXAMPLE, CHUNKED).body == body


def test_a_chunk_that_ends_elsewhere_is_none() -> None:
    assert chunks_of(b"3\r\nabcd\r\n0\r\n\r\n") is None
    assert chunks_of(b"3\r\nabc\r\n") is None


def test_the_signature_of_a_trailer_goes_over_what_is_before_it() -> None:
    trailer = b"x-amz-checksum-crc32:%s\r\nx-amz-trailer-signature:0\r\n\r\n"
    sent = [
        with_authorization(
            Request("PUT", f"{HOST}/a", (), framed(b"a", trailer=trailer % told)), EXAMPLE, f"{CHUNKED}-TRAILER"
        ).body
        for told in (b"AAAA", b"BBBB")
    ]
    assert [body.split(b"chunk-signature=")[1:][-1][:64] for body in sent] == [
        sent[0].split(b"chunk-signature=")[-1][:64]
    ] * 2
    signatures = [body.partition(b"x-amz-trailer-signature:")[2] for body in sent]
    assert all(len(each) == 64 + 4 and each.endswith(b"\r\n\r\n") for each in signatures)
    assert signatures[0] != signatures[1]


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
