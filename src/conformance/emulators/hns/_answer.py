"""Answers as operations give them, and what every answer has besides."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from conformance.cassette import Response
from conformance.emulators.hns._clock import http_date, precise
from conformance.emulators.hns._errors import ServiceError, json_error, xml_error

if TYPE_CHECKING:
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._clock import Clock

SERVER = {
    "blob": "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0",
    "dfs": "Windows-Azure-HDFS/1.0 Microsoft-HTTPAPI/2.0",
}
CHUNKED = {"Transfer-Encoding": "chunked"}


@dataclass(slots=True)
class Answer:
    """What an operation answers.

    Attributes:
        headers: Without those that every answer has. ``Transfer-Encoding: chunked`` stands for the
            Content-Length, which is told of the body where neither is there.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def xml(body: str, headers: dict[str, str] | None = None, *, status: int = 200) -> Answer:
    """Return an answer of the blob endpoint with XML in it (without its declaration), sent in chunks."""
    text = f'\ufeff<?xml version="1.0" encoding="utf-8"?>{body}'.encode()
    return Answer(status, CHUNKED | {"Content-Type": "application/xml"} | (headers or {}), text)


def json_answer(value: object, headers: dict[str, str] | None = None, *, status: int = 200) -> Answer:
    """Return an answer of the dfs endpoint with JSON in it (and the line end that it has there), sent in chunks."""
    body = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
    return Answer(status, CHUNKED | {"Content-Type": "application/json;charset=utf-8"} | (headers or {}), body)


def refusal(error: ServiceError, call_endpoint: str, *, clock: Clock, request_id: str) -> Answer:
    """Return the answer that says an error."""
    made = json_error if call_endpoint == "dfs" else xml_error
    body = made(error, request_id=request_id, time=precise(clock.now()))
    kind = "application/json;charset=utf-8" if call_endpoint == "dfs" else "application/xml"
    typed = {} if error.status == HTTPStatus.NOT_MODIFIED else {"Content-Type": kind}
    headers = typed | {"x-ms-error-code": error.code} | error.headers
    return Answer(error.status, {name: value for name, value in headers.items() if value}, body)


def response(answer: Answer, call: Call | None, *, method: str, clock: Clock, request_id: str) -> Response:
    """Return an answer as it goes out, with what every answer has."""
    headers, body = dict(answer.headers), answer.body
    if answer.status == HTTPStatus.NOT_MODIFIED or (method == "HEAD" and answer.status >= HTTPStatus.BAD_REQUEST):
        body = b""
        if answer.status != HTTPStatus.NOT_MODIFIED:
            headers.pop("Content-Type", None)
            headers |= CHUNKED
    elif "Transfer-Encoding" not in headers and not (method == "HEAD" and call is not None and not call.is_blob):
        headers.setdefault("Content-Length", str(len(body)))
    endpoint = call.endpoint if call is not None else "blob"
    headers |= {"Server": SERVER[endpoint], "x-ms-request-id": request_id, "Date": http_date(clock.now())}
    if call is not None:
        headers["x-ms-version"] = call.version
        if "x-ms-client-request-id" in call.headers:
            headers["x-ms-client-request-id"] = call.headers["x-ms-client-request-id"]
    return Response(
        answer.status,
        HTTPStatus(answer.status).phrase,
        tuple(headers.items()),
        b"" if method == "HEAD" else body,
    )
