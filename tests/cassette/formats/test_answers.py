"""Formats that keep less than an interaction has: session records, placebo and snapshots."""

from __future__ import annotations

import base64
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import FormatFault, Interaction, Request, Response
from conformance.cassette._interaction import UNRECORDED
from conformance.cassette.formats import FORMATS
from tests.cassette.formats.test_damage import dotted, paths
from tests.cassette.formats.test_round_trips import parse

HEADERS, BODY, NO_ANSWER = frozenset({"headers"}), frozenset({"body"}), UNRECORDED["response"]
CALL: dict[str, Any] = {
    "Method": "PUT",
    "Uri": "https://box.test/key?a=1",
    "Headers": {"User-Agent": "client"},
    "Response": {"StatusCode": "201", "ETag": '"e"', "retry-after": "0", "Content-Length": "0"},
    "Exception": None,
}
ANSWER = {
    "ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {"etag": '"e"'}, "RequestId": "1"},
    "Size": 1.50,
    "Name": "é",
}
LEFT_BEHIND = {"variables", "recorded-date", "RequestId"}
OVER_HTTP = {"StatusCode": 404, "Headers": {"date": "date"}, "Body": "none\n"}


def session(**response: Any) -> bytes:
    changed = CALL | {"Response": CALL["Response"] | response}
    return json.dumps({"networkCallRecords": [changed], "variables": ["a"]}).encode()


def pill(data: Any, status: Any = 200) -> bytes:
    return json.dumps({"status_code": status, "data": data}).encode()


def snapshot(**content: Any) -> bytes:
    return json.dumps({"tests/a.py::test": {"recorded-date": "1", "recorded-content": content}}).encode()


def unasked(call: str, response: Response) -> Interaction:
    return Interaction(Request("", call, unrecorded=UNRECORDED["request"]), response)


def test_a_session_is_read_with_what_its_recorder_kept() -> None:
    notes = Counter[str]()
    assert parse("network-call-records", session(), notes) == (
        Interaction(
            Request("PUT", "https://box.test/key?a=1", (("User-Agent", "client"),), unrecorded=HEADERS | BODY),
            Response(201, "Created", (("ETag", '"e"'), ("Content-Length", "0")), unrecorded=HEADERS),
        ),
    )
    assert notes == {
        "the key variables is not carried": 1,
        "retry-after is dropped: the recorder makes it 0 in every response": 1,
    }


def test_a_call_without_a_response_is_left_out_and_noted() -> None:
    notes = Counter[str]()
    data = {"networkCallRecords": [CALL | {"Response": None, "Exception": {"ClassName": "TooShort"}}, CALL]}
    assert len(parse("network-call-records", json.dumps(data).encode(), notes)) == 1
    assert notes["a call that ended in an exception has no response, and is left out"] == 1


@given(st.binary(max_size=40), st.sampled_from(["application/octet-stream", "avro/binary"]))
def test_a_binary_body_is_read_from_signed_bytes_and_from_base64(body: bytes, content_type: str) -> None:
    signed = str([byte - 256 if byte > 127 else byte for byte in body])
    for text in (signed, base64.b64encode(body).decode()):
        data = session(**{"Body": text, "Content-Type": content_type, "Content-Length": str(len(body))})
        (item,) = parse("network-call-records", data)
        assert (item.response.body, item.response.unrecorded) == (body, HEADERS)


@pytest.mark.parametrize(
    ("method", "text", "size", "is_whole"),
    [
        ("GET", "é", "2", True),
        ("GET", "é", "1", False),
        ("GET", "é", None, True),
        ("GET", "\ufffd", "3", False),
        ("GET", None, "7", False),
        ("HEAD", None, "7", True),
    ],
)
def test_a_body_that_is_not_what_was_sent_is_not_recorded(
    method: str, text: str | None, size: str | None, is_whole: bool
) -> None:
    response = {"Body": text, "Content-Type": "text/plain", "Content-Length": size}
    data = json.loads(session())
    data["networkCallRecords"][0]["Method"] = method
    data["networkCallRecords"][0]["Response"] = {"StatusCode": "200"} | {k: v for k, v in response.items() if v}
    (item,) = parse("network-call-records", json.dumps(data).encode())
    assert item.response.body == (text or "").encode()
    assert item.response.unrecorded == (HEADERS if is_whole else HEADERS | BODY)


