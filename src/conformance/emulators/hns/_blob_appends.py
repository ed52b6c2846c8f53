"""Append blobs: Append Block, and Append Blob Seal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.emulators.hns._answer import Answer
from conformance.emulators.hns._blob_writes import bad_header
from conformance.emulators.hns._checksums import check_body
from conformance.emulators.hns._clock import DOTNET_EPOCH, FILETIME_EPOCH, ticks
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._leases import end_by_write
from conformance.emulators.hns._nodes import changed_node, container_of
from conformance.emulators.hns._properties import state_headers, write_headers

if TYPE_CHECKING:
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import Node, State

ETAG = re.compile(r'"?0x([0-9A-Fa-f]+)"?')
POSITION, MOST = "x-ms-blob-condition-appendpos", "x-ms-blob-condition-maxsize"
MOST_BLOCKS = 50_000


def append_block(call: Call, state: State) -> Answer:
    """Put a block at the end of an append blob."""
    headers = check_body(call)
    return append(call, state, call.body, headers)


def append(call: Call, state: State, content: bytes, headers: dict[str, str]) -> Answer:
    """Put content at the end of the append blob of a request, and answer with these headers too."""
    _check_etag(call)
    node = changed_node(call, state, container_of(call, state))
    _check_kind(node)
    if "sealed" in node.extras:
        raise ServiceError("BlobIsSealed")
    _check_position(call, node)
    most = _number(call, MOST)
    if most is not None and node.size + len(content) > most:
        raise ServiceError("MaxBlobSizeConditionNotMet")
    if not content:
        raise bad_header(call, "content-length")
    if len(node.blocks) >= MOST_BLOCKS:
        raise ServiceError("BlockCountExceedsLimit")
    offset = node.size
    node.extend(content)
    node.blocks.append(("", len(content)))
    end_by_write(node.lease, state.clock)
    state.touch(node)
    counts = {"x-ms-blob-append-offset": str(offset), "x-ms-blob-committed-block-count": str(len(node.blocks))}
    return Answer(201, write_headers(call, node) | headers | counts)


def seal(call: Call, state: State) -> Answer:
    """Let nothing more be appended."""
    node = changed_node(call, state, container_of(call, state), has_key=False)
    _check_kind(node)
    _check_position(call, node)
    if "sealed" not in node.extras:
        node.extras["sealed"] = "true"
        state.touch(node)
    return Answer(200, state_headers(node) | {"x-ms-blob-sealed": "true"})


def _check_etag(call: Call) -> None:
    """Refuse an ETag of before the times that files have, which only this operation was recorded to do."""
    digits = ETAG.fullmatch(call.headers.get("if-match", ""))
    if digits and int(digits[1], 16) < ticks(FILETIME_EPOCH, since=DOTNET_EPOCH):
        raise ServiceError("OutOfRangeInput")


def _check_kind(node: Node) -> None:
    if node.kind != "AppendBlob":
        raise ServiceError("InvalidBlobType")


def _check_position(call: Call, node: Node) -> None:
    position = _number(call, POSITION)
    if position is not None and position != node.size:
        raise ServiceError("AppendPositionConditionNotMet")


def _number(call: Call, name: str) -> int | None:
    value = call.headers.get(name)
    if not value:
        return None
    if not value.isdigit():
        raise bad_header(call, name)
    return int(value)
