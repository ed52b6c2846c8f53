"""Strategies for traffic."""

from __future__ import annotations

import string

from hypothesis import strategies as st

from conformance.cassette import Interaction, Request, Response

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
INTERACTIONS = st.builds(Interaction, REQUESTS, RESPONSES)
TAPES = st.lists(INTERACTIONS, max_size=4).map(tuple)
