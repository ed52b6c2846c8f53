"""VCR JSON, against vcrpy's own serializer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vcr.request import Request as VcrRequest
from vcr.serialize import deserialize, serialize
from vcr.serializers import jsonserializer

from conformance.cassette import FormatFault, Interaction, Request, Response
from tests.cassette.formats.test_round_trips import is_utf8, parse, render
from tests.cassette.strategies import INTERACTIONS

TEXTUAL = st.lists(
    INTERACTIONS.filter(lambda item: is_utf8(item.request.body) and is_utf8(item.response.body)), max_size=3
).map(tuple)


@given(TEXTUAL)
def test_vcrpy_reads_what_is_written(tape: tuple[Interaction, ...]) -> None:
    requests, responses = deserialize(render("vcr-json", tape).decode(), jsonserializer)
    for item, request, response in zip(tape, requests, responses, strict=True):
        sent = (request.method, request.uri, request.body or b"")
        assert sent == (item.request.method, item.request.uri, item.request.body)
        assert response["status"] == {"code": item.response.status, "message": item.response.reason}
        assert response["body"]["string"] == item.response.body
        pairs = [(name, value) for name, values in response["headers"].items() for value in values]
        assert tuple(pairs) == item.response.headers


def of_vcrpy(item: Interaction) -> tuple[VcrRequest, dict[str, object]]:
    request = VcrRequest(item.request.method, item.request.uri, item.request.body, dict(item.request.headers))
    headers: dict[str, list[str]] = {}
    for name, value in item.response.headers:
        headers.setdefault(name, []).append(value)
    status = {"code": item.response.status, "message": item.response.reason}
    return request, {"status": status, "headers": headers, "body": {"string": item.response.body}}


@given(TEXTUAL)
def test_what_vcrpy_writes_is_read(tape: tuple[Interaction, ...]) -> None:
    pairs = [of_vcrpy(item) for item in tape]
    written = {"requests": [request for request, _ in pairs], "responses": [response for _, response in pairs]}
    parsed = parse("vcr-json", serialize(written, jsonserializer).encode())
    assert [item.response for item in parsed] == [item.response for item in tape]
    assert [item.request.body for item in parsed] == [item.request.body for item in tape]
    assert [item.request.uri for item in parsed] == [item.request.uri for item in tape]


def test_a_body_that_vcrpy_refuses_is_refused() -> None:
    item = Interaction(Request("GET", "http://box.test/"), Response(200, "OK", (), b"\xff"))
    request, response = of_vcrpy(item)
    with pytest.raises(TypeError, match="binary data"):
        serialize({"requests": [request], "responses": [response]}, jsonserializer)
    with pytest.raises(FormatFault, match="#1: the response body is no UTF-8"):
        render("vcr-json", (item,))


@pytest.mark.parametrize("version", ["0", "2", '"1"', "null"])
def test_another_version_is_refused(version: str) -> None:
    with pytest.raises(FormatFault, match="version is .*, not 1") as caught:
        parse("vcr-json", f'{{"version": {version}, "interactions": []}}'.encode())
    assert caught.value.slug == "unknown-version"
