"""Strategies for traffic that holds no secret."""

from __future__ import annotations

import json
import string

from hypothesis import strategies as st

from conformance.cassette import Interaction, Request, Response

WORDS = st.text(string.ascii_letters + string.digits, min_size=1, max_size=8)
NAMES = st.text(string.ascii_lowercase, min_size=1, max_size=6)
METHODS = st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD"])
PATHS = st.lists(WORDS, min_size=1, max_size=3).map("/".join)
PAIRS = st.lists(st.tuples(NAMES, WORDS), max_size=4)
SENT = st.lists(
    st.sampled_from(
        [
            ("Range", "bytes=0-99"),
            ("Date", "Sat, 31 Jan 2026 10:00:00 GMT"),
            ("User-Agent", "client/1.0"),
            ("Accept", "*/*"),
            ("If-Match", '"e1"'),
            ("X-Meta-Owner", "someone"),
        ]
    ),
    max_size=4,
    unique=True,
)
RECEIVED = st.lists(
    st.sampled_from([("Content-Type", "text/plain"), ("ETag", '"e1"'), ("X-Meta-Owner", "someone"), ("Via", "a")]),
    max_size=3,
    unique=True,
)
JSON = WORDS.map(lambda word: json.dumps({"name": word, "pages": [{"next": None}, 7]}).encode())
BODIES = st.one_of(st.just(b""), st.binary(max_size=30), JSON)


def _uri(path: str, pairs: list[tuple[str, str]]) -> str:
    query = "&".join(f"{name}={value}" for name, value in pairs)
    return f"https://box.test/{path}" + (f"?{query}" if query else "")


REQUESTS = st.builds(Request, METHODS, st.builds(_uri, PATHS, PAIRS), SENT.map(tuple), BODIES)
RESPONSES = st.builds(Response, st.sampled_from([200, 201, 206, 404]), st.just(""), RECEIVED.map(tuple), BODIES)
INTERACTIONS = st.builds(Interaction, REQUESTS, RESPONSES)


def requests() -> st.SearchStrategy[Request]:
    """Return a strategy for requests, with repeated parameters, headers in any order, and bodies of any bytes."""
    return REQUESTS


def responses() -> st.SearchStrategy[Response]:
    """Return a strategy for responses."""
    return RESPONSES


def interactions() -> st.SearchStrategy[Interaction]:
    """Return a strategy for a request and a response that have nothing to do with each other."""
    return INTERACTIONS


def cassettes() -> st.SearchStrategy[tuple[Interaction, ...]]:
    """Return a strategy for what a cassette holds, up to four interactions in recorded order."""
    return st.lists(INTERACTIONS, max_size=4).map(tuple)
