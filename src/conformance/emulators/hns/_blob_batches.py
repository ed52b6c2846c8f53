"""Blob Batch: deletions and changes of tiers, many in one request."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.cassette import Request
from conformance.emulators.hns._answer import CHUNKED, Answer, refusal, response
from conformance.emulators.hns._call import parse_call
from conformance.emulators.hns._errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import State

BOUNDARY = re.compile(r'multipart/mixed\s*;\s*boundary="?([^";]+)"?', re.IGNORECASE)
START = re.compile(r"([A-Z]+) (\S+) HTTP/1\.1$")
MOST = 256
SERVER = "Windows-Azure-Blob/1.0"


def carry_out_batch(call: Call, state: State, carry_out: Callable[[Call, State], Answer]) -> Answer:
    """Carry out the requests of a batch one after the other, and return their answers.

    Args:
        call: Multipart, of requests as RFC 9112 has them.
        state: Of the account.
        carry_out: What a single request is carried out by.

    Raises:
        ServiceError: InvalidInput, when it is none, or too long; what goes wrong with one of the requests is its
            answer.
    """
    found = BOUNDARY.match(call.headers.get("content-type", ""))
    if found is None:
        raise ServiceError(
            "InvalidHeaderValue", {"HeaderName": "Content-Type", "HeaderValue": call.headers.get("content-type", "")}
        )
    parts = [_part(text) for text in call.body.split(b"--" + found[1].encode())[1:] if not text.startswith(b"--")]
    if not 0 < len(parts) <= MOST:
        raise ServiceError("InvalidInput")
    boundary = f"batchresponse_{state.clock.uuid()}"
    body = b"".join(
        f"--{boundary}\r\nContent-Type: application/http\r\n{name}\r\n".encode()
        + _answered(call, state, carry_out, request)
        for name, request in parts
    )
    headers = CHUNKED | {"Content-Type": f"multipart/mixed; boundary={boundary}"}
    return Answer(202, headers, body + f"--{boundary}--".encode())


def _part(text: bytes) -> tuple[str, Request]:
    """Return the Content-ID line of a part, and the request in it, with the path for a URI."""
    outer, _, inner = text.rstrip(b"\r\n").partition(b"\r\n\r\n")
    lines = inner.decode().split("\r\n")
    start = START.match(lines[0])
    if start is None:
        raise ServiceError("InvalidInput")
    pairs = [line.partition(":") for line in lines[1:] if ":" in line]
    name = next((line for line in outer.decode().split("\r\n") if line.lower().startswith("content-id")), "")
    headers = tuple((key.strip(), value.strip()) for key, _, value in pairs)
    return name + "\r\n" if name else "", Request(start[1], start[2], headers)


def _answered(call: Call, state: State, carry_out: Callable[[Call, State], Answer], request: Request) -> bytes:
    """Return the answer to one of the requests as it stands in that to the batch (as recorded)."""
    uri = urlsplit(call.request.uri)
    is_said = uri.netloc.split(".")[0] == call.account or request.uri.startswith(f"/{call.account}/")
    base = f"{uri.scheme}://{uri.netloc}" + ("" if is_said else f"/{call.account}")
    headers = (*request.headers, ("x-ms-version", call.version))
    request_id, phrase, inner = state.clock.request_id(), "", None
    try:
        inner = parse_call(Request(request.method, base + request.uri, headers), account=call.account)
        if inner.method not in ("DELETE", "PUT") or inner.query.get("comp") not in (None, "tier") or not inner.path:
            raise ServiceError("InvalidInput")  # noqa: TRY301  (answered like any other)
        answer = carry_out(inner, state)
    except ServiceError as error:
        error.breaks_line, phrase = True, error.message
        answer = refusal(error, "blob", clock=state.clock, request_id=request_id)
    said = response(answer, inner, method=request.method, clock=state.clock, request_id=request_id)
    lines = [f"HTTP/1.1 {said.status} {phrase or HTTPStatus(said.status).phrase}"]
    unsaid = {"date", "server", "transfer-encoding", *({"content-length"} if not said.body else set())}
    lines += [f"{name}: {value}" for name, value in said.headers if name.lower() not in unsaid]
    lines.append(f"Server: {SERVER}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + said.body + (b"\r\n" if said.body else b"")
