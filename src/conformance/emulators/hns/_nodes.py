"""Finding what a request is about: the container, and the file, directory or blob in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.emulators.hns._conditions import check_conditions
from conformance.emulators.hns._dfs_nodes import plain_path
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._leases import check_lease, end_by_write, is_held
from conformance.emulators.hns._properties import check_key
from conformance.emulators.hns._tags import check_tags

if TYPE_CHECKING:
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import Container, Node, State

CONTAINER_NAME = re.compile(r"(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$")
"""REST reference, "Naming and referencing containers, blobs, and metadata"."""
SPECIAL_NAMES = ("$root", "$web", "$logs", "$blobchangefeed")
SNAPSHOT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$")
LONGEST_NAME = 1024


def container_of(call: Call, state: State) -> Container:
    """Return the container of a request.

    Raises:
        ServiceError: InvalidResourceName, ContainerNotFound.
    """
    if call.container in state.containers:
        return state.containers[call.container]
    check_container_name(call.container)
    raise ServiceError("ContainerNotFound")


def check_container_name(name: str) -> None:
    """Raise InvalidResourceName where a container cannot have a name."""
    if name not in SPECIAL_NAMES and not CONTAINER_NAME.match(name):
        raise ServiceError("InvalidResourceName")


def path_of(call: Call, container: Container) -> str:
    """Return the path of a request as the container has it.

    Raises:
        ServiceError: InvalidUri, for one of nothing but slashes where those part directories (not calibrated).
    """
    path = plain_path(call.path) if container.is_hierarchical else call.path
    if call.path and not path:
        raise ServiceError("InvalidUri")
    return path


def find(call: Call, state: State, container: Container) -> Node | None:
    """Return what is at the path of a request, and has not expired, committed or not; None where nothing is."""
    path = path_of(call, container)
    node = container.nodes.get(path)
    if node is not None and node.expires is not None and state.clock.now() >= node.expires:
        container.remove(path)
        return None
    return node


def node_of(call: Call, state: State, container: Container) -> Node:
    """Return what a request reads or changes: a committed node, or the snapshot or version that the request names.

    Raises:
        ServiceError: BlobNotFound, InvalidQueryParameterValue.
    """
    node = find(call, state, container)
    if "snapshot" in call.query:
        time = _time(call, "snapshot")
        node = node.snapshots.get(time) if node is not None else None
    elif "versionid" in call.query:
        time = _time(call, "versionid")
        if node is None or node.version != time:
            node = container.versions.get(path_of(call, container), {}).get(time)
    if node is None or not node.is_committed:
        raise ServiceError("BlobNotFound")
    return node


def _time(call: Call, name: str) -> str:
    """Return the time of a snapshot or a version; a HEAD for what is none was recorded to get no code."""
    value = call.query[name]
    if not SNAPSHOT.match(value):
        details = {"QueryParameterName": name, "QueryParameterValue": value}
        headers = {"x-ms-error-code": ""} if call.method == "HEAD" else {}
        raise ServiceError("InvalidQueryParameterValue", details, headers=headers)
    return value


def read_node(call: Call, state: State, container: Container) -> Node:
    """Return what a request reads, after what it makes its read depend on has been looked at.

    Raises:
        ServiceError: It is not there, or a condition, a lease or a key is in the way.
    """
    node = node_of(call, state, container)
    check_lease(call, node.lease, state.clock, is_write=False)
    check_conditions(call, node, is_read=True)
    check_tags(call, node)
    check_key(call, node)
    return node


def changed_node(call: Call, state: State, container: Container, *, has_key: bool = True) -> Node:
    """Return what a request changes, after what it makes the change depend on has been looked at.

    Args:
        call: Its conditions, lease id and key count.
        state: For the time.
        container: Where the node is.
        has_key: Whether the operation needs the key that a blob is encrypted with.

    Raises:
        ServiceError: It is not there, or a condition, a lease or a key is in the way.
    """
    node = node_of(call, state, container)
    check_lease(call, node.lease, state.clock)
    check_conditions(call, node)
    check_tags(call, node)
    if has_key:
        check_key(call, node, is_write=True)
    return node


def placed_over(call: Call, state: State, container: Container, *, below_file: str = "BlobNotFound") -> Node | None:
    """Return what a request that writes a whole blob takes the place of; None where nothing is.

    A blob that must not be there and is, is its own error, save for who holds a lease of it (recorded). A node of
    which nothing was committed counts as nothing.

    Args:
        call: Its conditions and lease id count.
        state: For the time.
        container: Where the node is to be.
        below_file: The error where a file stands in the path.

    Raises:
        ServiceError: Something stands in the way, or a condition or a lease does.
    """
    path = path_of(call, container)
    if len(path) > LONGEST_NAME:
        raise ServiceError("InvalidResourceName")
    if container.is_hierarchical and container.file_above(path) is not None:
        raise ServiceError(below_file)
    node = find(call, state, container)
    there = node if node is not None and node.is_committed else None
    if there is not None:
        check_lease(call, there.lease, state.clock)
    is_only_new = call.headers.get("if-none-match") == "*"
    if there is not None and is_only_new and not is_held(there.lease, state.clock):
        raise ServiceError("BlobAlreadyExists")
    if there is not None and there.is_directory:
        # Not calibrated: no recording puts a blob where a directory is.
        raise ServiceError("ResourceTypeMismatch")
    if not is_only_new:
        check_conditions(call, there)
    if there is not None:
        check_tags(call, there)
        end_by_write(there.lease, state.clock)
    return there
