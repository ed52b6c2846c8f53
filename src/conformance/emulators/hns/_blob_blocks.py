"""Blocks: Put Block, Put Block List, Get Block List, and their kin that take content from a URL."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from conformance.emulators.hns._answer import Answer, xml
from conformance.emulators.hns._blob_writes import ask_tier, new_blob, place
from conformance.emulators.hns._checksums import check_body, checksum
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._leases import check_lease
from conformance.emulators.hns._nodes import container_of, find, path_of, placed_over, read_node
from conformance.emulators.hns._properties import encryption_headers, state_headers, write_headers
from conformance.emulators.hns._tags import check_tags
from conformance.emulators.hns._versions import version_headers
from conformance.emulators.hns._xml import parse_xml

if TYPE_CHECKING:
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import Node, State

LONGEST_ID_BYTES = 64
MOST_BLOCKS = 50_000
LISTS = ("Committed", "Uncommitted", "Latest")


def put_block(call: Call, state: State) -> Answer:
    """Keep a block for a list that is still to come."""
    headers = check_body(call)
    stage(call, state, call.body)
    return Answer(201, headers | encryption_headers(call, None))


def stage(call: Call, state: State, content: bytes) -> None:
    """Keep content as the block that a request names.

    Raises:
        ServiceError: The id is none, or of another length than those that wait; something stands in the way.
    """
    name = call.query.get("blockid")
    if name is None:
        raise ServiceError("MissingRequiredQueryParameter", {"QueryParameterName": "blockid"})
    size = _id_bytes(name)
    if size is None:
        raise ServiceError(
            "InvalidQueryParameterValue",
            {
                "QueryParameterName": "blockid",
                "QueryParameterValue": name,
                "Reason": "Not a valid base64 string.",
            },
        )
    container = container_of(call, state)
    path = path_of(call, container)
    if container.is_hierarchical and container.file_above(path) is not None:
        raise ServiceError("OperationNotAllowedInCurrentState")
    node = find(call, state, container)
    if node is None:
        node = state.node()
        node.is_committed = False
        node.key_sha256 = call.headers.get("x-ms-encryption-key-sha256") or None
        state.make_ancestors(container, path)
        container.add(path, node)
    elif node.is_directory or node.kind != "BlockBlob":
        raise ServiceError("InvalidBlobType")
    else:
        check_lease(call, node.lease, state.clock)
        if any(_id_bytes(other) != size for other in list(node.staged)[:1]):
            raise ServiceError("InvalidBlobOrBlock")
    node.staged[name] = content


def _id_bytes(name: str) -> int | None:
    """Return the length of a block id; None where it is none."""
    try:
        size = len(base64.b64decode(name, validate=True))
    except binascii.Error:
        return None
    return size if 0 < size <= LONGEST_ID_BYTES else None


def put_block_list(call: Call, state: State) -> Answer:
    """Make a blob of blocks that are staged or in the blob that is there, in the order of the list."""
    container = container_of(call, state)
    check_body(call)
    root = parse_xml(call.body)
    if root.tag != "BlockList" or any(entry.tag not in LISTS for entry in root):
        raise ServiceError("InvalidXmlDocument")
    if len(root) > MOST_BLOCKS:
        raise ServiceError("BlockListTooLong")
    before = placed_over(call, state, container, below_file="OperationNotAllowedInCurrentState")
    node = find(call, state, container)
    if before is not None and before.kind != "BlockBlob":
        raise ServiceError("InvalidBlobType")
    committed = committed_blocks(before) if before is not None else {}
    staged = node.staged if node is not None else {}
    contents: list[tuple[str, bytes]] = []
    for entry in root:
        name = entry.text or ""
        places = {"Committed": [committed], "Uncommitted": [staged], "Latest": [staged, committed]}[entry.tag]
        content = next((blocks[name] for blocks in places if name in blocks), None)
        if content is None:
            raise ServiceError("InvalidBlockList")
        contents.append((name, content))
    made = new_blob(call, state, container, before, is_content=False)
    made.blocks = [(name, len(content)) for name, content in contents]
    made.content = b"".join(content for _, content in contents)
    ask_tier(call, state, made)
    place(state, container, path_of(call, container), made, before)
    return Answer(201, write_headers(call, made) | version_headers(call, made) | checksum(call, call.body))


def committed_blocks(node: Node) -> dict[str, bytes]:
    """Return the content of the blocks of a blob, by id."""
    blocks, at = {}, 0
    for name, size in node.blocks:
        blocks[name] = node.read(at, at + size)
        at += size
    return blocks


def get_block_list(call: Call, state: State) -> Answer:
    """Return the blocks that are committed, those that are not, or both."""
    wanted = call.query.get("blocklisttype", "committed").lower()
    if wanted not in ("committed", "uncommitted", "all"):
        raise ServiceError(
            "InvalidQueryParameterValue",
            {"QueryParameterName": "blocklisttype", "QueryParameterValue": call.query["blocklisttype"]},
        )
    container = container_of(call, state)
    node = find(call, state, container)
    if node is None or (node.is_committed or {"snapshot", "versionid"} & call.query.keys()):
        node = read_node(call, state, container)
    else:
        check_lease(call, node.lease, state.clock, is_write=False)
        check_tags(call, node)
    if node.kind != "BlockBlob":
        raise ServiceError("InvalidBlobType")
    body = ""
    if wanted != "uncommitted":
        body += _render("CommittedBlocks", node.blocks)
    if wanted != "committed":
        body += _render("UncommittedBlocks", [(name, len(content)) for name, content in node.staged.items()])
    headers = {"x-ms-blob-content-length": str(node.size)}
    return xml(f"<BlockList>{body}</BlockList>", headers | (state_headers(node) if node.is_committed else {}))


def _render(name: str, blocks: list[tuple[str, int]]) -> str:
    inner = "".join(f"<Block><Name>{escape(block)}</Name><Size>{size}</Size></Block>" for block, size in blocks)
    return f"<{name}>{inner}</{name}>" if inner else f"<{name} />"
