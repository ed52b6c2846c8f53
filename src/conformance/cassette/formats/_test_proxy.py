"""The recordings of test-proxy, the record and replay server of the SDKs in every language of one cloud.

Source: ``RecordEntry.cs``, ``ContentTypeUtilities.cs`` and ``MultipartUtilities.cs`` of the tool, which write and read
these files. ``Entries`` has one object an interaction: ``RequestUri``, ``RequestMethod``, ``RequestHeaders``,
``RequestBody``, ``StatusCode``, ``ResponseHeaders``, ``ResponseBody``. A header has a string, or a list where it
repeats. What a body is depends on its type:

- null and ``[]`` are no body.
- Under a type of text a string or a list of lines is the text in UTF-8, and any other value is JSON, kept inline. Text
  is text/…, …json, …xml, …-urlencoded and charset=utf-8, but not the manifests of container images, whose digests need
  their exact bytes. Inline JSON comes back without spaces; when writing, a body is put inline only where that gives
  back its exact bytes.
- Under multipart/… a list has lines, and parts as ``b64:…``; a string is base64.
- Under any other type, and under none, a string is base64. Older versions did so for application/json with parameters
  too: there a string that is no JSON, and base64 of some, is taken as such.

The tool stores response bodies decompressed and compresses them again as Content-Encoding says. So the header is
dropped when reading, and kept when writing. It stores no reason phrase: reading gives the one of RFC 9110.

Not carried: ``Variables``, which belong to the test. Header names that differ in case only are one header.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.cassette._interaction import Interaction, Request, Response
from conformance.cassette._vcr_yaml import FormatFault
from conformance.cassette.formats._bodies import (
    base64_of,
    cannot_carry,
    decoded_body,
    numbered,
    standard_reason,
    without_codings,
)
from conformance.cassette.formats._json import load_json, parsed_body, render_json
from conformance.cassette.formats._vcr_json import grouped, parse_headers

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.cassette._interaction import Headers
    from conformance.cassette.formats._json import Node, Notes

ENTRY = ("RequestUri", "RequestMethod", "RequestHeaders", "RequestBody", "StatusCode", "ResponseHeaders")
MANIFESTS = ("application/vnd.docker.distribution.manifest.v", "application/vnd.oci.image.index.v")
IGNORED = ("ResponseBody", "EncodedRequestUri")


def is_test_proxy(value: object) -> bool:
    """Whether a document has ``Entries``, and they have a ``RequestUri`` at their top."""
    if not isinstance(value, dict) or not isinstance(value.get("Entries"), list):
        return False
    return "Variables" in value or any(isinstance(item, dict) and "RequestUri" in item for item in value["Entries"])


def parse(data: bytes, *, path: Path, notes: Notes) -> tuple[Interaction, ...]:  # noqa: ARG001  (one form for all)
    """Return the interactions of a recording.

    Raises:
        FormatFault: It is damaged.
    """
    document = load_json(data)
    document.note_rest(("Entries", "Variables"), notes)
    variables = document.get("Variables")
    for key, _ in variables.pairs() if variables else []:
        notes[f"the variable {key} is not carried"] += 1
    return tuple(_interaction(entry, notes) for entry in document["Entries"].items())


def render(interactions: tuple[Interaction, ...], *, name: str, notes: Notes) -> dict[str, bytes]:
    """Return the file.

    Raises:
        FormatFault: A response body is compressed in a way that cannot be undone here, or a text is no UTF-8.
    """
    entries = [_entry(item, number, notes) for number, item in numbered(interactions)]
    return {name: render_json({"Entries": entries, "Variables": {}})}


def _interaction(entry: Node, notes: Notes) -> Interaction:
    entry.note_rest((*ENTRY, *IGNORED), notes)
    sent, received = parse_headers(entry["RequestHeaders"]), parse_headers(entry["ResponseHeaders"])
    status = entry["StatusCode"].status()
    response = Response(status, standard_reason(status), received, _body(entry["ResponseBody"], received))
    return Interaction(
        Request(entry["RequestMethod"].text(), entry["RequestUri"].uri(), sent, _body(entry["RequestBody"], sent)),
        without_codings(response, notes),
    )


def _body(node: Node, headers: Headers) -> bytes:
    content_type = _type(headers)
    if node.value is None or node.value == []:
        return b""
    if not _is_text(content_type):
        is_parts = isinstance(node.value, list) and content_type.startswith("multipart/")
        return b"".join(map(_segment, node.items())) if is_parts else node.base64()
    if isinstance(node.value, list):
        return b"".join(item.utf8() for item in node.items())
    if not isinstance(node.value, str):
        return node.compact().encode()
    return _older(node, content_type) or node.utf8()


def _segment(node: Node) -> bytes:
    if node.value == []:
        return b""
    text = node.text()
    return replace(node, value=text[4:]).base64() if text.startswith("b64:") else text.encode()


def _older(node: Node, content_type: str) -> bytes | None:
    if not content_type.startswith("application/json;") or "charset=" in content_type or _is_json(node.utf8()):
        return None
    try:
        body = node.base64()
    except FormatFault:
        return None
    return body if _is_json(body) else None


def _is_json(body: bytes) -> bool:
    try:
        parsed_body(body)
    except ValueError:
        return False
    return True


def _type(headers: Headers) -> str:
    values = [value for name, value in headers if name.lower() == "content-type"]
    return values[0].lower() if len(values) == 1 else ""


def _is_text(content_type: str) -> bool:
    starts = ("text/", "application/json", "application/x-www-form-urlencoded")
    ends = ("json", "xml", "-urlencoded")
    if "; charset=utf-8" in content_type:
        return True
    return content_type.startswith(starts) or (content_type.endswith(ends) and not content_type.startswith(MANIFESTS))


def _entry(item: Interaction, number: int, notes: Notes) -> dict[str, Any]:
    request, response = item.request, item.response
    if response.reason != standard_reason(response.status):
        notes["a reason phrase that is not the standard one is not carried"] += 1
    sent, received = _folded(request.headers), _folded(response.headers)
    return {
        "RequestUri": request.uri,
        "RequestMethod": request.method,
        "RequestHeaders": _written(sent),
        "RequestBody": _stored(request.body, sent, number),
        "StatusCode": response.status,
        "ResponseHeaders": _written(received),
        "ResponseBody": _stored(decoded_body(response, number, notes), received, number),
    }


def _folded(headers: Headers) -> Headers:
    first: dict[str, str] = {}
    return tuple((first.setdefault(name.lower(), name), value) for name, value in headers)


def _written(headers: Headers) -> dict[str, Any]:
    return {name: values[0] if len(values) == 1 else values for name, values in grouped(headers).items()}


def _stored(body: bytes, headers: Headers, number: int) -> object:
    content_type = _type(headers)
    if not body:
        return None
    if not _is_text(content_type):
        return base64_of(body)
    try:
        value, is_exact = parsed_body(body)
    except ValueError:
        value, is_exact = None, False
    if is_exact and isinstance(value, dict | int | float):
        return value
    try:
        return body.decode().splitlines(keepends=True)
    except UnicodeDecodeError as error:
        raise cannot_carry(number, f"a body is no UTF-8, although its type is {content_type}.") from error
