"""Answers whose requests were not recorded, and of which a client had parsed what came over the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cassette._interaction import UNRECORDED, Interaction, Request, Response
from conformance.cassette.formats._bodies import standard_reason
from conformance.cassette.formats._json import compact
from conformance.cassette.formats._vcr_json import parse_headers

if TYPE_CHECKING:
    from conformance.cassette.formats._json import Node, Notes


def parsed_answer(call: str, node: Node, *, status: int, notes: Notes) -> Interaction:
    """Return what is known of a call from what its client returned.

    Args:
        call: The name of the call.
        node: What was returned, an object. Its ResponseMetadata is left out, but for the headers in it; the rest, as
            JSON, stands where the body would.
        status: The status code.
        notes: Has what of the metadata is not carried.
    """
    metadata = node.get("ResponseMetadata")
    for key, item in metadata.pairs() if metadata else []:
        if key != "HTTPHeaders" and not (key == "HTTPStatusCode" and item.value == status):
            notes[f"the key ResponseMetadata.{key} is not carried"] += 1
    headers = parse_headers(metadata.get("HTTPHeaders")) if metadata else ()
    rest = {key: item.value for key, item in node.pairs() if key != "ResponseMetadata"}
    parts = UNRECORDED["response"]
    response = Response(status, standard_reason(status), headers, compact(rest).encode(), unrecorded=parts)
    return unasked(call, response)


def unasked(call: str, response: Response) -> Interaction:
    """Return an interaction whose request was not recorded; the name of the call stands where its URI would."""
    return Interaction(Request("", call, unrecorded=UNRECORDED["request"]), response)
