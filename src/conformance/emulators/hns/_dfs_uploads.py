"""What is written to files on the dfs endpoint: appended, then flushed (REST reference, "Path - Update")."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.emulators.hns._answer import Answer
from conformance.emulators.hns._checksums import check_body
from conformance.emulators.hns._conditions import check_conditions
from conformance.emulators.hns._dfs_nodes import (
    SETTINGS,
    boolean,
    existing,
    filesystem,
    key_headers,
    missing_parameter,
    number,
    plain_path,
    take_settings,
)
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._leases import change_lease, check_lease, end_by_write
from conformance.emulators.hns._properties import check_key, state_headers

if TYPE_CHECKING:
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import Node, State

LEASE_ACTION = "x-ms-lease-action"
MD5 = "x-ms-content-md5"
SINCE_BODILESS = "2019-10-10"
"""The first version of which a flush, which brings no data, was recorded to say that none was encrypted."""


def append(call: Call, state: State) -> Answer:
    """Take data for a position of a file; ``flush=true`` makes it part of the file at once.

    Whether what was appended is contiguous is found out when it is flushed.
    """
    position = _position(call)
    if not call.body:
        raise ServiceError("InvalidHeaderValue", {"HeaderName": "Content-Length", "HeaderValue": "0"})
    is_flushed = boolean(call, "flush")
    node = _file(call, state)
    check_key(call, node)
    given = check_body(call) if "content-md5" in call.headers or "x-ms-content-crc64" in call.headers else {}
    flushed = None
    if is_flushed:
        flushed = _flushed(node, node.appended | {position: call.body}, position + len(call.body))
    leased = _lease(call, node, state, is_last=is_flushed)
    node.appended[position] = call.body
    changed: dict[str, str] = {}
    if flushed is not None:
        _commit(node, flushed, state)
        changed = state_headers(node)
    encrypted = {"x-ms-request-server-encrypted": "true"}
    return Answer(202, changed | given | encrypted | key_headers(node) | leased)


def flush(call: Call, state: State) -> Answer:
    """Make what was appended up to a position part of the file."""
    position = _position(call)
    is_retained = boolean(call, "retainuncommitteddata")
    boolean(call, "close")  # raises an event that nobody here waits for
    node = _file(call, state, is_flush=True)
    check_key(call, node)
    content = _flushed(node, node.appended, position, is_retained=is_retained)
    leased = _lease(call, node, state, is_last=True)
    is_encrypted = call.version < SINCE_BODILESS
    encrypted = {"x-ms-request-server-encrypted": str(is_encrypted).lower()}
    if not (node.appended or any(header in call.headers for header in (MD5, *SETTINGS))):
        said = replace(node)  # an answer with a new ETag, and a file with the one it had: so it was recorded
        state.touch(said)
        return Answer(200, state_headers(said) | encrypted | key_headers(node) | leased)
    kept = {at: data for at, data in node.appended.items() if at + len(data) > position} if is_retained else {}
    _commit(node, content, state)
    node.appended = {max(at, position): data[max(0, position - at) :] for at, data in kept.items()}
    take_settings(call, node)
    if call.headers.get(MD5):
        node.settings["content-md5"] = call.headers[MD5]
    return Answer(200, state_headers(node) | encrypted | key_headers(node) | leased)


def _position(call: Call) -> int:
    position = number(call, "position")
    if position is None:
        raise missing_parameter("position")
    return position


def _file(call: Call, state: State, *, is_flush: bool = False) -> Node:
    """Return the file that a call writes to, when its conditions and its lease allow it."""
    node = existing(filesystem(call, state), plain_path(call.path), state)
    if node.is_directory:  # not calibrated
        raise ServiceError("ResourceTypeMismatch")
    if node.kind != "BlockBlob":  # not calibrated
        raise ServiceError("InvalidBlobType")
    if is_flush:
        check_conditions(call, node, is_read=True)
    if call.headers.get(LEASE_ACTION, "").lower() not in ("acquire", "acquire-release"):
        check_lease(call, node.lease, state.clock)
    return node


def _flushed(node: Node, appended: dict[int, bytes], position: int, *, is_retained: bool = False) -> bytes:
    """Return what comes behind what a file holds when it is flushed up to a position.

    What is given for a position within the file is taken, and leaves the file as it is (that it is taken was recorded;
    of what is in the file then, nothing).

    Args:
        node: The file.
        appended: What it was given since the last flush, by position.
        position: How long it is then.
        is_retained: Whether there may be more beyond the position, for a later flush.

    Raises:
        ServiceError: InvalidFlushPosition, where that leaves a gap, or anything that was given.
    """
    at, parts = len(node.content), []
    for start in sorted(appended):
        if start > at:
            if is_retained:
                break
            raise ServiceError("InvalidFlushPosition")
        parts.append(appended[start][at - start :])
        at += len(parts[-1])
    if position != at and not (is_retained and len(node.content) <= position < at):
        raise ServiceError("InvalidFlushPosition")
    return b"".join(parts)[: position - len(node.content)]


def _commit(node: Node, more: bytes, state: State) -> None:
    node.extend(more)
    node.appended = {}
    node.blocks, node.staged = [], {}
    node.settings.pop("content-md5", None)
    node.extras.pop("crc64", None)
    state.touch(node)
    end_by_write(node.lease, state.clock)


def _lease(call: Call, node: Node, state: State, *, is_last: bool) -> dict[str, str]:
    """Carry out the lease action that comes with data, and return what the answer says of it.

    Raises:
        ServiceError: The lease does not allow it; InvalidHeaderValue for a release without a flush (not calibrated).
    """
    action = call.headers.get(LEASE_ACTION, "").lower()
    if not action:
        return {}
    if action not in ("acquire", "auto-renew", "release", "acquire-release") or ("release" in action and not is_last):
        raise ServiceError("InvalidHeaderValue", {"HeaderName": LEASE_ACTION, "HeaderValue": action})
    if action.startswith("acquire"):
        change_lease(call, node, state.clock, kind="blob", action="acquire")
    if action == "auto-renew":
        change_lease(call, node, state.clock, kind="blob", action="renew")
    if action.endswith("release"):
        node.lease.id = node.lease.duration_s = node.lease.ends = node.lease.breaks = None
    return {"x-ms-lease-renewed": "true"} if action == "auto-renew" else {}
