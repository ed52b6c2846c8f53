"""Recordings of test-proxy: what a body is depends on its type."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from conformance.cassette import FormatFault, Interaction, Request, Response
from tests.cassette.formats.test_round_trips import parse, render

if TYPE_CHECKING:
    from conformance.cassette.formats import Notes


def read(headers: dict[str, Any], body: Any, notes: Notes | None = None, **variables: str) -> Response:
    entry = {
        "RequestUri": "https://box.test/key",
        "RequestMethod": "GET",
        "RequestHeaders": {},
        "RequestBody": None,
        "StatusCode": 404,
        "ResponseHeaders": headers,
        "ResponseBody": body,
    }
    (item,) = parse("test-proxy", json.dumps({"Entries": [entry], "Variables": variables}).encode(), notes)
    return item.response


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("application/json", {"b": [1, 2.50, "ä"], "a": None}, '{"b":[1,2.5,"ä"],"a":null}'.encode()),
        ("application/json; charset=utf-8", 3, b"3"),
        ("application/problem+json", '"text"', b'"text"'),
        ("application/xml", ["\ufeff<a>\r\n", "</a>"], b"\xef\xbb\xbf<a>\r\n</a>"),
        ("text/plain", "eA==", b"eA=="),
        ("Text/Plain", "eA==", b"eA=="),
        ("application/x-www-form-urlencoded", "a=1", b"a=1"),
        ("application/octet-stream; charset=utf-8", "text", b"text"),
        ("application/octet-stream", "AP8=", b"\x00\xff"),
        ("", "AP8=", b"\x00\xff"),
        ("application/json;odata=minimal", "eyJhIjoxfQ==", b'{"a":1}'),
        ("application/json;odata=minimal", ["eyJhIjoxfQ=="], b"eyJhIjoxfQ=="),
        ("application/json;odata=minimal", "not base64", b"not base64"),
        (
            "multipart/mixed; boundary=b",
            ["--b\r\n", "\r\n", "b64:AP8=", [], "\r\n--b--"],
            b"--b\r\n\r\n\x00\xff\r\n--b--",
        ),
        ("multipart/mixed; boundary=b", "AP8=", b"\x00\xff"),
        ("multipart/mixed; charset=utf-8", ["b64:AP8="], b"b64:AP8="),
        ("application/vnd.docker.distribution.manifest.v2+json", "eyJhIjogMX0=", b'{"a": 1}'),
        ("application/octet-stream", [], b""),
        ("text/plain", None, b""),
    ],
)
def test_a_body_is_read_by_its_type(content_type: str, body: Any, expected: bytes) -> None:
    headers = {"content-type": content_type} if content_type else {}
    assert read(headers, body).body == expected


def test_numbers_of_inline_json_stay_as_they_are_written() -> None:
    entry = (
        '{"RequestUri":"http://box.test/","RequestMethod":"GET","RequestHeaders":{},"RequestBody":null,"StatusCode":200,'
        '"ResponseHeaders":{"Content-Type":"application/json"},"ResponseBody":{"a":1.10,"b":1E5,"c":-0,"d":12345678901234567890}}'
    )
    (item,) = parse("test-proxy", f'{{"Entries":[{entry}]}}'.encode())
    assert item.response.body == b'{"a":1.10,"b":1E5,"c":-0,"d":12345678901234567890}'


@pytest.mark.parametrize(("content_type", "body"), [("image/png", ["a"]), ("image/png", {"a": 1}), ("image/png", "?")])
def test_a_body_that_does_not_fit_its_type_is_refused(content_type: str, body: Any) -> None:
    with pytest.raises(FormatFault, match=r"Entries\[0\].ResponseBody is no "):
        read({"Content-Type": content_type}, body)


def test_a_repeated_header_is_a_list_and_a_status_has_its_phrase() -> None:
    response = read({"Server": ["one", "two"], "ETag": '"e"'}, None)
    assert response.headers == (("Server", "one"), ("Server", "two"), ("ETag", '"e"'))
    assert response.reason == "Not Found"


def test_a_body_that_was_compressed_is_stored_decoded() -> None:
    response = read({"Content-Encoding": "gzip", "Content-Type": "text/plain", "Content-Length": "30"}, "plain")
    assert response.headers == (("Content-Type", "text/plain"), ("Content-Length", "5"))


def test_variables_are_noted() -> None:
    notes: Notes = Counter()
    read({}, None, notes, seed="12")
    assert notes == {"the variable seed is not carried": 1}


def test_what_is_written_follows_the_rules_of_the_tool() -> None:
    tape = (
        Interaction(
            Request(
                "PUT",
                "http://box.test/",
                (("content-type", "application/json"), ("X-A", "1"), ("x-a", "2")),
                b'{"a":1}',
            ),
            Response(200, "Fine", (("Content-Type", "text/plain"),), b"one\ntwo"),
        ),
    )
    notes: Notes = Counter()
    (written,) = json.loads(render("test-proxy", tape, notes))["Entries"]
    assert written["RequestHeaders"] == {"content-type": "application/json", "X-A": ["1", "2"]}
    assert written["RequestBody"] == {"a": 1}
    assert written["ResponseBody"] == ["one\n", "two"]
    assert list(notes) == ["a reason phrase that is not the standard one is not carried"]


@pytest.mark.parametrize("body", [b'{"a": 1}', b"[1]", b'"a"', b"null", b'{"a":1.10}', b'{"a":1,"a":2}', b"NaN", b"{"])
def test_json_whose_bytes_would_change_is_written_as_text(body: bytes) -> None:
    item = Interaction(Request("GET", "http://box.test/"), Response(200, "OK", (("Content-Type", "text/json"),), body))
    (written,) = json.loads(render("test-proxy", (item,)))["Entries"]
    assert written["ResponseBody"] == [body.decode()]
