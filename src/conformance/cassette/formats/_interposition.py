"""interposition cassettes (0.6.0), as its ``JsonFileCassetteStore`` writes its pydantic models.

interposition knows no HTTP. What its own adapters do (``examples/`` of the package; interposition-http-adapter, ADR 2)
is the mapping here:

- ``protocol`` is http or https; any other interaction is refused, since a cassette here holds requests and responses.
- ``action`` is the method, ``target`` the URI. A target that is a path alone gets its host from a Host header; without
  one it is refused, since nothing says where the request went.
- ``headers`` are pairs and keep order and repetition. Bodies are UTF-8: the store can hold no other bytes.
- ``response_chunks`` are the response body, in order. The first has the status in its metadata, ``status_code``;
  without it a response is a 200, as for the adapters, with a note. Response headers and reason are "reserved for
  future definition" there: here they stand beside the status, as ``header:NAME`` and ``reason``.
- ``fingerprint`` is the SHA-256 of the request, proven when reading.

Where two requests are the same interposition answers both with the first; writing notes that. Not carried: where one
chunk ends, and metadata other than the above.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from conformance.cassette._interaction import Interaction, Request, Response
from conformance.cassette.formats._bodies import CURE, cannot_carry, header, numbered
from conformance.cassette.formats._json import STATUSES, is_absolute, load_json, render_json

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.cassette._interaction import Headers
    from conformance.cassette.formats._json import Node, Notes

HEADER = "header:"


def is_interposition(value: object) -> bool:
    """Whether a document has interactions and no version, and they have ``response_chunks``."""
    items = value.get("interactions") if isinstance(value, dict) and "version" not in value else None
    if not isinstance(items, list):
        return False
    return not items or any(isinstance(item, dict) and "response_chunks" in item for item in items)


def parse(data: bytes, *, path: Path, notes: Notes) -> tuple[Interaction, ...]:  # noqa: ARG001  (one form for all)
    """Return the interactions of a cassette.

    Raises:
        FormatFault: It is damaged, or has interactions of another protocol than HTTP.
    """
    document = load_json(data)
    document.note_rest(("interactions",), notes)
    return tuple(_interaction(node, notes) for node in document["interactions"].items())


def render(interactions: tuple[Interaction, ...], *, name: str, notes: Notes) -> dict[str, bytes]:
    """Return the file.

    Raises:
        FormatFault: A body is no UTF-8.
    """
    written = [_written(item, number) for number, item in numbered(interactions)]
    repeated = len(written) - len({item["fingerprint"]["value"] for item in written})
    if repeated:
        notes["a request repeats an earlier one: interposition answers both with the first"] += repeated
    return {name: render_json({"interactions": written})}


def _interaction(node: Node, notes: Notes) -> Interaction:
    node.note_rest(("request", "fingerprint", "response_chunks", "metadata"), notes)
    _note_metadata(_pairs(node.get("metadata")), notes)
    request = _request(node["request"])
    fingerprint = node["fingerprint"]["value"]
    if fingerprint.text() != _fingerprint(
        node["request"]["target"].text(), node["request"]["protocol"].text(), request
    ):
        cure = "Restore the file from version control, or record it again."
        raise fingerprint.fault("is not that of the request.", slug="edited-cassette", cure=cure)
    return Interaction(request, _response(node["response_chunks"], notes))


def _request(node: Node) -> Request:
    protocol, target = node["protocol"], node["target"]
    if protocol.value not in ("http", "https"):
        raise protocol.fault(f"is {protocol.value!r}: a cassette holds HTTP alone.", slug="cannot-carry", cure=CURE)
    headers = _pairs(node["headers"])
    uri, host = target.text(), header(headers, "host")
    if not is_absolute(uri):
        if not uri.startswith("/") or not is_absolute(f"{protocol.value}://{host}"):
            cure = "Give the interaction a Host header, or its target the whole URI."
            raise target.fault(f"is {uri!r}, and nothing says of which host.", cure=cure)
        uri = f"{protocol.value}://{host}{uri}"
    return Request(node["action"].text(), uri, headers, node["body"].utf8())


def _response(node: Node, notes: Notes) -> Response:
    chunks = node.items()
    if not chunks:
        raise node.fault("is empty.")
    for at, chunk in enumerate(chunks):
        if chunk["sequence"].whole() != at:
            raise chunk["sequence"].fault(
                f"is {chunk['sequence'].value}, not {at}: chunks are missing or out of order."
            )
    told = _pairs(chunks[0].get("metadata"))
    status, reason = header(told, "status_code"), header(told, "reason")
    rest = [pair for pair in told if pair[0] not in ("status_code", "reason") and not pair[0].startswith(HEADER)]
    _note_metadata((*rest, *(pair for chunk in chunks[1:] for pair in _pairs(chunk.get("metadata")))), notes)
    if not status:
        notes["a response without a status_code is taken as a 200"] += 1
    if status and not (status.isascii() and status.isdigit() and int(status) in STATUSES):
        raise chunks[0]["metadata"].fault(f"has the status_code {status!r}, which is none.")
    headers = tuple((name.removeprefix(HEADER), value) for name, value in told if name.startswith(HEADER))
    return Response(int(status or 200), reason, headers, b"".join(chunk["data"].utf8() for chunk in chunks))


def _pairs(node: Node | None) -> Headers:
    pairs = []
    for item in node.items() if node else []:
        pair = item.items()
        if len(pair) != 2:  # noqa: PLR2004  (a pair)
            raise item.fault("is no pair.")
        pairs.append((pair[0].text(), pair[1].text()))
    return tuple(pairs)


def _note_metadata(pairs: Headers, notes: Notes) -> None:
    for key, _ in pairs:
        notes[f"the metadata {key} is not carried"] += 1


def _fingerprint(target: str, protocol: str, request: Request) -> str:
    told = json.dumps([protocol, request.method, target, request.headers, request.body.hex()], separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def _written(item: Interaction, number: int) -> dict[str, Any]:
    request, response = item.request, item.response
    protocol = urlsplit(request.uri).scheme
    told = [("status_code", str(response.status))]
    told += [("reason", response.reason)] if response.reason else []
    told += [(HEADER + name, value) for name, value in response.headers]
    return {
        "request": {
            "protocol": protocol,
            "action": request.method,
            "target": request.uri,
            "headers": request.headers,
            "body": _text(request.body, number, "request"),
        },
        "fingerprint": {"value": _fingerprint(request.uri, protocol, request)},
        "response_chunks": [{"data": _text(response.body, number, "response"), "sequence": 0, "metadata": told}],
        "metadata": [],
    }


def _text(body: bytes, number: int, side: str) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise cannot_carry(number, f"the {side} body is no UTF-8, and interposition stores no other.") from error
