"""HAR 1.2, as other tools write it."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from conformance.cassette import FormatFault, Interaction, Request, Response
from tests.cassette.formats.test_round_trips import parse, render

if TYPE_CHECKING:
    from conformance.cassette.formats import Notes


def entry(request: dict[str, Any] | None = None, response: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    sent = {"method": "GET", "url": "https://box.test/key", "httpVersion": "h2", "headers": []}
    answered = {"status": 200, "statusText": "OK", "headers": [], "content": {"size": 0, "mimeType": ""}}
    return {"request": sent | (request or {}), "response": answered | (response or {})} | more


def read(*entries: dict[str, Any], notes: Notes | None = None, version: str = "1.2") -> tuple[Interaction, ...]:
    log = {"version": version, "creator": {"name": "tool", "version": "1"}, "entries": entries}
    return parse("har", json.dumps({"log": log}).encode(), notes)


def listed(**values: str) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def test_text_is_turned_back_into_the_charset_of_its_type() -> None:
    headers = [{"name": "Content-Type", "value": "text/html; charset=ISO-8859-1"}]
    (item,) = read(entry(response={"headers": headers, "content": {"size": 4, "text": "café"}}))
    assert item.response.body == "café".encode("latin-1")


def test_a_compressed_answer_loses_the_headers_that_are_no_longer_true() -> None:
    headers = listed(**{"content-encoding": "br", "content-length": "9", "etag": '"e"'})
    (item,) = read(entry(response={"headers": headers, "content": {"size": 5, "compression": -4, "text": "plain"}}))
    assert item.response.headers == (("content-length", "5"), ("etag", '"e"'))
    assert item.response.body == b"plain"


def test_an_answer_without_a_body_keeps_its_headers() -> None:
    headers = listed(**{"content-encoding": "gzip", "content-length": "900"})
    (item,) = read(entry(request={"method": "HEAD"}, response={"headers": headers, "content": {"size": 900}}))
    assert item.response.headers == (("content-encoding", "gzip"), ("content-length", "900"))


@pytest.mark.parametrize("key", ["encoding", "_encoding"])
def test_a_binary_request_body_is_base64(key: str) -> None:
    (item,) = read(entry(request={"postData": {"mimeType": "", "text": "AP8=", key: "base64"}}))
    assert item.request.body == b"\x00\xff"


def test_a_form_without_text_is_encoded_from_its_parameters() -> None:
    notes: Notes = Counter()
    (item,) = read(entry(request={"postData": {"mimeType": "", "params": listed(a="1 2", b="ä")}}), notes=notes)
    assert item.request.body == b"a=1+2&b=%C3%A4"
    assert list(notes) == ["a form is encoded anew from its parameters; its bytes may have been others"]


def test_a_query_that_the_url_lacks_is_taken_from_its_list() -> None:
    pairs = [*listed(a="1"), *listed(a="2 3")]
    assert read(entry(request={"queryString": pairs}))[0].request.uri == "https://box.test/key?a=1&a=2+3"
    url = "https://box.test/key?a=%20"
    assert read(entry(request={"queryString": pairs, "url": url}))[0].request.uri == url


def test_pseudo_headers_are_dropped_with_a_note() -> None:
    notes: Notes = Counter()
    (item,) = read(entry(request={"headers": listed(**{":path": "/key", "accept": "*/*"})}), notes=notes)
    assert item.request.headers == (("accept", "*/*"),)
    assert sum(notes.values()) == 1


def test_entries_are_sorted_by_when_they_started() -> None:
    days = ["2026-01-02T00:00:00+02:00", "2026-01-01T23:00:00Z", "2026-01-01T20:00:00.123456"]
    items = read(*(entry(request={"method": f"M{at}"}, startedDateTime=day) for at, day in enumerate(days)))
    assert [item.request.method for item in items] == ["M2", "M0", "M1"]


def test_an_entry_that_was_aborted_is_left_out_with_a_note() -> None:
    notes: Notes = Counter()
    assert len(read(entry(), entry(response={"status": 0}), notes=notes)) == 1
    assert list(notes) == ["an entry without a response (status 0) is left out"]


def test_what_tools_add_is_not_noted_and_what_is_unknown_is() -> None:
    notes: Notes = Counter()
    read(entry(_priority="High", comment="slow", time=3), entry(colour="red"), entry(colour="red"), notes=notes)
    assert notes == {"the key log.entries[].colour is not carried": 2}


@pytest.mark.parametrize(
    ("broken", "what", "slug"),
    [
        (entry(response={"content": {"size": 9}}), r"entries\[0\].response.content.size is 9, and", "body-left-out"),
        (entry(request={"bodySize": 9}), r"entries\[0\].request.bodySize is 9, and", "body-left-out"),
        (
            entry(request={"postData": {"mimeType": "", "params": [{"name": "f", "fileName": "a.txt"}]}}),
            r"postData.params\[0\] is part of a multipart form",
            "body-left-out",
        ),
        (entry(response={"content": {"text": "x", "encoding": "rot13"}}), "encoding is 'rot13'", "bad-cassette"),
        (entry(response={"content": {"text": "x", "encoding": "base64"}}), "text is no base64", "bad-cassette"),
        (entry(startedDateTime="yesterday"), "is 'yesterday', which is no date", "bad-cassette"),
        (entry(request={"url": "/key"}), "is '/key', which is no absolute URI", "bad-cassette"),
        (entry(request={"url": "http://[box/key"}), "is no absolute URI", "bad-cassette"),
        (entry(response={"status": 20}), "is 20, which is no status code", "bad-cassette"),
    ],
)
def test_what_cannot_be_known_is_refused_with_its_place(broken: dict[str, Any], what: str, slug: str) -> None:
    with pytest.raises(FormatFault, match=what) as caught:
        read(broken)
    assert caught.value.slug == slug


@pytest.mark.parametrize("version", ["1.1", ""])
def test_older_versions_are_read(version: str) -> None:
    assert len(read(entry(), version=version)) == 1


def test_another_version_is_refused() -> None:
    with pytest.raises(FormatFault, match="log.version is '2.0'"):
        read(entry(), version="2.0")


def test_what_is_written_has_what_the_specification_asks_for() -> None:
    tape = (
        Interaction(
            Request("PUT", "http://box.test/a%20b?x=1&x=&y=%C3%A4", (("X-A", "1"), ("X-A", "2")), b"\xff"),
            Response(302, "Found", (("Location", "http://box.test/c"), ("Content-Type", "text/plain")), b"moved"),
        ),
    )
    (written,) = json.loads(render("har", tape))["log"]["entries"]
    request, response = written["request"], written["response"]
    assert written["startedDateTime"] == "1970-01-01T00:00:00.001Z"
    assert written["timings"] == {"send": 0, "wait": 0, "receive": 0}
    assert request["queryString"] == [*listed(x="1"), *listed(x=""), *listed(y="ä")]
    assert request["headers"] == [*listed(**{"X-A": "1"}), *listed(**{"X-A": "2"})]
    assert request["postData"] == {"mimeType": "", "text": "/w==", "encoding": "base64"}
    assert response["content"] == {"size": 5, "mimeType": "text/plain", "text": "moved"}
    assert (response["redirectURL"], request["bodySize"]) == ("http://box.test/c", 1)


@pytest.mark.parametrize(("uri", "status"), [("/key", 200), ("http://[box/", 200), ("http://box.test/", 7)])
def test_what_no_archive_can_hold_is_refused(uri: str, status: int) -> None:
    with pytest.raises(FormatFault, match="#1: .* is no (absolute URI|status code)") as caught:
        render("har", (Interaction(Request("GET", uri), Response(status)),))
    assert caught.value.slug == "cannot-carry"
