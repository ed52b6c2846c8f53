"""Ids of blocks that a recorder took out: a block is put back under an id that its list names."""

from __future__ import annotations

import base64
import binascii
import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlsplit

from conformance.cassette import Interaction, with_body
from conformance.compare.verification._azure_addresses import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.cassette import Request
    from conformance.compare.verification._dialect import Place

CLEARED = "CLEARED"
OF_THE_LIST = ("content-md5", "x-ms-content-crc64")
LISTED = re.compile(rb"<(?:Latest|Uncommitted|Committed)>([^<]+)</")


def with_block_ids(interactions: Iterable[Interaction]) -> list[Interaction]:
    """Return a recording whose blocks have ids, and whose lists name them.

    The checksum of a list that was not kept is one that nobody knows: it is taken out of the answer.

    A list that is kept names its blocks in the order in which they are taken to have been put; one that is not is taken
    to name all that were put since the one before it. An id that stands in a recording stays as it is.
    """
    found = list(interactions)
    pending: dict[Place, list[int]] = defaultdict(list)
    for at, item in enumerate(found):
        comp = _query(item.request).get("comp", "") if item.request.method.upper() == "PUT" else ""
        place = place_of(item.request.uri)
        if comp == "block":
            pending[place].append(at)
        elif comp == "blocklist":
            _settle(found, pending.pop(place, []), at)
    for blocks in pending.values():
        _name(found, blocks, [])
    return found


def _settle(found: list[Interaction], blocks: Sequence[int], at: int) -> None:
    """Give ids to the blocks before a list, and to the list where it has none."""
    request = found[at].request
    ids = _name(found, blocks, [name.decode() for name in LISTED.findall(request.body)])
    if request.body and not request.body.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<"):
        listed = "".join(f"<Latest>{name}</Latest>" for name in ids)
        body = f'<?xml version="1.0" encoding="utf-8"?><BlockList>{listed}</BlockList>'.encode()
        answer = found[at].response
        headers = tuple((name, CLEARED if name.lower() in OF_THE_LIST else value) for name, value in answer.headers)
        found[at] = Interaction(with_body(request, body), replace(answer, headers=headers))


def _name(found: list[Interaction], blocks: Sequence[int], listed: Sequence[str]) -> list[str]:
    """Give ids to blocks that have none, from a list where that names as many; return the ids of all."""
    ids = []
    for number, at in enumerate(blocks):
        request = found[at].request
        name = _query(request).get("blockid", "")
        if not _is_id(name):
            own = base64.b64encode(f"block-{number:06}".encode()).decode()
            name = listed[number] if len(listed) == len(blocks) else own
            found[at] = replace(found[at], request=_with_id(request, name))
        ids.append(name)
    return ids


def _with_id(request: Request, name: str) -> Request:
    head, _, query = request.uri.partition("?")
    kept = [pair for pair in query.split("&") if pair and not pair.startswith("blockid=")]
    return replace(request, uri=f"{head}?{'&'.join([*kept, f'blockid={quote(name, safe=str())}'])}")


def _query(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.uri).query, keep_blank_values=True))


def _is_id(name: str) -> bool:
    try:
        return bool(base64.b64decode(name, validate=True))
    except binascii.Error:
        return False
