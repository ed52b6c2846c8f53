"""What of a message must stay as it is, whatever is taken out of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from conformance.cassette import decoded_body
from conformance.laws._places import parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.cassette import Headers, Interaction, Request, Response

Structure = dict[str, object]


def structure_of(item: Interaction) -> Structure:
    """Return what is to be equal before and after scrubbing, each with a name that a report can show.

    Raises:
        ValueError: A message is not well-formed.
    """
    request, response = item.request, item.response
    found: Structure = {"method": request.method, "status": (response.status, response.reason)}
    found |= {f"url {name}": value for name, value in _url(request.uri)}
    for side, message in (("request", request), ("response", response)):
        found |= {f"{side} {name}": value for name, value in _message(message)}
    return found


def faults_of(before: Interaction, after: Interaction) -> list[str]:
    """Return what is no longer true of the headers and chunks of an interaction, in words."""
    faults = []
    for side, old, new in (
        ("request", before.request, after.request),
        ("response", before.response, after.response),
    ):
        if not _is_subsequence([name for name, _ in new.headers], [name for name, _ in old.headers]):
            faults.append(f"{side} header names are {_names(new.headers)}, and were {_names(old.headers)}")
        told = _header(new.headers, "content-length")
        if told is not None and told != str(len(new.body)):
            faults.append(f"{side} Content-Length is {told}, the body has {len(new.body)} bytes")
    chunks = after.response.chunks
    if chunks and sum(chunks) != len(after.response.body):
        faults.append(f"response chunks of {chunks} bytes, the body has {len(after.response.body)}")
    return faults


def _url(uri: str) -> Iterator[tuple[str, object]]:
    url = urlsplit(uri)
    pairs = [pair.partition("=") for pair in url.query.split("&")]
    yield "scheme and host", (url.scheme, url.hostname, url.port)
    yield "segments", url.path.count("/")
    yield "userinfo", (url.username is not None, url.password is not None)
    yield "query names", [sign if value == "named" else name + sign for name, sign, value in pairs]
    yield "fragment", bool(url.fragment)


def _message(message: Request | Response) -> Iterator[tuple[str, object]]:
    content_type = _header(message.headers, "content-type") or ""
    yield "content type", content_type
    yield "content encoding", _header(message.headers, "content-encoding")
    body = decoded_body(message.body, message.headers)
    if "content-encoding" in {name.lower() for name, _ in message.headers}:
        yield "compression", body != message.body
    if "json" in content_type:
        yield "json", _json(json.loads(body))
    elif "xml" in content_type:
        yield "xml", _xml(body)
    elif "form-urlencoded" in content_type:
        pairs = [pair.partition(b"=") for pair in body.split(b"&")]
        yield "form names", [sign if value == b"named" else name + sign for name, sign, value in pairs]
    elif content_type.startswith("multipart/"):
        yield "parts", [_part(headers) for headers, _ in parts_of(body)]


def _json(value: Any) -> object:
    """Return the shape of a value: the name of a member of ``keys`` may be a secret, and a text may hold JSON."""
    if isinstance(value, dict):
        return {name: len(inner) if name == "keys" else _json(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_json(inner) for inner in value]
    if isinstance(value, str) and value.startswith('{"'):
        return ["inside", _json(json.loads(value))]
    return type(value).__name__ if isinstance(value, str) else value


def _xml(body: bytes) -> object:
    try:
        root = ET.fromstring(body)  # noqa: S314  (expat refuses what expands)
    except ET.ParseError as error:
        message = f"not XML: {error}"
        raise ValueError(message) from error
    return [(element.tag, sorted(element.keys())) for element in root.iter()]


def _part(headers: str) -> list[str]:
    return [line.partition("filename=")[0] for line in headers.split("\r\n")]


def _names(headers: Headers) -> str:
    return ", ".join(name for name, _ in headers)


def _header(headers: Headers, wanted: str) -> str | None:
    return next((value for name, value in headers if name.lower() == wanted), None)


def _is_subsequence(some: list[str], whole: list[str]) -> bool:
    left = iter(whole)
    return all(word in left for word in some)
