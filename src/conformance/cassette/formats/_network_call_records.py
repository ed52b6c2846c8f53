"""The session records of the Java test framework (``networkCallRecords``). They are read, never written.

Source: what its recorder leaves in a file. A call has Method, Uri, Headers (of the request: a few that the recorder
chose, one value each), Response (the headers, StatusCode as text, and Body) and Exception. The body of a request, and
its other headers, are not recorded. A response body is text, but for ``application/octet-stream`` and ``avro/binary``:
a list of signed bytes, ``[-33, 49]``, or base64. One that is not as long as its Content-Length says, or was
no UTF-8, was changed by the recorder, and counts as not recorded. The reason phrase is that of RFC 9110.

Not carried, and noted: Exception, the call of which has no response; ``variables``, which belong to the test; and
``retry-after``, which the recorder makes ``0`` in every response, so that nobody knows what was sent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.cassette._interaction import UNRECORDED, Interaction, Request, Response
from conformance.cassette.formats._bodies import header, standard_reason
from conformance.cassette.formats._json import STATUSES, load_json
from conformance.cassette.formats._vcr_json import parse_headers

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.cassette.formats._json import Node, Notes

BINARY = frozenset({"application/octet-stream", "avro/binary"})
SIGNED_BYTES = re.compile(r"\[(?:-?[0-9]{1,3}(?:, -?[0-9]{1,3})*)?\]")
LOST = "\ufffd".encode()  # stands for bytes that were no UTF-8
NO_HEADERS = ("StatusCode", "Body")


def is_network_call_records(value: object) -> bool:
    """Whether a document has ``networkCallRecords``."""
    return isinstance(value, dict) and "networkCallRecords" in value


def parse(data: bytes, *, path: Path, notes: Notes) -> tuple[Interaction, ...]:  # noqa: ARG001  (one form for all)
    """Return the interactions of a session.

    Raises:
        FormatFault: It is damaged.
    """
    document = load_json(data)
    document.note_rest(("networkCallRecords",), notes)
    return tuple(item for node in document["networkCallRecords"].items() for item in _interactions(node, notes))


def _interactions(node: Node, notes: Notes) -> list[Interaction]:
    """Return the interaction of a call; none where it had no response."""
    node.note_rest(("Method", "Uri", "Headers", "Response", "Exception"), notes)
    method, uri, headers = node["Method"].text(), node["Uri"].uri(), parse_headers(node["Headers"])
    if node.get("Exception"):
        notes["a call that ended in an exception has no response, and is left out"] += 1
        return []
    request = Request(method, uri, headers, unrecorded=frozenset({"headers", "body"}))
    return [Interaction(request, _response(node["Response"], method, notes))]


def _response(node: Node, method: str, notes: Notes) -> Response:
    status, sizes = _status(node["StatusCode"]), node.get("Content-Length")
    pairs = [(name, value.text()) for name, value in node.pairs() if name not in NO_HEADERS]
    headers = tuple(pair for pair in pairs if pair[0].lower() != "retry-after")
    if len(headers) < len(pairs):
        notes["retry-after is dropped: the recorder makes it 0 in every response"] += 1
    stored = node.get("Body")
    body = _body(stored, header(headers, "content-type")) if stored else b""
    is_whole = LOST not in body and (method == "HEAD" or sizes is None or sizes.text() == str(len(body)))
    unrecorded = UNRECORDED["response"] - ({"body"} if is_whole else set())
    return Response(status, standard_reason(status), headers, body, unrecorded=unrecorded)


def _status(node: Node) -> int:
    text = node.text()
    if not (text.isascii() and text.isdigit() and int(text) in STATUSES):
        raise node.fault(f"is {text!r}, which is no status code.")
    return int(text)


def _body(node: Node, content_type: str) -> bytes:
    text = node.text()
    if content_type.lower() not in BINARY:
        return node.utf8()
    if not SIGNED_BYTES.fullmatch(text):
        return node.base64()
    try:
        return b"".join(int(number).to_bytes(1, signed=True) for number in text[1:-1].split(", ") if number)
    except OverflowError as error:
        raise node.fault("has a number that is no signed byte.") from error
