"""Versions of blobs: what they are told by, what makes one, and how one is found (REST reference, "Blob versioning").

An account that has a hierarchy keeps none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._trash import keep

if TYPE_CHECKING:
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import Container, Node, State

SINCE_VERSIONS = "2019-10-10"
"""The first version whose answers were recorded to tell the version of a blob; the reference says the one after it."""
VERSION_ID, IS_CURRENT = "x-ms-version-id", "x-ms-is-current-version"


def version_headers(call: Call, node: Node) -> dict[str, str]:
    """Return what the answer to a write that made a version says of it."""
    return {VERSION_ID: node.version} if node.version and call.version >= SINCE_VERSIONS else {}


def read_version_headers(call: Call, node: Node, container: Container, path: str) -> dict[str, str]:
    """Return what a read says of the version that it is of."""
    headers = version_headers(call, node)
    if headers and is_current(container, path, node):
        headers[IS_CURRENT] = "true"
    return headers


def is_current(container: Container, path: str, node: Node) -> bool:
    """Return whether a node is what is read at its path when no version is named."""
    return container.nodes.get(path) is node


def begin_version(state: State, container: Container, path: str, node: Node, before: Node | None) -> None:
    """Let what is written be a new version, and what was there before a previous one, where versions are kept."""
    if not state.told.is_versioned:
        return
    if before is not None:
        container.versions.setdefault(path, {})[before.version] = state.snapshot(before)
    node.version = state.snapshot_time()


def end_version(state: State, container: Container, path: str) -> dict[str, str]:
    """Delete the current version: it becomes a previous one. Return what the answer says of how final that is."""
    node = container.remove(path)
    for time, snapshot in node.snapshots.items():
        keep(state, container, path, snapshot, snapshot=time)
    container.versions.setdefault(path, {})[node.version] = state.snapshot(node)
    return {"x-ms-delete-type-permanent": "false"}


def delete_version(state: State, container: Container, path: str, node: Node) -> dict[str, str]:
    """Delete a previous version.

    Raises:
        ServiceError: OperationNotAllowedOnRootBlob, for the current one (not calibrated).
    """
    if is_current(container, path, node):
        raise ServiceError("OperationNotAllowedOnRootBlob")
    versions = container.versions[path]
    del versions[node.version]
    if not versions:
        del container.versions[path]
    return keep(state, container, path, node, version=node.version)
