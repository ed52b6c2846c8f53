"""The recordings of Go's httpreplay and go-replayers (``NAME.replay``, version 0.2). They are read, never written.

Source: ``internal/proxy/log.go`` of the package. ``Entries`` (null where none) has requests (Method, URL, Header,
MediaType, BodyParts in base64) and responses (StatusCode, Header, Body in base64). Headers are lists. The recorder
removes Content-Type from requests and keeps it as MediaType, from which it is put back. A part that is null is empty.
The parts of a multipart body are stored without what was between them, so such a request is refused. The reason phrase
is that of RFC 9110.

Not carried, by design: Initial (state of the test), Converter (what the recorder scrubbed; ``CLEARED`` values stay),
the ID of an entry and its protocol version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cassette._interaction import Interaction, Request, Response
from conformance.cassette.formats._bodies import header, standard_reason
from conformance.cassette.formats._json import load_json
from conformance.cassette.formats._vcr_json import parse_headers

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.cassette.formats._json import Node, Notes


def is_httpreplay(value: object) -> bool:
    """Whether a document has ``Entries`` and a ``Converter``."""
    return isinstance(value, dict) and "Entries" in value and "Converter" in value


def parse(data: bytes, *, path: Path, notes: Notes) -> tuple[Interaction, ...]:  # noqa: ARG001  (one form for all)
    """Return the interactions of a recording.

    Raises:
        FormatFault: It is damaged, of another version, or has a multipart request.
    """
    document = load_json(data)
    version = document["Version"]
    if version.text() != "0.2":
        cure = "0.2 is the version that is known."
        raise version.fault(f"is {version.value!r}.", slug="unknown-version", cure=cure)
    document.note_rest(("Initial", "Version", "Converter", "Entries"), notes)
    entries = document["Entries"]
    return tuple(_interaction(node, notes) for node in ([] if entries.value is None else entries.items()))


def _interaction(node: Node, notes: Notes) -> Interaction:
    request, response = node["Request"], node["Response"]
    node.note_rest(("ID", "Request", "Response"), notes)
    request.note_rest(("Method", "URL", "Header", "MediaType", "BodyParts"), notes)
    response.note_rest(("StatusCode", "Proto", "ProtoMajor", "ProtoMinor", "Header", "Body"), notes)
    media_type, headers, parts = request["MediaType"], parse_headers(request.get("Header")), request["BodyParts"]
    bodies = [part for part in ([] if parts.value is None else parts.items()) if part.value is not None]
    if media_type.text().startswith("multipart/") or len(bodies) > 1:
        what = f"is {media_type.value!r}: httpreplay has not kept the bytes between the parts."
        raise media_type.fault(what, slug="body-left-out", cure="Record it again, here or with a tool that keeps them.")
    if media_type.value and not header(headers, "content-type"):
        headers = (*headers, ("Content-Type", media_type.text()))
    status, answered = response["StatusCode"].status(), response["Body"]
    return Interaction(
        Request(request["Method"].text(), request["URL"].uri(), headers, b"".join(part.base64() for part in bodies)),
        Response(
            status,
            standard_reason(status),
            parse_headers(response.get("Header")),
            b"" if answered.value is None else answered.base64(),
        ),
    )
