"""A cassette as a person reads it."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from conformance.cassette import Cassette, Headers, Interaction

SHOWN_CHARACTERS = 2000


def render_cassette_table(cassette: Cassette) -> Table:
    """Return one row an interaction: its number, line, request, answer and the sizes of both bodies in bytes."""
    table = Table(title=_title(cassette), title_justify="left")
    for heading in ("#", "line", "request", "sent", "status", "answered", "type"):
        numeric = heading in ("#", "line", "sent", "answered")
        table.add_column(heading, justify="right" if numeric else "left", overflow="fold")
    for at, item in enumerate(cassette.interactions):
        url = urlsplit(item.request.uri)
        query = f"?{url.query}" if url.query else ""
        table.add_row(
            str(at + 1),
            str(cassette.line_of(at) or ""),
            escape(f"{item.request.method} {unquote(url.path) or '/'}{query}"),
            _size(item.request.body),
            escape(f"{item.response.status} {item.response.reason}".strip()),
            _size(item.response.body),
            escape(_header(item.response.headers, "content-type")),
        )
    return table


def render_interaction(item: Interaction, *, number: int) -> str:
    """Return both sides of one interaction with headers, and bodies decoded where they are text."""
    request, response = item.request, item.response
    lines = [f"#{number} {request.method} {request.uri}", *_headers(request.headers)]
    lines += ["", _body(request.body, request.headers), ""] if request.body else [""]
    lines += [f"{response.status} {response.reason}".strip(), *_headers(response.headers)]
    return "\n".join([*lines, "", _body(response.body, response.headers)] if response.body else lines) + "\n"


def _title(cassette: Cassette) -> str:
    provenance = cassette.provenance
    origin = f", recorded from {provenance.fixture} on {provenance.day}" if provenance else ""
    return f"{cassette.path.name}: {len(cassette.interactions)} interactions{origin}"


def _size(body: bytes) -> str:
    return f"{len(body):,}" if body else ""


def _headers(headers: Headers) -> list[str]:
    return [f"  {name}: {value}" for name, value in headers]


def _header(headers: Headers, wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "")


def _body(body: bytes, headers: Headers) -> str:
    """Return a body as text: uncompressed, JSON indented, cut where it is long; of what is no text, the size."""
    try:
        text = _uncompressed(body, _header(headers, "content-encoding")).decode()
    except (UnicodeDecodeError, OSError, EOFError, zlib.error):
        return f"  ({len(body):,} bytes that are no text)"
    if "json" in _header(headers, "content-type"):
        try:
            text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
        except ValueError:
            text += "\n(its type says JSON, which it is not)"
    if len(text) > SHOWN_CHARACTERS:
        text = f"{text[:SHOWN_CHARACTERS]}… ({len(text):,} characters)"
    return "\n".join(f"  {line}" for line in text.splitlines())


def _uncompressed(body: bytes, encoding: str) -> bytes:
    if encoding == "gzip":
        return gzip.decompress(body)
    return zlib.decompress(body) if encoding == "deflate" else body
