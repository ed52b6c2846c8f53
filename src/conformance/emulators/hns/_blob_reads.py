"""Get Blob and Get Blob Properties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.emulators.hns._answer import Answer
from conformance.emulators.hns._checksums import crc64_text, md5
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._nodes import container_of, path_of, read_node
from conformance.emulators.hns._properties import metadata_headers, node_headers, premium_tier, state_headers
from conformance.emulators.hns._ranges import cut_range, parse_range
from conformance.emulators.hns._tags import tags_answer
from conformance.emulators.hns._versions import is_current, read_version_headers

if TYPE_CHECKING:
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._properties import Reading
    from conformance.emulators.hns._state import Container, Node, State

MOST_HASHED = 4 * 1024 * 1024
RANGE_MD5, RANGE_CRC64 = "x-ms-range-get-content-md5", "x-ms-range-get-content-crc64"


def get_blob(call: Call, state: State) -> Answer:
    """Return the content, or a range of it; a directory is empty."""
    asked = parse_range(call)
    wants = _checksum_of_range(call, is_range=asked is not None)
    container = container_of(call, state)
    node = read_node(call, state, container)
    if node.tier == "Archive":
        raise ServiceError("BlobArchived")
    if node.accessed is not None:
        node.accessed = state.clock.now()
    if asked is None:
        return Answer(200, _headers(call, state, container, node, "get"), node.read())
    start, end = cut_range(asked, node.size)
    headers = _headers(call, state, container, node, "range")
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{node.size}"
    body = node.read(start, end)
    if wants and len(body) > MOST_HASHED:
        raise ServiceError("OutOfRangeInput")
    if wants == RANGE_MD5:
        headers["Content-MD5"] = md5(body)
    elif wants == RANGE_CRC64:
        headers["x-ms-content-crc64"] = crc64_text(body)
    return Answer(206, headers, body)


def get_properties(call: Call, state: State) -> Answer:
    """Return what there is to say of a blob, a file or a directory."""
    container = container_of(call, state)
    node = read_node(call, state, container)
    headers = _headers(call, state, container, node, "head")
    return Answer(200, headers | {"Content-Length": str(node.size)})


def get_metadata(call: Call, state: State) -> Answer:
    """Return the metadata; a directory has one entry that says so."""
    node = read_node(call, state, container_of(call, state))
    folder = {"x-ms-meta-hdi_isfolder": "true"} if node.is_directory else {}
    return Answer(200, state_headers(node) | metadata_headers(node.metadata) | folder)


def get_tags(call: Call, state: State) -> Answer:
    """Return the tags."""
    return tags_answer(read_node(call, state, container_of(call, state)))


def _headers(call: Call, state: State, container: Container, node: Node, reading: Reading) -> dict[str, str]:
    path = path_of(call, container)
    headers = node_headers(
        call,
        node,
        state.clock,
        is_hierarchical=container.is_hierarchical,
        is_snapshot="snapshot" in call.query or ("versionid" in call.query and not is_current(container, path, node)),
        reading=reading,
    )
    if node.tier is None and node.kind == "PageBlob" and state.told.sku.startswith("Premium"):
        headers |= {"x-ms-access-tier": premium_tier(node.length), "x-ms-access-tier-inferred": "true"}
    return headers | read_version_headers(call, node, container, path)


def _checksum_of_range(call: Call, *, is_range: bool) -> str:
    """Return the header by which a checksum of the range is asked for; empty for none."""
    wanted = [name for name in (RANGE_MD5, RANGE_CRC64) if call.headers.get(name, "").lower() == "true"]
    if len(wanted) > 1:
        raise ServiceError("BothCrc64AndMd5RangeHeaderPresent")
    if wanted and not is_range:
        raise ServiceError("InvalidHeaderValue", {"HeaderName": wanted[0], "HeaderValue": call.headers[wanted[0]]})
    return wanted[0] if wanted else ""
