"""HAR 1.2, the archive that browsers and proxies export (http://www.softwareishard.com/blog/har-12-spec/).

How an entry becomes an interaction, and back:

- ``request.url`` is the URI; ``queryString`` only repeats it, and is read where the URL has no query of its own.
- ``headers`` are lists, so names repeat and keep their order. HTTP/2 pseudo headers (``:path``) are dropped.
- ``postData.text`` is the request body in the charset of its type. The specification has no place for other bytes;
  ``encoding: "base64"`` beside it is what tools have settled on and its author proposed. ``params`` without ``text``
  are encoded as a form; files among them are not in the archive, and refused.
- ``content.text`` is the response body, by the specification "decoded (decompressed & unchunked), then trans-coded from
  its original character set into UTF-8", or base64. So it is turned back into the charset of its type, and
  Content-Encoding and a Content-Length of the compressed body are dropped when reading. When writing, bodies are
  decompressed and headers stay as they were on the wire.
- A body that was there (``bodySize``, ``size``) and that the tool left out is a fault, not an empty body.
- An entry of status 0 had no response (blocked, aborted): it is left out, with a note.
- Entries are sorted by ``startedDateTime``, as the specification asks of readers.

Interactions have no times: ``startedDateTime`` counts milliseconds from 1970 to keep their order, timings are 0. Not
carried, by design: pages, cookies beside the headers, cache, timings, addresses, sizes, comments, custom ``_fields``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from conformance.cassette._interaction import Interaction, Request, Response
from conformance.cassette.formats._bodies import (
    as_bytes,
    as_text,
    base64_of,
    decoded_body,
    header,
    numbered,
    without_codings,
)
from conformance.cassette.formats._json import load_json, render_json

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.cassette._interaction import Headers
    from conformance.cassette.formats._json import Node, Notes

VERSIONS = ("", "1.1", "1.2")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BODILESS = frozenset({204, 205, 304})
LOG = ("version", "creator", "browser", "pages", "entries")
ENTRY = (
    "pageref",
    "startedDateTime",
    "time",
    "request",
    "response",
    "cache",
    "timings",
    "serverIPAddress",
    "connection",
)
REQUEST = ("method", "url", "httpVersion", "cookies", "headers", "queryString", "postData", "headersSize", "bodySize")
RESPONSE = ("status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL", "headersSize")
CONTENT = ("size", "compression", "mimeType", "text", "encoding")
POST_DATA = ("mimeType", "params", "text", "encoding")
LEFT_OUT = "Export it again with its content: browsers offer to save all as HAR with content."


def is_har(value: object) -> bool:
    """Whether a document has a ``log`` of entries."""
    return isinstance(value, dict) and "log" in value


def parse(data: bytes, *, path: Path, notes: Notes) -> tuple[Interaction, ...]:  # noqa: ARG001  (one form for all)
    """Return the interactions of an archive, the first sent first.

    Raises:
        FormatFault: It is damaged, or its tool left a body out.
    """
    log = load_json(data)["log"]
    version = log.get("version")
    if version and version.value not in VERSIONS:
        cure = "1.1 and 1.2 are the versions that there are."
        raise version.fault(f"is {version.value!r}, which is not known.", slug="unknown-version", cure=cure)
    _note_rest(log, LOG, notes)
    found = [(_started(entry), _interaction(entry, notes)) for entry in log["entries"].items()]
    if all(started for started, _ in found):
        found.sort(key=lambda pair: pair[0] or EPOCH)
    return tuple(item for _, item in found if item)


def render(interactions: tuple[Interaction, ...], *, name: str, notes: Notes) -> dict[str, bytes]:
    """Return the file.

    Raises:
        FormatFault: A response body is compressed in a way that cannot be undone here.
    """
    entries = [_entry(item, number, notes) for number, item in numbered(interactions)]
    creator = {"name": "conformance", "version": "1"}
    return {name: render_json({"log": {"version": "1.2", "creator": creator, "entries": entries}})}


def _interaction(entry: Node, notes: Notes) -> Interaction | None:
    request, response = entry["request"], entry["response"]
    for node, known in ((entry, ENTRY), (request, REQUEST), (response, (*RESPONSE, "bodySize"))):
        _note_rest(node, known, notes)
    if response["status"].value == 0:
        notes["an entry without a response (status 0) is left out"] += 1
        return None
    method, status = request["method"].text(), response["status"].status()
    answered = Response(status, _text(response, "statusText"), _headers(response, notes), b"")
    is_bodiless = method == "HEAD" or status in BODILESS
    body = _content(response["content"], answered.headers, is_bodiless=is_bodiless, notes=notes)
    sent = Request(method, _url(request), _headers(request, notes), b"")
    return Interaction(
        replace(sent, body=_post_data(request, sent.headers, notes)),
        without_codings(replace(answered, body=body), notes),
    )


def _started(entry: Node) -> datetime | None:
    node = entry.get("startedDateTime")
    if node is None:
        return None
    try:
        started = datetime.fromisoformat(node.text())
    except ValueError as error:
        raise node.fault(f"is {node.value!r}, which is no date.") from error
    return started if started.tzinfo else started.replace(tzinfo=UTC)


def _url(request: Node) -> str:
    url = request["url"].uri()
    query = request.get("queryString")
    pairs = [(item["name"].text(), item["value"].text()) for item in query.items()] if query else []
    return f"{url}?{urlencode(pairs)}" if pairs and not urlsplit(url).query else url


def _headers(message: Node, notes: Notes) -> Headers:
    pairs = [(item["name"].text(), item["value"].text()) for item in message["headers"].items()]
    kept = tuple(pair for pair in pairs if not pair[0].startswith(":"))
    if len(kept) < len(pairs):
        notes["HTTP/2 pseudo headers are dropped: the method, the URI and the status have them"] += 1
    cookies = message.get("cookies")
    if cookies and cookies.items() and not header(kept, "cookie") and not header(kept, "set-cookie"):
        notes["cookies that no header has are not carried"] += 1
    return kept


def _post_data(request: Node, headers: Headers, notes: Notes) -> bytes:
    node, size = request.get("postData"), request.get("bodySize")
    body = _posted(node, headers, notes) if node else b""
    if size and size.whole() > 0 and not body:
        what = f"is {size.value}, and postData has nothing: the tool left the body out."
        raise size.fault(what, slug="body-left-out", cure=LEFT_OUT)
    return body


def _posted(node: Node, headers: Headers, notes: Notes) -> bytes:
    _note_rest(node, POST_DATA, notes)
    text, encoding = node.get("text"), node.get("encoding") or node.get("_encoding")
    if text is None or (not text.value and node.get("params")):
        return _form(node, notes)
    if encoding:
        return _encoded(text, encoding)
    return as_bytes(text.text(), header(headers, "content-type") or _text(node, "mimeType"), notes)


def _form(node: Node, notes: Notes) -> bytes:
    params = node.get("params")
    pairs = []
    for item in params.items() if params else []:
        if item.get("fileName") or item.get("contentType") or item.get("value") is None:
            what = "is part of a multipart form, whose bytes the archive does not have."
            raise item.fault(what, slug="body-left-out", cure=LEFT_OUT)
        pairs.append((item["name"].text(), item["value"].text()))
    if pairs:
        notes["a form is encoded anew from its parameters; its bytes may have been others"] += 1
    return urlencode(pairs).encode()


def _content(node: Node, headers: Headers, *, is_bodiless: bool, notes: Notes) -> bytes:
    _note_rest(node, CONTENT, notes)
    text, encoding, size = node.get("text"), node.get("encoding"), node.get("size")
    if text is None:
        if size and size.whole() > 0 and not is_bodiless:
            what = f"is {size.value}, and there is no text: the tool left the body out."
            raise size.fault(what, slug="body-left-out", cure=LEFT_OUT)
        return b""
    if encoding:
        return _encoded(text, encoding)
    return as_bytes(text.text(), header(headers, "content-type") or _text(node, "mimeType"), notes)


def _encoded(text: Node, encoding: Node) -> bytes:
    if encoding.value != "base64":
        raise encoding.fault(f"is {encoding.value!r}; base64 is the one that is known.")
    return text.base64()


def _text(node: Node, key: str) -> str:
    found = node.get(key)
    return found.text() if found else ""


def _note_rest(node: Node, known: tuple[str, ...], notes: Notes) -> None:
    custom = [key for key, _ in node.pairs() if key.startswith("_") or key == "comment"]
    node.note_rest((*known, *custom), notes)


def _entry(item: Interaction, number: int, notes: Notes) -> dict[str, Any]:
    request, response = item.request, item.response
    content_type = header(response.headers, "content-type")
    body = decoded_body(response, number, notes)
    content = {"size": len(body), "mimeType": content_type} | (_stored(body, content_type) if body else {})
    started = EPOCH + timedelta(milliseconds=number)
    return {
        "startedDateTime": started.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "time": 0,
        "request": _request(request),
        "response": {
            "status": response.status,
            "statusText": response.reason,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _listed(response.headers),
            "content": content,
            "redirectURL": header(response.headers, "location"),
            "headersSize": -1,
            "bodySize": len(response.body),
        },
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
    }


def _request(request: Request) -> dict[str, Any]:
    content_type = header(request.headers, "content-type")
    query = parse_qsl(urlsplit(request.uri).query, keep_blank_values=True)
    written: dict[str, Any] = {
        "method": request.method,
        "url": request.uri,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _listed(request.headers),
        "queryString": _listed(tuple(query)),
        "headersSize": -1,
        "bodySize": len(request.body),
    }
    if request.body:
        written["postData"] = {"mimeType": content_type} | _stored(request.body, content_type)
    return written


def _stored(body: bytes, content_type: str) -> dict[str, str]:
    text = as_text(body, content_type)
    return {"text": base64_of(body), "encoding": "base64"} if text is None else {"text": text}


def _listed(pairs: Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]
