"""Recordings of httpreplay, which are read and never written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.cassette import FormatFault, Interaction, Request, Response
from tests.cassette.formats.test_round_trips import parse


def recording(version: str = "0.2", **request: Any) -> bytes:
    sent = {
        "Method": "PUT",
        "URL": "https://box.test/key",
        "Header": {"X-A": ["1", "2"]},
        "MediaType": "text/plain",
        "BodyParts": ["aGVsbG8="],
    }
    answered = {
        "StatusCode": 200,
        "Proto": "HTTP/1.1",
        "ProtoMajor": 1,
        "ProtoMinor": 1,
        "Header": {"Etag": ['"e"']},
        "Body": "AP8=",
    }
    entries = [{"ID": "1", "Request": sent | request, "Response": answered}]
    return json.dumps({"Initial": "", "Version": version, "Converter": {}, "Entries": entries}).encode()


def test_a_recording_is_read_with_its_type_put_back() -> None:
    headers = (("X-A", "1"), ("X-A", "2"), ("Content-Type", "text/plain"))
    assert parse("httpreplay", recording()) == (
        Interaction(
            Request("PUT", "https://box.test/key", headers, b"hello"),
            Response(200, "OK", (("Etag", '"e"'),), b"\x00\xff"),
        ),
    )


@pytest.mark.parametrize("parts", [None, [None], [""], []])
def test_a_request_without_a_body_is_empty(parts: Any) -> None:
    (item,) = parse("httpreplay", recording(BodyParts=parts, MediaType="", Header=None))
    assert (item.request.body, item.request.headers) == (b"", ())


def test_a_recording_of_nothing_is_empty() -> None:
    assert parse("httpreplay", b'{"Initial":"","Version":"0.2","Converter":{},"Entries":null}') == ()


@pytest.mark.parametrize(
    ("data", "what", "slug"),
    [
        (recording(MediaType="multipart/mixed"), "MediaType is 'multipart/mixed'", "body-left-out"),
        (recording(BodyParts=["", ""]), "MediaType is 'text/plain'", "body-left-out"),
        (recording("0.3"), "Version is '0.3'", "unknown-version"),
    ],
)
def test_what_is_not_whole_is_refused(data: bytes, what: str, slug: str) -> None:
    with pytest.raises(FormatFault, match=what) as caught:
        parse("httpreplay", data)
    assert caught.value.slug == slug
