"""seinfeld cassettes, format version 1: ``NAME.cassette.json``, with large bodies in ``NAME.cassette.blobs/``.

Source: ``format/v1.ts``, ``serializer/index.ts`` and ``store/file-store.ts`` of the package. Each of ``entries`` has a
request (method, url, headers, body), a response (status, statusText, headers, body), and id, matchKey, callIndex and
recordedAt. Headers are an object of strings: only Set-Cookie may have several values, joined by line feeds, so any
other header that repeats is refused. Bodies are of six kinds:

- ``empty``; ``text`` as UTF-8; ``base64``; ``json`` comes back without spaces, as seinfeld replays it.
- ``sse``: events, each followed by a blank line.
- ``binary``: a file below the folder of the cassette, proven by its sha256.

The kind of a request body decides whether seinfeld finds the request again, so it follows the content type when writing
(JSON in other than compact form loses its spaces, with a note); a response body is ``json`` or ``sse`` only where that
gives back its exact bytes. Bodies from 64 KiB on that are neither JSON nor text become ``binary``.

seinfeld has response bodies decoded, beside headers as they were sent: Content-Encoding is dropped on both ways.

Not carried, by design: recordedAt, id, matchKey, callIndex and meta. What is written is dated 1970.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from conformance.cassette._interaction import Interaction, Request, Response
from conformance.cassette.formats._bodies import (
    as_text,
    base64_of,
    cannot_carry,
    decoded_body,
    header,
    numbered,
    without_codings,
)
from conformance.cassette.formats._json import compact, load_json, parsed_body, render_json

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.cassette._interaction import Headers
    from conformance.cassette.formats._json import Node, Notes

THRESHOLD_BYTES = 65536
STATUSES = range(100, 600)
ENTRY = ("id", "matchKey", "callIndex", "recordedAt", "request", "response")
JSON_TYPE = re.compile(r"application/json|.*\+json(\s|;|$)")
TEXT_TYPE = re.compile(r"text/|application/(xml|javascript|x-www-form-urlencoded)|.*\+xml(\s|;|$)")
EVENT_END = "\n\n"


def is_seinfeld(value: object) -> bool:
    """Whether a document has ``entries``, and a version or entries with a request."""
    items = value.get("entries") if isinstance(value, dict) else None
    if not isinstance(items, list) or not isinstance(value, dict):
        return False
    return "version" in value or any(isinstance(item, dict) and "request" in item for item in items)


def parse(data: bytes, *, path: Path, notes: Notes) -> tuple[Interaction, ...]:
    """Return the interactions of a cassette; its blobs lie below its folder.

    Raises:
        FormatFault: It or a blob is damaged, or it is newer.
    """
    document = load_json(data)
    version = document.get("version")
    if version and version.whole() != 1:
        raise version.fault(f"is {version.value}, not 1.", slug="newer-cassette", cure="Update conformance.")
    document.note_rest(("version", "meta", "entries"), notes)
    return tuple(_interaction(entry, path.parent, notes) for entry in document["entries"].items())


def render(interactions: tuple[Interaction, ...], *, name: str, notes: Notes) -> dict[str, bytes]:
    """Return the file and its blobs.

    Raises:
        FormatFault: A header repeats, a status is out of range, or a response body cannot be decompressed.
    """
    blobs: dict[str, bytes] = {}
    calls: Counter[str] = Counter()
    entries = []
    for number, item in numbered(interactions):
        sent, received = _request(item.request, number, notes), _response(item.response, number, notes)
        for message in (sent, received):
            if isinstance(message["body"], bytes):
                message["body"] = _blob(message["body"], name, blobs)
        key = f"{item.request.method} {urlsplit(item.request.uri).netloc}{urlsplit(item.request.uri).path}"
        told = f"{key}\n{calls[key]}\n{compact(sent['body'])}"
        entry = {"id": hashlib.sha256(told.encode()).hexdigest()[:16], "matchKey": key, "callIndex": calls[key]}
        entries.append(entry | {"recordedAt": "1970-01-01T00:00:00.000Z", "request": sent, "response": received})
        calls[key] += 1
    return {name: render_json({"version": 1, "entries": entries})} | blobs


def _interaction(entry: Node, folder: Path, notes: Notes) -> Interaction:
    request, response = entry["request"], entry["response"]
    entry.note_rest(ENTRY, notes)
    request.note_rest(("method", "url", "headers", "body"), notes)
    response.note_rest(("status", "statusText", "headers", "body"), notes)
    reason = response.get("statusText")
    answered = Response(
        response["status"].status(),
        reason.text() if reason else "",
        _parsed_headers(response["headers"]),
        _parsed_body(response["body"], folder, notes),
    )
    return Interaction(
        Request(
            request["method"].text(),
            request["url"].uri(),
            _parsed_headers(request["headers"]),
            _parsed_body(request["body"], folder, notes),
        ),
        without_codings(answered, notes),
    )


def _parsed_headers(node: Node) -> Headers:
    pairs: list[tuple[str, str]] = []
    for name, value in node.pairs():
        values = value.text().split("\n") if name.lower() == "set-cookie" else [value.text()]
        pairs += [(name, one) for one in values]
    return tuple(pairs)


def _parsed_body(node: Node, folder: Path, notes: Notes) -> bytes:
    node.note_rest(("kind", "value", "chunks", "path", "sha256", "contentType"), notes)
    match node["kind"].value:
        case "empty":
            return b""
        case "json":
            return node["value"].compact().encode()
        case "text":
            return node["value"].utf8()
        case "base64":
            return node["value"].base64()
        case "sse":
            return b"".join(chunk.utf8() + EVENT_END.encode() for chunk in node["chunks"].items())
        case "binary":
            return _read_blob(node, folder)
    raise node["kind"].fault("is none of empty, json, text, base64, sse and binary.")


def _read_blob(node: Node, folder: Path) -> bytes:
    place = (folder / node["path"].text()).resolve()
    cure = "Restore it: the blobs lie beside the cassette."
    if not place.is_relative_to(folder.resolve()):
        raise node["path"].fault(f"is {node['path'].value!r}, which is not below the folder of the cassette.")
    if not place.is_file():
        raise node["path"].fault(f"is {node['path'].value!r}, and there is no such file.", cure=cure)
    body = place.read_bytes()
    if hashlib.sha256(body).hexdigest() != node["sha256"].text():
        raise node["sha256"].fault(f"is not that of {node['path'].value}.", slug="edited-cassette", cure=cure)
    return body


def _request(request: Request, number: int, notes: Notes) -> dict[str, Any]:
    return {
        "method": request.method,
        "url": request.uri,
        "headers": _headers(request.headers, number),
        "body": _body(request.body, header(request.headers, "content-type"), notes, is_request=True),
    }


def _response(response: Response, number: int, notes: Notes) -> dict[str, Any]:
    if response.status not in STATUSES:
        raise cannot_carry(number, f"the status is {response.status}, and seinfeld has 100 to 599.")
    body = decoded_body(response, number, notes)
    response = without_codings(replace(response, body=body), notes)
    written: dict[str, Any] = {"status": response.status}
    if response.reason:
        written["statusText"] = response.reason
    return written | {
        "headers": _headers(response.headers, number),
        "body": _body(body, header(response.headers, "content-type"), notes, is_request=False),
    }


def _headers(headers: Headers, number: int) -> dict[str, str]:
    written: dict[str, str] = {}
    for name, value in headers:
        before = {other.lower(): other for other in written}.get(name.lower())
        if name.lower() == "set-cookie" and "\n" not in value:
            written[before or name] = f"{written[before]}\n{value}" if before else value
        elif before is None and name.lower() != "set-cookie":
            written[name] = value
        else:
            raise cannot_carry(number, f"the header {name} comes more than once, and seinfeld has one value a header.")
    return written


def _body(body: bytes, content_type: str, notes: Notes, *, is_request: bool) -> dict[str, Any] | bytes:
    """Return a body of the kind that it has; bytes for what becomes a blob."""
    if not body:
        return {"kind": "empty"}
    lower, text = content_type.lower(), as_text(body, "")
    if lower.startswith("text/event-stream") and text and text.endswith(EVENT_END) and "\r" not in text:
        return {"kind": "sse", "chunks": text.removesuffix(EVENT_END).split(EVENT_END)}
    if JSON_TYPE.match(lower):
        found = _json(body, notes, is_request=is_request)
        if found:
            return found
    if text is not None and (JSON_TYPE.match(lower) or TEXT_TYPE.match(lower)):
        return {"kind": "text", "value": text}
    if len(body) >= THRESHOLD_BYTES:
        return body
    return {"kind": "base64", "value": base64_of(body)}


def _json(body: bytes, notes: Notes, *, is_request: bool) -> dict[str, Any] | None:
    try:  # half of a surrogate pair, escaped in the body, has no place in a file
        value, is_exact = parsed_body(body)
        compact(value).encode()
    except ValueError:
        return None
    if not is_exact and not is_request:
        return None
    if not is_exact:
        notes["a JSON request body is put into compact form, as seinfeld has them"] += 1
    return {"kind": "json", "value": value}


def _blob(body: bytes, name: str, blobs: dict[str, bytes]) -> dict[str, str]:
    digest = hashlib.sha256(body).hexdigest()
    path = str(PurePosixPath(name).with_suffix(".blobs") / f"{digest}.bin")
    blobs[path] = body
    return {"kind": "binary", "path": path, "sha256": digest}
