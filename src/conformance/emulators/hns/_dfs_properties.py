"""What is read from the dfs endpoint of one path: its properties and its content; and its lease.

REST reference, "Path - Get Properties", "Path - Read", "Path - Lease" and "Path - Update" (``setProperties``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.emulators.hns._answer import Answer
from conformance.emulators.hns._checksums import md5
from conformance.emulators.hns._clock import http_date
from conformance.emulators.hns._conditions import check_conditions
from conformance.emulators.hns._dfs_access import access_headers
from conformance.emulators.hns._dfs_nodes import (
    existing,
    filesystem,
    is_later,
    key_headers,
    parse_properties,
    plain_path,
    render_properties,
    take_settings,
)
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._leases import change_lease, check_lease, check_lease_request, lease_headers
from conformance.emulators.hns._properties import check_key, state_headers
from conformance.emulators.hns._ranges import cut_range, parse_range

if TYPE_CHECKING:
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import Node, State

OF_CONTENT = {
    "content-type": "Content-Type",
    "cache-control": "Cache-Control",
    "content-encoding": "Content-Encoding",
    "content-language": "Content-Language",
    "content-disposition": "Content-Disposition",
    "content-md5": "Content-MD5",
}
LONGEST_MD5_BYTES = 4 * 1024 * 1024


def get_properties(call: Call, state: State) -> Answer:
    """Say what a path is; with ``action=getStatus`` without the properties that users gave it."""
    node = _read(call, state)
    headers = _headers(call, node, state) | {"Content-Length": str(node.size)}
    if call.query.get("action", "").lower() == "getstatus":
        headers.pop("x-ms-properties", None)
    return Answer(200, headers)


def read(call: Call, state: State) -> Answer:
    """Give the content of a file, or a range of it."""
    node = _read(call, state)
    if node.is_directory:  # not calibrated
        raise ServiceError("ResourceTypeMismatch")
    headers = _headers(call, node, state)
    asked = parse_range(call)
    if asked is None:
        return Answer(200, headers, node.read())
    start, end = cut_range(asked, node.size)
    part = node.read(start, end)
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{node.size}"
    if "Content-MD5" in headers:
        headers["x-ms-content-md5"] = headers.pop("Content-MD5")
    if call.headers.get("x-ms-range-get-content-md5", "").lower() == "true":
        if len(part) > LONGEST_MD5_BYTES:
            raise ServiceError("OutOfRangeInput")
        headers["Content-MD5"] = md5(part)
    return Answer(206, headers, part)


def set_properties(call: Call, state: State) -> Answer:
    """Put user properties in the place of those of a path."""
    node = existing(filesystem(call, state), plain_path(call.path), state)
    check_conditions(call, node)
    check_lease(call, node.lease, state.clock)
    check_key(call, node)
    node.metadata = parse_properties(call.headers.get("x-ms-properties", ""))
    take_settings(call, node)
    state.touch(node)
    is_told = is_later(call)
    return Answer(200, state_headers(node) | ({"x-ms-request-server-encrypted": "true"} if is_told else {}))


def lease(call: Call, state: State) -> Answer:
    """Acquire, renew, change, release or break the lease of a path."""
    check_lease_request(call)
    node = existing(filesystem(call, state), plain_path(call.path), state)
    check_conditions(call, node)
    status, headers = change_lease(call, node, state.clock, kind="blob")
    return Answer(status, state_headers(node) | headers)


def _read(call: Call, state: State) -> Node:
    node = existing(filesystem(call, state), plain_path(call.path), state)
    check_conditions(call, node, is_read=True)
    check_lease(call, node.lease, state.clock, is_write=False)
    if not node.is_directory:
        check_key(call, node)
    return node


def _headers(call: Call, node: Node, state: State) -> dict[str, str]:
    headers = {OF_CONTENT[name]: value for name, value in node.settings.items() if name in OF_CONTENT}
    headers |= {"Accept-Ranges": "bytes", "x-ms-resource-type": "directory" if node.is_directory else "file"}
    headers |= state_headers(node) | access_headers(node) | lease_headers(node.lease, state.clock.now())
    headers |= {"x-ms-creation-time": http_date(node.created), "x-ms-server-encrypted": "true"} | key_headers(node)
    if node.metadata:
        headers["x-ms-properties"] = render_properties(node.metadata)
    if node.expires is not None and is_later(call):
        headers["x-ms-expiry-time"] = http_date(node.expires)
    if "encryption-context" in node.extras and is_later(call):
        headers["x-ms-encryption-context"] = node.extras["encryption-context"]
    return headers
