"""Files and directories on the dfs endpoint: made and deleted (REST reference, "Path - Create", "Path - Delete")."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from conformance.emulators.hns._answer import Answer
from conformance.emulators.hns._checksums import crc64_text
from conformance.emulators.hns._conditions import check_conditions
from conformance.emulators.hns._dfs_nodes import (
    KEY_SHA256,
    SINCE_TOLD,
    begin_access,
    boolean,
    existing,
    filesystem,
    found,
    key_headers,
    parent_of,
    plain_path,
    take_properties,
    take_settings,
)
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._leases import LEASE_ID, change_lease, check_lease
from conformance.emulators.hns._properties import DEFAULT_TYPE, state_headers
from conformance.emulators.hns._trash import take_away

if TYPE_CHECKING:
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import Container, Node, State

EMPTY_CRC64 = crc64_text(b"")
"""What listings of blobs say of a path that was made here, until something is written to it."""
DATES = timedelta(milliseconds=1)


def create_path(call: Call, state: State) -> Answer:
    """Make a file or a directory, and the directories above it, over what is there."""
    container, path = filesystem(call, state), plain_path(call.path)
    is_directory = call.query["resource"].lower() == "directory"
    if is_directory and "x-ms-expiry-option" in call.headers:
        raise ServiceError("ExpiryNotSupportedForDirectory")
    if container.is_hierarchical and container.file_above(path) is not None:
        raise ServiceError("PathConflict")
    old = found(container, path, state)
    check_creation(call, old, state)
    if old is not None and old.is_directory != is_directory:
        raise ServiceError("PathConflict")
    node = state.node(is_directory=is_directory)
    node.settings["content-type"] = DEFAULT_TYPE  # the directories above it begin without
    node.extras["crc64"] = EMPTY_CRC64
    begin_access(call, node, parent_of(container, path))
    take_settings(call, node)
    take_properties(call, node)
    _take_expiry(call, node)
    node.key_sha256 = call.headers.get(KEY_SHA256)
    node.scope = call.headers.get("x-ms-encryption-scope")
    if call.headers.get("x-ms-encryption-context"):
        node.extras["encryption-context"] = call.headers["x-ms-encryption-context"]
    if old is not None:
        node.lease = old.lease
    if call.headers.get("x-ms-lease-duration") and not call.headers.get(LEASE_ID):
        change_lease(call, node, state.clock, kind="blob", action="acquire")
    state.make_ancestors(container, path)
    container.add(path, node)
    encrypted = {"x-ms-request-server-encrypted": "true"} if call.version >= SINCE_TOLD else {}
    return Answer(201, state_headers(node) | encrypted | key_headers(node))


def check_creation(call: Call, old: Node | None, state: State) -> None:
    """Hold the conditions and the lease id of a request that makes a path against what is there.

    Raises:
        ServiceError: PathAlreadyExists, ConditionNotMet, LeaseIdMissing, LeaseIdMismatch.
    """
    if old is not None and call.headers.get("if-none-match", "").strip() == "*":
        raise ServiceError("PathAlreadyExists")
    check_conditions(call, old)
    if old is not None:
        check_lease(call, old.lease, state.clock)


def _take_expiry(call: Call, node: Node) -> None:
    """Keep when a new file goes by itself (ibid., ``x-ms-expiry-option``).

    Raises:
        ServiceError: MissingRequiredHeader, InvalidHeaderValue.
    """
    option = call.headers.get("x-ms-expiry-option", "").lower()
    if not option:
        return
    time = call.headers.get("x-ms-expiry-time", "")
    if option == "neverexpire":
        return
    if not time:
        raise ServiceError("MissingRequiredHeader", {"HeaderName": "x-ms-expiry-time"})
    node.expires = _expiry(option, time, node.created)


def _expiry(option: str, time: str, created: datetime) -> datetime:
    try:
        if option == "absolute":
            return parsedate_to_datetime(time)
        if option in ("relativetonow", "relativetocreation"):
            return created + DATES * int(time)
    except ValueError as error:
        raise ServiceError("InvalidHeaderValue", {"HeaderName": "x-ms-expiry-time", "HeaderValue": time}) from error
    raise ServiceError("InvalidHeaderValue", {"HeaderName": "x-ms-expiry-option", "HeaderValue": option})


def delete_path(call: Call, state: State) -> Answer:
    """Take a file or a directory away; a directory with something in it only where the request says ``recursive``."""
    container, path = filesystem(call, state), plain_path(call.path)
    is_recursive = boolean(call, "recursive")
    boolean(call, "paginated")  # all of it goes at once
    if container.is_hierarchical and container.file_above(path) is not None:
        raise ServiceError("PathConflict")
    if not path:  # not calibrated: the root goes with its filesystem alone
        raise ServiceError("InvalidUri")
    node = existing(container, path, state)
    check_conditions(call, node)
    check_lease(call, node.lease, state.clock)
    below = container.below(path) if node.is_directory else []
    if below and not is_recursive:
        raise ServiceError("DirectoryNotEmpty")
    _check_leases_below(call, container, below, state)
    for one in () if container.is_hierarchical else below:
        take_away(state, container, one)
    said = take_away(state, container, path)
    return Answer(200, said if call.version >= SINCE_TOLD else {})


def _check_leases_below(call: Call, container: Container, below: list[str], state: State) -> None:
    """Refuse to delete what somebody holds a lease of (not calibrated)."""
    for path in below:
        lease = container.nodes[path].lease
        if lease.id is not None and lease.id != call.headers.get(LEASE_ID, "").lower():
            check_lease(call, lease, state.clock)
