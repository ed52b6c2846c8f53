"""Strategies for traffic."""

from __future__ import annotations

import json
import string
from dataclasses import replace
from itertools import pairwise

from hypothesis import strategies as st

from conformance.cassette import Headers, Interaction, Request, Response

TOKEN = st.text(string.ascii_letters + string.digits + "-", min_size=1, max_size=12)
VISIBLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=20)
TEXT_BODIES = st.text(max_size=60).map(str.encode)
BODIES = st.one_of(st.just(b""), TEXT_BODIES, st.binary(max_size=60))
STATUSES = st.integers(200, 599)
URIS = st.builds(
    lambda scheme, host, path, query: f"{scheme}://{host}.test/{path}" + (f"?{query}" if query else ""),
    st.sampled_from(["http", "https"]),
    st.text(string.ascii_lowercase, min_size=1, max_size=8),
    st.text(string.ascii_letters + string.digits + "/%20-._~", max_size=15).map(lambda text: text.replace("%", "%25")),
    st.text(string.ascii_letters + string.digits + "=&-", max_size=15),
)


@st.composite
def headers(draw: st.DrawFn) -> tuple[tuple[str, str], ...]:
    """Draw headers, those of one name next to each other, as the format keeps them."""
    names = draw(st.lists(TOKEN, max_size=4, unique_by=str.lower))
    return tuple((name, draw(VISIBLE)) for name in names for _ in range(draw(st.integers(1, 3))))


REQUESTS = st.builds(Request, st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD"]), URIS, headers(), BODIES)
RESPONSES = st.builds(Response, STATUSES, VISIBLE, headers(), BODIES)


@st.composite
def chunked_responses(draw: st.DrawFn) -> Response:
    """Draw responses, some of which came in chunks."""
    response = draw(RESPONSES)
    size = len(response.body)
    ends = sorted(draw(st.sets(st.integers(1, size - 1), max_size=4))) if size > 1 else []
    sizes = tuple(end - start for start, end in pairwise([0, *ends, size]))
    return replace(response, chunks=sizes if ends else ())


INTERACTIONS = st.builds(Interaction, REQUESTS, RESPONSES)
TAPES = st.lists(INTERACTIONS, max_size=4).map(tuple)
CHUNKED_TAPES = st.lists(st.builds(Interaction, REQUESTS, chunked_responses()), max_size=4).map(tuple)

CONTENT_TYPES = st.sampled_from(
    [
        "",
        "text/plain",
        "text/html; charset=iso-8859-1",
        "text/plain; charset=utf-16",
        "text/plain; charset=none-such",
        "text/event-stream",
        "application/json",
        "application/json; charset=utf-8",
        "application/json;odata=minimal",
        "application/problem+json",
        "application/xml",
        "application/x-www-form-urlencoded",
        "application/octet-stream",
        "multipart/mixed; boundary=b",
    ]
)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
JSON_BODIES = st.builds(
    lambda value, separators: json.dumps(value, separators=separators, ensure_ascii=False).encode(),
    JSON_VALUES,
    st.sampled_from([(",", ":"), (", ", ": ")]),
)
EVENT_BODIES = st.lists(TEXT_BODIES, max_size=3).map(lambda events: b"".join(event + b"\n\n" for event in events))


def untyped(headers: Headers) -> Headers:
    """Return headers without a content type that was drawn by chance: constants of the source are."""
    return tuple(pair for pair in headers if pair[0].lower() != "content-type")


@st.composite
def typed_interactions(draw: st.DrawFn) -> Interaction:
    """Draw an interaction with a content type on both sides, and bodies that fit it or do not."""
    bodies = BODIES | JSON_BODIES | EVENT_BODIES
    item = draw(INTERACTIONS)
    sent, received = ((("Content-Type", word),) if word else () for word in (draw(CONTENT_TYPES), draw(CONTENT_TYPES)))
    return Interaction(
        replace(item.request, headers=sent + untyped(item.request.headers), body=draw(bodies)),
        replace(item.response, headers=received + untyped(item.response.headers), body=draw(bodies)),
    )


TYPED_TAPES = st.lists(typed_interactions(), max_size=3).map(tuple)
