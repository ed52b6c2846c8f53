"""A compiled form of large cassettes, kept outside the repository so that a second load costs milliseconds.

A compiled file is named after the digest of the text that it was made of, and begins with the digest of its own
content: one that is stale, cut or damaged is never used. It holds plain data, no code. ``CONFORMANCE_CACHE`` names
another folder, or ``off``.

::

    conformance-compiled 1 <sha256 of the rest>              a line
    <length of the index>                                    a line
    [[provenance], [[method, uri, headers, size, status, reason, headers, size], …]]      the index, JSON
    <request body><response body><request body>…                                         the bodies, end to end
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from conformance.cassette._beside import nothing_beside
from conformance.cassette._interaction import Interaction, Request, Response
from conformance.cassette._vcr_yaml import Provenance, parse_cassette

if TYPE_CHECKING:
    from conformance.cassette._beside import ReadBeside
    from conformance.cassette._interaction import Headers

MAGIC = b"conformance-compiled 1 "
WORTHWHILE_BYTES = 64 * 1024

Content = tuple[tuple[Interaction, ...], Provenance | None]


def parse_or_reuse(data: bytes, *, read: ReadBeside = nothing_beside) -> Content:
    """Return the content of a cassette file, from its compiled form where there is one.

    Raises:
        FormatFault: The text is damaged, newer, edited, or no cassette at all.
        UnicodeDecodeError: It is not UTF-8.
    """
    path = compiled_path(data)
    if path is None:
        return parse_cassette(data.decode("utf-8"), read=read)
    with suppress(OSError):
        content = parse_compiled(path.read_bytes())
        if content is not None:
            return content
    content = parse_cassette(data.decode("utf-8"), read=read)
    with suppress(OSError):  # a cache that cannot be written is none
        _write(path, render_compiled(content))
    return content


def compiled_path(data: bytes) -> Path | None:
    """Return where the compiled form of a cassette file is, or would be; None where none is kept."""
    folder = _folder()
    if len(data) < WORTHWHILE_BYTES or folder is None:
        return None
    return folder / f"{hashlib.sha256(data).hexdigest()}.compiled"


def render_compiled(content: Content) -> bytes:
    """Return the compiled form."""
    interactions, provenance = content
    rows, bodies = [], []
    for item in interactions:
        request, response = item.request, item.response
        sent = [request.method, request.uri, request.headers, len(request.body)]
        rows.append([*sent, response.status, response.reason, response.headers, len(response.body)])
        bodies += [request.body, response.body]
    index = json.dumps([provenance and astuple(provenance), rows], separators=(",", ":")).encode()
    rest = b"%d\n%b%b" % (len(index), index, b"".join(bodies))
    return MAGIC + hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest


def parse_compiled(data: bytes) -> Content | None:
    """Return the content of a compiled form; None when it is not whole."""
    head, _, rest = data.partition(b"\n")
    if head != MAGIC + hashlib.sha256(rest).hexdigest().encode():
        return None
    length, _, rest = rest.partition(b"\n")
    provenance, rows = json.loads(rest[: int(length)])
    interactions = []
    at = int(length)
    for method, uri, sent, size, status, reason, received, answered in rows:
        middle, end = at + size, at + size + answered
        request = Request(method, uri, _pairs(sent), rest[at:middle])
        interactions.append(Interaction(request, Response(status, reason, _pairs(received), rest[middle:end])))
        at = end
    return tuple(interactions), Provenance(*provenance) if provenance else None


def _pairs(headers: list[list[str]]) -> Headers:
    return tuple([(name, value) for name, value in headers])


def _folder() -> Path | None:
    place = os.environ.get("CONFORMANCE_CACHE", "")
    if place == "off":
        return None
    return Path(place) if place else user_cache_path("conformance", appauthor=False)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(suffix=".new", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).replace(path)