@pytest.mark.parametrize(
    ("response", "what"),
    [
        ({"StatusCode": "20"}, "StatusCode is '20', which is no status code"),
        ({"StatusCode": "²00"}, "no status code"),
        ({"StatusCode": 200}, "StatusCode is no text"),
        ({"Body": "[1, 300]", "Content-Type": "avro/binary"}, "Response.Body has a number that is no signed byte"),
        ({"Body": "[1, x]", "Content-Type": "avro/binary"}, "Response.Body is no base64"),
    ],
)
def test_a_damaged_session_is_refused_with_its_place(response: dict[str, Any], what: str) -> None:
    with pytest.raises(FormatFault, match=what):
        parse("network-call-records", session(**response))


def test_a_pill_is_an_answer_under_the_name_of_its_file() -> None:
    notes = Counter[str]()
    path = Path("folder") / "store.GetThing_2.json"
    assert FORMATS["placebo"].parse(pill(ANSWER, 203), path=path, notes=notes) == (
        unasked(
            "store.GetThing_2",
            Response(
                203,
                "Non-Authoritative Information",
                (("etag", '"e"'),),
                '{"Size":1.5,"Name":"é"}'.encode(),
                unrecorded=NO_ANSWER,
            ),
        ),
    )
    assert notes == {
        "the key ResponseMetadata.HTTPStatusCode is not carried": 1,  # another than status_code
        "the key ResponseMetadata.RequestId is not carried": 1,
    }


@pytest.mark.parametrize("data", [{}, {"ResponseMetadata": {}}, {"ResponseMetadata": None}])
def test_a_pill_without_headers_has_none_recorded(data: dict[str, Any]) -> None:
    (item,) = parse("placebo", pill(data))
    assert item.response == Response(200, "OK", (), b"{}", unrecorded=NO_ANSWER)


def test_a_snapshot_has_its_answers_at_any_depth_under_their_names() -> None:
    notes = Counter[str]()
    data = snapshot(
        one=ANSWER, many={"a": [OVER_HTTP, OVER_HTTP | {"Body": {"Code": "x"}}]}, two="text", bad={"Error": {}}
    )
    place = "tests/a.py::test/"
    kept = Response(404, "Not Found", (("date", "date"),), b"none\n")
    parsed = Response(404, "Not Found", (("date", "date"),), b'{"Code":"x"}', unrecorded=BODY)
    first, *rest = parse("snapshot", data, notes)
    assert (first.request.uri, first.response.headers) == (place + "one", (("etag", '"e"'),))
    assert rest == [unasked(f"{place}many/a[0]", kept), unasked(f"{place}many/a[1]", parsed)]
    assert notes == {
        "the key recorded-date of a test is not carried": 1,
        "the key ResponseMetadata.RequestId is not carried": 1,
        "a value that has no status code is not carried": 2,
    }


@pytest.mark.parametrize(
    ("name", "data"), [("network-call-records", session()), ("placebo", pill(ANSWER)), ("snapshot", snapshot(a=ANSWER))]
)
def test_a_file_is_of_its_own_format_alone(name: str, data: bytes) -> None:
    assert [other for other, item in FORMATS.items() if item.sniff(json.loads(data))] == [name]
    assert FORMATS[name].render is None


@pytest.mark.parametrize(
    ("name", "data"),
    [("network-call-records", session()), ("placebo", pill(ANSWER)), ("snapshot", snapshot(a=OVER_HTTP))],
)
def test_a_value_of_another_sort_is_refused_with_its_path_or_noted_or_kept(name: str, data: bytes) -> None:
    """Every value of the document, one at a time, becomes one that cannot stand there."""
    expected, expected_notes = parse(name, data), Counter[str]()
    parse(name, data, expected_notes)
    for path in paths(json.loads(data)):
        changed = json.loads(data)
        holder = changed
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = {"unlikely": [True]}
        notes = Counter[str]()
        try:
            found = parse(name, json.dumps(changed).encode(), notes)
        except FormatFault as fault:
            place = str(fault).split(" ", 1)[0]
            assert place.startswith(dotted(path[:-1])) or dotted(path).startswith(place)
        else:
            assert found != expected or notes != expected_notes or LEFT_BEHIND & set(path), path
