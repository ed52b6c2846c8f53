"""Who may do what with a path: owner, group, permissions, ACL (REST reference, "Path - Update", "Get Properties")."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from conformance.emulators.hns._acl import (
    STICKY,
    full_acl,
    modified_acl,
    parse_acl,
    parse_permissions,
    permissions,
    permitted_acl,
    removed_acl,
    without_default,
)
from conformance.emulators.hns._answer import CHUNKED, Answer, json_answer
from conformance.emulators.hns._conditions import check_conditions
from conformance.emulators.hns._dfs_lists import CONTINUATION, closed, opened, walk
from conformance.emulators.hns._dfs_nodes import (
    bad_parameter,
    boolean,
    existing,
    filesystem,
    missing_parameter,
    number,
    plain_path,
)
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._leases import check_lease, required
from conformance.emulators.hns._properties import state_headers
from conformance.emulators.hns._rights import check_owner, is_owner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import Container, Node, State

HIERARCHICAL = {"x-ms-namespace-enabled": "true"}
BATCH = 2000
ACL, PERMISSIONS, OWNER, GROUP = "x-ms-acl", "x-ms-permissions", "x-ms-owner", "x-ms-group"


def get_access_control(call: Call, state: State) -> Answer:
    """Say who owns a path and what it permits."""
    node = _target(call, state)
    boolean(call, "upn")
    check_conditions(call, node, is_read=True)
    check_lease(call, node.lease, state.clock, is_write=False)
    return Answer(200, state_headers(node) | access_headers(node) | {ACL: node.acl})


def access_headers(node: Node) -> dict[str, str]:
    """Return what an answer says of owner, group and permissions."""
    flags = permissions(node.acl, is_sticky="sticky" in node.extras)
    return {OWNER: node.owner, GROUP: node.group, PERMISSIONS: flags}


def check_access(call: Call, state: State) -> Answer:
    """Say that the owner of the account may do what it asks for; nobody else comes here."""
    _target(call, state)
    if not call.query.get("fsaction"):
        raise missing_parameter("fsAction")
    return Answer(200)


def set_access_control(call: Call, state: State) -> Answer:
    """Give a path another owner or group, other permissions or another ACL; its ETag and date stay."""
    node = _target(call, state)
    check_owner(state, node)
    check_conditions(call, node)
    check_lease(call, node.lease, state.clock)
    acl, mode = call.headers.get(ACL), call.headers.get(PERMISSIONS)
    owner, group = call.headers.get(OWNER), call.headers.get(GROUP)
    if acl and mode:  # not calibrated
        raise ServiceError("InvalidInput")
    if not (acl or mode or owner or group):
        raise ServiceError("MissingRequiredHeader", {"HeaderName": ACL})
    if acl:
        node.acl = _allowed(full_acl(acl), node)
    if mode:
        bits = parse_permissions(mode)
        node.acl = permitted_acl(node.acl, bits)
        node.extras.pop("sticky", None)
        if bits & STICKY:
            node.extras["sticky"] = "true"
    node.owner, node.group = owner or node.owner, group or node.group
    return Answer(200, state_headers(node) | HIERARCHICAL)


def _allowed(acl: str, node: Node) -> str:
    if not node.is_directory and "default:" in acl:  # not calibrated: only directories hand something down
        raise ServiceError("InvalidHeaderValue", {"HeaderName": ACL, "HeaderValue": acl})
    return acl


def set_access_control_recursive(call: Call, state: State) -> Answer:
    """Change the ACL of a path and of all that is below it, ``maxRecords`` of them at a time.

    What the caller does not own stays as it is, and is told; where the request does not say ``forceFlag``, it ends with
    the batch in which there was any of that.
    """
    mode = call.query.get("mode", "").lower()
    if not mode:
        raise missing_parameter("mode")
    if mode not in ("set", "modify", "remove"):
        raise bad_parameter("mode", mode)
    most = number(call, "maxrecords") or BATCH
    is_forced = boolean(call, "forceflag")
    container, path = _hierarchical(call, state), plain_path(call.path)
    node = existing(container, path, state)
    text = required(call, ACL)
    after = opened(call.query.get("continuation", ""))
    entries = parse_acl(text, has_flags=mode != "remove")
    replacement = full_acl(text) if mode == "set" else ""
    paths = list(islice(_tree(container, path, node, after), most + 1))
    batch = [(one, container.nodes[one] if one else container.root) for one in paths[:most]]
    changed = [one for _, one in batch if is_owner(state, one)]
    failed = [_failed(path, one) for path, one in reversed(batch) if not is_owner(state, one)]
    for one in changed:
        if mode == "set":
            one.acl = replacement if one.is_directory else without_default(replacement)
        elif mode == "modify":
            one.acl = modified_acl(one.acl, entries, is_directory=one.is_directory)
        else:
            one.acl = removed_acl(one.acl, entries)
    directories = sum(one.is_directory for one in changed)
    value = {
        "directoriesSuccessful": directories,
        "failedEntries": failed,
        "failureCount": len(failed),
        "filesSuccessful": len(changed) - directories,
    }
    is_continued = len(paths) > most and (is_forced or not failed)
    more = {CONTINUATION: closed(f"/{paths[most - 1]}")} if is_continued else {}
    return Answer(200, CHUNKED | HIERARCHICAL | more, json_answer(value).body)


def _failed(path: str, node: Node) -> dict[str, str]:
    error = ServiceError("AuthorizationPermissionMismatch")
    return {"errorMessage": error.message, "name": path, "type": "DIRECTORY" if node.is_directory else "FILE"}


def _tree(container: Container, path: str, node: Node, after: str) -> Iterator[str]:
    """Yield a path and what is below it, from the first beyond ``after``, which has a slash before it."""
    if not after:
        yield path
    if node.is_directory:
        yield from walk(container, path, "" if after[1:] == path else after[1:])


def _target(call: Call, state: State) -> Node:
    return existing(_hierarchical(call, state), plain_path(call.path), state)


def _hierarchical(call: Call, state: State) -> Container:
    """Return the filesystem of a call, of which paths have owners and ACLs.

    Raises:
        ServiceError: FilesystemNotFound; UnsupportedQueryParameter without a hierarchy (not calibrated).
    """
    container = filesystem(call, state)
    if not container.is_hierarchical:
        raise ServiceError("UnsupportedQueryParameter", {"QueryParameterName": "action"})
    return container
