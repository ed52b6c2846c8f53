"""Servers of S3 are held against a few recordings of the corpus, and tables are made of it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from conformance.cassette import Interaction, Request, Response
from conformance.cassette.formats import read_any
from conformance.compare.verification import (
    S3,
    Account,
    Recording,
    Server,
    apply_accepted,
    load_accepted,
    open_sender,
    verify_server,
)
from conformance.fixtures import find_command
from conformance.report import render_verification_table
from tests.backends.services import ROOT, moto, seaweedfs
from tests.cassette.formats.corpus import CORPUS, NOT_HERE

if TYPE_CHECKING:
    from conformance.cassette import Headers
    from conformance.compare.verification import Verification

FOLDER = CORPUS / "gocdk-s3blob-v0.37.0" / "TestConformanceV2"
FILES = (
    "TestSignedURL.replay",
    "TestMetadata/weird_metadata_keys.replay",
    "TestListDelimiters/abc.replay",
    "TestAttributes.replay",
)
KEY = Account("conformance", "conformance")
DOCS = ROOT / "docs" / "explanation" / "s3-servers"

BUCKET = "https://bucket.s3.us-west-2.amazonaws.com"
OWN = ROOT / "cassettes" / "s3_seaweedfs_boto3"
NO_CORPUS = pytest.mark.skipif(not CORPUS.is_dir(), reason=NOT_HERE)
NO_WEED = pytest.mark.skipif(find_command("weed", root=ROOT) is None, reason="weed is not installed")


def verified(netloc: str) -> Verification:
    recordings = [Recording(name, read_any(FOLDER / name).interactions) for name in FILES]
    with open_sender() as send:
        return verify_server(recordings, Server(send, f"http://{netloc}", [KEY]))


def cells_of(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines() if line[:2] == "| "]


@NO_CORPUS
def test_moto_answers_otherwise_in_what_the_page_tells_of() -> None:
    with moto() as server:
        found = verified(server.netloc)
    assert [file.failures for file in found.files] == [()] * len(FILES)
    assert found.left_out == {}
    with_accepted, _ = apply_accepted(found, load_accepted(DOCS / "moto.accepted.toml"))
    rows = cells_of(render_verification_table(with_accepted))
    kept = [row for row in rows if len(row) == 6]
    assert ["`header x-amz-meta-*`", "absent"] in [[row[0], row[2]] for row in kept]
    assert ["`body /ListBucketResult/Marker`"] not in [row[:1] for row in kept], "these lists are of the second version"
    assert all(row[4].isdecimal() and "#" in row[5] for row in kept if row[4] != "count")
    reasons = {row[6] for row in rows if len(row) == 7}
    assert any("signatures" in reason for reason in reasons)
    assert found.score().ratio < with_accepted.score(with_accepted=True).ratio < 1


@NO_CORPUS
@NO_WEED
def test_a_server_that_checks_signatures_takes_what_was_signed_anew() -> None:
    keys = {"AWS_ACCESS_KEY_ID": KEY.name, "AWS_SECRET_ACCESS_KEY": KEY.key}
    with mock.patch.dict(os.environ, keys), seaweedfs() as server:
        found = verified(server.netloc)
    assert [file.failures for file in found.files] == [()] * len(FILES)
    signed = next(file for file in found.files if file.name == "TestSignedURL.replay")
    assert [each.live.status for each in signed.checked] == [each.recorded.response.status for each in signed.checked]
    assert {403, 200} <= {each.live.status for each in signed.checked}
    others = [each for file in found.files if file is not signed for each in file.checked]
    assert all(each.live.status != 403 for each in others)


@NO_WEED
def test_a_server_that_checks_signatures_takes_bodies_in_chunks_and_presigned_urls() -> None:
    zeros = "0" * 64
    frames = [f"{size:x};chunk-signature={zeros}\r\n{'a' * size}\r\n" for size in (65536, 1024)]
    signed = "".join(frames) + f"0;chunk-signature={zeros}\r\n\r\n"
    bare = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"
    whole = b'"5d41402abc4b2a76b9719d911017c592"'.decode()
    query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20240101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host"
    good = (("ETag", whole), ("Date", "Mon, 01 Jan 2024 00:00:05 GMT"))
    expired = replace(refused("AccessDenied"), headers=(("Date", "Mon, 01 Jan 2024 00:05:00 GMT"),))
    items = (
        chunked("signed", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", signed, 66560),
        chunked("trailer", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", bare, 5, (("x-amz-trailer", "x-amz-checksum-crc32"),)),
        Interaction(Request("GET", f"{BUCKET}/signed?{query}"), Response(200, "", good, b"a" * 66560)),
        Interaction(Request("GET", f"{BUCKET}/trailer?{query}"), Response(200, "", good, b"hello")),
        Interaction(Request("GET", f"{BUCKET}/trailer?{query}"), expired),
    )
    keys = {"AWS_ACCESS_KEY_ID": KEY.name, "AWS_SECRET_ACCESS_KEY": KEY.key}
    with mock.patch.dict(os.environ, keys), seaweedfs() as server, open_sender() as send:
        found = verify_server([Recording("tape", items)], Server(send, f"http://{server.netloc}", [KEY]))
    assert [each.live.status for each in found.checked] == [200, 200, 200, 200, 403]
    assert [each.live.body for each in found.checked[2:4]] == [b"a" * 66560, b"hello"]


def chunked(key: str, payload: str, body: str, size: int, more: Headers = ()) -> Interaction:
    told = (("x-amz-content-sha256", payload), ("x-amz-decoded-content-length", str(size)))
    headers = (("Content-Encoding", "aws-chunked"), *told, *more)
    return Interaction(Request("PUT", f"{BUCKET}/{key}", headers, body.encode()), Response(200))


def refused(code: str) -> Response:
    return Response(403, "", (), f"<Error><Code>{code}</Code><Message>Request has expired</Message></Error>".encode())


@NO_WEED
def test_a_server_conforms_to_what_was_recorded_of_it() -> None:
    recordings = [Recording(str(path), read_any(path).interactions) for path in sorted(OWN.rglob("*.yaml"))]
    with seaweedfs() as server, open_sender() as send:
        found = verify_server(
            recordings, Server(send, f"http://{server.netloc}", [KEY]), dialects=(S3(["s3.test:8333"]),)
        )
    assert [str(group.behaviour) for group in found.groups()] == []
    assert any("uploadId" in str(behaviour) for behaviour in found.by_behaviour())
    assert found.left_out == {}
