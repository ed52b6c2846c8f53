"""Blocks whose ids a recorder took out are put, and listed, under ids that agree."""

from __future__ import annotations

import base64
import re
from urllib.parse import parse_qs, quote, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import Interaction, Request, Response
from conformance.compare.verification import AzureStorage

HOST = "https://account.blob.core.windows.net/c"
IDS = st.lists(
    st.binary(min_size=1, max_size=6).map(lambda raw: base64.b64encode(raw).decode()), min_size=1, unique=True
)
DAMAGED = st.sampled_from(["", "&blockid=CLEARED", "&blockid="])


def block(path: str, name: str) -> Interaction:
    return Interaction(Request("PUT", f"{HOST}/{path}?comp=block{name}", body=b"data"), Response(201))


def listing(path: str, body: bytes) -> Interaction:
    return Interaction(Request("PUT", f"{HOST}/{path}?comp=blocklist", body=body), Response(201))


def xml(ids: list[str]) -> bytes:
    listed = "".join(f"<Latest>{name}</Latest>" for name in ids)
    return f"<?xml version='1.0'?><BlockList>{listed}</BlockList>".encode()


def put(items: list[Interaction], path: str) -> list[str]:
    """The ids under which the blocks of a blob are put."""
    uris = [urlsplit(item.request.uri) for item in items]
    queries = [parse_qs(uri.query) for uri in uris if uri.path == f"/c/{path}"]
    return [query["blockid"][0] for query in queries if query["comp"] == ["block"]]


@given(IDS, DAMAGED)
def test_blocks_have_the_ids_that_their_list_names(ids: list[str], damaged: str) -> None:
    items = [*(block("a", damaged) for _ in ids), block("b", damaged), listing("a", xml(ids))]
    completed = AzureStorage().completed(items)
    assert put(completed, "a") == ids
    assert completed[-1] == items[-1]
    assert len(set(put(completed, "b"))) == 1


@given(st.integers(1, 5), DAMAGED)
def test_a_list_that_was_taken_out_names_the_blocks_before_it(count: int, damaged: str) -> None:
    once = [*(block("a", damaged) for _ in range(count)), listing("a", b"CLEARED")]
    completed = AzureStorage().completed([*once, *once])
    ids = put(completed, "a")
    for at in (count, 2 * count + 1):
        assert re.findall(r"<Latest>(.*?)</Latest>", completed[at].request.body.decode()) == ids[:count]
    assert len(set(ids)) == count


@given(IDS)
def test_what_was_kept_stays_as_it_is(ids: list[str]) -> None:
    items = [*(block("a", f"&blockid={quote(name, safe='')}") for name in ids), listing("a", xml(ids[:1]))]
    assert AzureStorage().completed(items) == items
