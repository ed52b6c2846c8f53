"""VCR JSON, as the ``json`` serializer of vcrpy (``vcr/serializers/jsonserializer.py``, 9.4) writes and reads it.

The structure is that of VCR YAML version 1. A body is a string, and its bytes are that string in UTF-8; JSON has no
other bytes, so vcrpy refuses a binary body (it asks for the YAML serializer), and so does this. Values of one header
are kept in order; where the values of two headers alternate, they are grouped by name, as in VCR YAML.

Not carried: the keys that some of vcrpy's stubs add to a response (``url``, ``protocol``), which are noted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cassette._interaction import Interaction, Request, Response
from conformance.cassette.formats._bodies import cannot_carry, numbered
from conformance.cassette.formats._json import load_json, render_json

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.cassette._interaction import Headers
    from conformance.cassette.formats._json import Node, Notes


def is_vcr_json(value: object) -> bool:
    """Whether a document has a list of interactions, and they have a ``response``."""
    items = value.get("interactions") if isinstance(value, dict) else None
    if not isinstance(items, list) or not isinstance(value, dict):
        return False
    return "version" in value or any(isinstance(item, dict) and "response" in item for item in items)


def parse(data: bytes, *, path: Path, notes: Notes) -> tuple[Interaction, ...]:  # noqa: ARG001  (one form for all)
    """Return the interactions of a cassette.

    Raises:
        FormatFault: It is damaged or of another version.
    """
    document = load_json(data)
    if document["version"].value != 1:
        cure = "vcrpy has a migration script for what it wrote before version 1."
        raise document["version"].fault(f"is {document['version'].value!r}, not 1.", slug="unknown-version", cure=cure)
    document.note_rest(("version", "interactions"), notes)
    return tuple(_interaction(node, notes) for node in document["interactions"].items())


def render(interactions: tuple[Interaction, ...], *, name: str, notes: Notes) -> dict[str, bytes]:  # noqa: ARG001
    """Return the file.

    Raises:
        FormatFault: A body is no UTF-8.
    """
    items = [
        {
            "request": {
                "method": item.request.method,
                "uri": item.request.uri,
                "body": _text(item.request.body, number, "request") if item.request.body else None,
                "headers": grouped(item.request.headers),
            },
            "response": {
                "status": {"code": item.response.status, "message": item.response.reason},
                "headers": grouped(item.response.headers),
                "body": {"string": _text(item.response.body, number, "response")},
            },
        }
        for number, item in numbered(interactions)
    ]
    return {name: render_json({"version": 1, "interactions": items})}


def grouped(headers: Headers) -> dict[str, list[str]]:
    """Return the values of each header, in order."""
    values: dict[str, list[str]] = {}
    for name, value in headers:
        values.setdefault(name, []).append(value)
    return values


def parse_headers(node: Node | None) -> Headers:
    """Return headers from an object of values or lists of values."""
    pairs: list[tuple[str, str]] = []
    for name, values in node.pairs() if node else []:
        pairs += [(name, item.text()) for item in (values.items() if isinstance(values.value, list) else [values])]
    return tuple(pairs)


def _interaction(node: Node, notes: Notes) -> Interaction:
    request, response = node["request"], node["response"]
    status, sent, answered = response["status"], request["body"], response["body"]["string"]
    node.note_rest(("request", "response"), notes)
    request.note_rest(("method", "uri", "body", "headers"), notes)
    response.note_rest(("status", "headers", "body"), notes)
    response["body"].note_rest(("string",), notes)
    reason = status["message"]
    return Interaction(
        Request(
            request["method"].text(),
            request["uri"].uri(),
            parse_headers(request["headers"]),
            b"" if sent.value is None else sent.utf8(),
        ),
        Response(
            status["code"].status(),
            "" if reason.value is None else reason.text(),
            parse_headers(response["headers"]),
            b"" if answered.value is None else answered.utf8(),
        ),
    )


def _text(body: bytes, number: int, side: str) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise cannot_carry(number, f"the {side} body is no UTF-8, and VCR JSON has no other.") from error
