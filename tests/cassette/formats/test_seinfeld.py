"""seinfeld cassettes: kinds of bodies, blobs, headers of one value."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from conformance.cassette import FormatFault, Interaction, Request, Response
from conformance.cassette.formats import FORMATS, Notes, read_any, write_as
from conformance.errors import CassetteError
from tests.cassette.formats.test_round_trips import parse, render

SEINFELD = FORMATS["seinfeld"]
LARGE = bytes(range(256)) * 256


def read(body: dict[str, Any], folder: Path = Path(), headers: dict[str, str] | None = None) -> Response:
    request = {"method": "GET", "url": "https://box.test/key", "headers": {}, "body": {"kind": "empty"}}
    entry = {
        "id": "1",
        "matchKey": "GET box.test/key",
        "callIndex": 0,
        "recordedAt": "2026-01-31T00:00:00Z",
        "request": request,
        "response": {"status": 200, "statusText": "OK", "headers": headers or {}, "body": body},
    }
    data = json.dumps({"version": 1, "meta": {"createdAt": "", "seinfeldVersion": "1"}, "entries": [entry]}).encode()
    return SEINFELD.parse(data, path=folder / "tape", notes=Counter())[0].response


def written(content_type: str, body: bytes) -> dict[str, Any]:
    headers = (("content-type", content_type),)
    item = Interaction(Request("POST", "https://box.test/", headers, body), Response(200, "", headers, body))
    (entry,) = json.loads(render("seinfeld", (item,)))["entries"]
    return {"request": entry["request"]["body"], "response": entry["response"]["body"]}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"kind": "empty"}, b""),
        ({"kind": "json", "value": {"b": 1, "a": [None]}}, b'{"b":1,"a":[null]}'),
        ({"kind": "json", "value": None}, b"null"),
        ({"kind": "text", "value": "ä"}, "ä".encode()),
        ({"kind": "base64", "value": "AP8=", "contentType": "image/png"}, b"\x00\xff"),
        ({"kind": "sse", "chunks": ["data: 1", "event: b\ndata: 2"]}, b"data: 1\n\nevent: b\ndata: 2\n\n"),
    ],
)
def test_a_body_is_read_by_its_kind(body: dict[str, Any], expected: bytes) -> None:
    assert read(body).body == expected


def test_set_cookie_is_the_one_header_of_several_values() -> None:
    response = read({"kind": "empty"}, headers={"Set-Cookie": "a=1\nb=2", "x": "1, 2"})
    assert response.headers == (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("x", "1, 2"))
    tape = (Interaction(Request("GET", "https://box.test/"), response),)
    assert parse("seinfeld", render("seinfeld", tape)) == tape


def test_another_header_that_repeats_is_refused() -> None:
    headers = (("X-A", "1"), ("x-a", "2"))
    with pytest.raises(FormatFault, match="#1: the header x-a comes more than once"):
        render("seinfeld", (Interaction(Request("GET", "https://box.test/", headers), Response(200)),))


def test_the_kind_of_a_request_body_is_the_one_that_seinfeld_looks_for() -> None:
    spaced = written("application/json", b'{"a": 1}')
    assert spaced["request"] == {"kind": "json", "value": {"a": 1}}
    assert spaced["response"] == {"kind": "text", "value": '{"a": 1}'}
    assert written("application/vnd.x+json; v=1", b'{"a":1}')["response"] == {"kind": "json", "value": {"a": 1}}
    assert written("application/json", b'"\\ud800"')["request"] == {"kind": "text", "value": '"\\ud800"'}
    assert written("text/event-stream", b"a\n\nb\n\n")["response"] == {"kind": "sse", "chunks": ["a", "b"]}
    assert written("text/event-stream", b"a\r\n\r\n")["response"] == {"kind": "text", "value": "a\r\n\r\n"}
    assert written("text/event-stream", b"a\n\nb")["response"] == {"kind": "text", "value": "a\n\nb"}
    assert written("text/plain", b"\xff")["response"] == {"kind": "base64", "value": "/w=="}


def test_equal_requests_are_counted() -> None:
    item = Interaction(Request("GET", "https://box.test/a?b=1"), Response(200))
    entries = json.loads(render("seinfeld", (item, item)))["entries"]
    assert [(entry["matchKey"], entry["callIndex"]) for entry in entries] == [
        ("GET box.test/a", 0),
        ("GET box.test/a", 1),
    ]
    assert len({entry["id"] for entry in entries}) == 2


def test_a_large_body_goes_to_a_blob_and_comes_back(tmp_path: Path) -> None:
    tape = (Interaction(Request("PUT", "https://box.test/", (), LARGE), Response(200, "OK", (), LARGE)),)
    path = tmp_path / "tape.cassette.json"
    write_as(path, SEINFELD, tape, notes=Counter())
    blob = tmp_path / "tape.cassette.blobs" / f"{hashlib.sha256(LARGE).hexdigest()}.bin"
    assert blob.read_bytes() == LARGE
    assert len(path.read_text()) < 2000
    assert read_any(path).interactions == tape


@pytest.mark.parametrize(
    ("content", "slug", "what"),
    [(LARGE[1:], "edited-cassette", "sha256 is not that of"), (None, "bad-cassette", "there is no such file")],
)
def test_a_blob_that_is_damaged_or_gone_is_an_error(
    tmp_path: Path, content: bytes | None, slug: str, what: str
) -> None:
    path = tmp_path / "tape.cassette.json"
    write_as(
        path, SEINFELD, (Interaction(Request("PUT", "https://b.test/", (), LARGE), Response(200)),), notes=Counter()
    )
    (blob,) = (tmp_path / "tape.cassette.blobs").iterdir()
    blob.unlink() if content is None else blob.write_bytes(content)
    with pytest.raises(CassetteError, match=what) as caught:
        read_any(path)
    assert (caught.value.fault.slug, caught.value.fault.path) == (slug, path)


def test_a_blob_outside_of_the_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"x")
    (tmp_path / "tapes").mkdir()
    body = {"kind": "binary", "path": "../secret", "sha256": hashlib.sha256(b"x").hexdigest()}
    with pytest.raises(FormatFault, match="not below the folder"):
        read(body, tmp_path / "tapes")


def test_an_unknown_kind_and_a_newer_version_are_refused() -> None:
    with pytest.raises(FormatFault, match="kind is none of"):
        read({"kind": "xml"})
    with pytest.raises(FormatFault, match="version is 2, not 1") as caught:
        parse("seinfeld", b'{"version": 2, "entries": []}')
    assert caught.value.slug == "newer-cassette"


def test_a_status_that_seinfeld_has_not_is_refused() -> None:
    notes: Notes = Counter()
    with pytest.raises(FormatFault, match="the status is 799"):
        render("seinfeld", (Interaction(Request("GET", "https://box.test/"), Response(799)),), notes)
