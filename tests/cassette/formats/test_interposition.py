"""interposition cassettes, against the package itself where it is installed."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from conformance.cassette import FormatFault, Interaction, Request, Response
from tests.cassette.formats.test_round_trips import is_utf8, parse, render
from tests.cassette.strategies import TAPES

if TYPE_CHECKING:
    from conformance.cassette.formats import Notes

TAPE = (
    Interaction(
        Request("POST", "https://box.test/key?a=1", (("X-A", "1"), ("X-A", "ä")), "käse".encode()),
        Response(201, "Created", (("ETag", '"e"'), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")), b"done"),
    ),
)


def changed(**request: Any) -> bytes:
    document = json.loads(render("interposition", TAPE))
    document["interactions"][0]["request"] |= request
    return json.dumps(document).encode()


@given(TAPES)
def test_interposition_reads_what_is_written_and_writes_it_the_same(tape: tuple[Interaction, ...]) -> None:
    interposition = pytest.importorskip("interposition", reason="interposition is not installed")
    if not all(is_utf8(item.request.body) and is_utf8(item.response.body) for item in tape):
        return
    cassette = interposition.Cassette.model_validate_json(render("interposition", tape))
    assert len(cassette.interactions) == len(tape)
    assert parse("interposition", cassette.model_dump_json(indent=2).encode()) == tape


def test_the_response_stands_in_the_metadata_of_its_first_chunk() -> None:
    (written,) = json.loads(render("interposition", TAPE))["interactions"]
    (chunk,) = written["response_chunks"]
    assert written["request"]["protocol"] == "https"
    assert written["request"]["target"] == "https://box.test/key?a=1"
    assert chunk["metadata"] == [
        ["status_code", "201"],
        ["reason", "Created"],
        ["header:ETag", '"e"'],
        ["header:Set-Cookie", "a=1"],
        ["header:Set-Cookie", "b=2"],
    ]


def test_a_path_alone_gets_its_host_from_the_header() -> None:
    request = {
        "protocol": "http",
        "action": "GET",
        "target": "/api/data",
        "headers": [["Host", "box.test"]],
        "body": "",
    }
    digest = "e2d1c6d8bc2ba8a5e5a5c8e9d2c0e5c1"
    chunk = {"data": "hello", "sequence": 0, "metadata": [["status_code", "200"]]}
    item = {"request": request, "fingerprint": {"value": digest}, "response_chunks": [chunk], "metadata": []}
    with pytest.raises(FormatFault, match="is not that of the request") as caught:
        parse("interposition", json.dumps({"interactions": [item]}).encode())
    assert caught.value.slug == "edited-cassette"
    told = '["http","GET","/api/data",[["Host","box.test"]],""]'
    item["fingerprint"] = {"value": hashlib.sha256(told.encode()).hexdigest()}
    (parsed,) = parse("interposition", json.dumps({"interactions": [item]}).encode())
    assert parsed.request.uri == "http://box.test/api/data"
    assert parsed.response == Response(200, "", (), b"hello")


def test_chunks_are_put_together_and_a_status_that_is_missing_is_200() -> None:
    document = json.loads(render("interposition", TAPE))
    chunks = [{"data": "one ", "sequence": 0, "metadata": [["took", "3ms"]]}, {"data": "two", "sequence": 1}]
    document["interactions"][0]["response_chunks"] = chunks
    notes: Notes = Counter()
    (item,) = parse("interposition", json.dumps(document).encode(), notes)
    assert item.response == Response(200, "", (), b"one two")
    assert notes == {"a response without a status_code is taken as a 200": 1, "the metadata took is not carried": 1}


@pytest.mark.parametrize(
    ("request_", "what", "slug"),
    [
        ({"protocol": "mqtt"}, "protocol is 'mqtt': a cassette holds HTTP alone", "cannot-carry"),
        ({"target": "/key"}, "target is '/key', and nothing says of which host", "bad-cassette"),
        ({"body": "other"}, "fingerprint.value is not that of the request", "edited-cassette"),
        ({"headers": [["X-A"]]}, r"headers\[0\] is no pair", "bad-cassette"),
    ],
)
def test_what_is_no_whole_http_request_is_refused(request_: dict[str, Any], what: str, slug: str) -> None:
    with pytest.raises(FormatFault, match=what) as caught:
        parse("interposition", changed(**request_))
    assert caught.value.slug == slug


@pytest.mark.parametrize(
    ("chunks", "what"),
    [
        ([], "response_chunks is empty"),
        ([{"data": "", "sequence": 1, "metadata": []}], r"sequence is 1, not 0"),
        ([{"data": "", "sequence": 0, "metadata": [["status_code", "x"]]}], "has the status_code 'x', which is none"),
    ],
)
def test_chunks_that_are_not_whole_are_refused(chunks: list[Any], what: str) -> None:
    document = json.loads(render("interposition", TAPE))
    document["interactions"][0]["response_chunks"] = chunks
    with pytest.raises(FormatFault, match=what):
        parse("interposition", json.dumps(document).encode())


def test_requests_that_repeat_are_noted_since_interposition_answers_them_alike() -> None:
    notes: Notes = Counter()
    render("interposition", TAPE * 3, notes)
    assert notes == {"a request repeats an earlier one: interposition answers both with the first": 2}
