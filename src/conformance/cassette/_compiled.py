"""A compiled form of large cassettes, kept outside the repository so that a second load costs milliseconds.

A compiled file is named after the digest of the text that it was made of, and begins with the digest of its own
content: one that is stale, cut or damaged is never used. It holds plain data, no code.

::

    conformance-compiled 3 <sha256 of the rest>              a line
    <length of the index>                                    a line
    [[provenance], [[method, uri, headers, size, status, reason, headers, size, chunks], …], unrecorded]   the index
    <request body><response body><request body>…                                         the bodies, end to end
"""

from __future__ import annotations

import json
from dataclasses import astuple
from typing import TYPE_CHECKING

from conformance.cassette._beside import nothing_beside
from conformance.cassette._cache import reuse_or_make, seal, unseal
from conformance.cassette._interaction import Interaction, Request, Response, unrecorded_words, with_unrecorded
from conformance.cassette._vcr_yaml import Provenance, parse_cassette

if TYPE_CHECKING:
    from conformance.cassette._beside import ReadBeside
    from conformance.cassette._interaction import Headers

MAGIC = b"conformance-compiled 3 "
WORTHWHILE_BYTES = 64 * 1024  # of text that is as it was recorded, and read quickly

Content = tuple[tuple[Interaction, ...], Provenance | None]


def parse_or_reuse(data: bytes, *, read: ReadBeside = nothing_beside) -> Content:
    """Return the content of a cassette file, from its compiled form where there is one.

    Raises:
        FormatFault: The text is damaged, newer, edited, or no cassette at all.
        UnicodeDecodeError: It is not UTF-8.
    """
    return reuse_or_make(
        data,
        "compiled",
        make=lambda: parse_cassette(data.decode("utf-8"), read=read),
        pack=lambda content: render_compiled(content) if content[1] is None or len(data) >= WORTHWHILE_BYTES else None,
        unpack=parse_compiled,
    )


def render_compiled(content: Content) -> bytes:
    """Return the compiled form."""
    interactions, provenance = content
    rows, bodies = [], []
    unrecorded = {at: words for at, item in enumerate(interactions) if (words := unrecorded_words(item))}
    for item in interactions:
        request, response = item.request, item.response
        sent = [request.method, request.uri, request.headers, len(request.body)]
        answered = [response.status, response.reason, response.headers, len(response.body), response.chunks]
        rows.append([*sent, *answered])
        bodies += [request.body, response.body]
    index = json.dumps([provenance and astuple(provenance), rows, unrecorded], separators=(",", ":")).encode()
    rest = b"%d\n%b%b" % (len(index), index, b"".join(bodies))
    return seal(MAGIC, rest)


def parse_compiled(data: bytes) -> Content | None:
    """Return the content of a compiled form; None when it is not whole."""
    rest = unseal(MAGIC, data)
    if rest is None:
        return None
    length, _, rest = rest.partition(b"\n")
    provenance, rows, unrecorded = json.loads(rest[: int(length)])
    interactions = []
    at = int(length)
    for method, uri, sent, size, status, reason, received, answered, chunks in rows:
        middle, end = at + size, at + size + answered
        request = Request(method, uri, _pairs(sent), rest[at:middle])
        response = Response(status, reason, _pairs(received), rest[middle:end], tuple(chunks))
        interactions.append(Interaction(request, response))
        at = end
    for position, words in unrecorded.items():
        interactions[int(position)] = with_unrecorded(interactions[int(position)], words)
    return tuple(interactions), Provenance(*provenance) if provenance else None


def _pairs(headers: list[list[str]]) -> Headers:
    return tuple([(name, value) for name, value in headers])
