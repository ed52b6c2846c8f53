"""Renames on the dfs endpoint (REST reference, "Path - Create", ``x-ms-rename-source``)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from conformance.emulators.hns._answer import Answer
from conformance.emulators.hns._call import RENAME
from conformance.emulators.hns._conditions import check_conditions
from conformance.emulators.hns._dfs_nodes import (
    filesystem,
    found,
    is_later,
    plain_path,
    take_properties,
    take_settings,
)
from conformance.emulators.hns._dfs_paths import check_creation
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._leases import check_lease
from conformance.emulators.hns._properties import state_headers

if TYPE_CHECKING:
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import Container, Node, State

MODES = ("legacy", "posix")
SOURCE_LEASE = "x-ms-source-lease-id"


def rename(call: Call, state: State) -> Answer:
    """Give a file or a directory, and what is in it, another path, in its filesystem or another one.

    It keeps its ETag and date. ``mode=posix`` (the one of a request that names none) moves it into a directory that
    is at the destination; ``mode=legacy`` puts it in the place of an empty one.
    """
    mode = call.query.get("mode", "posix").lower()
    if mode not in MODES:
        raise ServiceError("InvalidQueryParameterValue", {"QueryParameterName": "mode", "QueryParameterValue": mode})
    container, path = filesystem(call, state), plain_path(call.path)
    source_container, source = _source(call, state)
    node = found(source_container, source, state) if source else None
    if node is None:
        raise ServiceError("SourcePathNotFound")
    check_conditions(call, node, prefix="x-ms-source-", code="SourceConditionNotMet")
    check_lease(call, node.lease, state.clock, header=SOURCE_LEASE)
    old = found(container, path, state)
    if mode == "posix" and old is not None and old.is_directory and (container, path) != (source_container, source):
        path = f"{path}/{source.rpartition('/')[2]}".lstrip("/")
        old = found(container, path, state)
    check_creation(call, old, state)
    is_same = container is source_container
    if is_same and node.is_directory and (path == source or path.startswith(f"{source}/")):
        raise ServiceError("InvalidRenameSourcePath")  # not calibrated
    _check_destination(container, path, node, old)
    if not (is_same and path == source):
        _move(source_container, source, container, path)
    take_settings(call, node)
    take_properties(call, node)
    return Answer(201, state_headers(node) if is_later(call) else {})


def _source(call: Call, state: State) -> tuple[Container, str]:
    """Return filesystem and plain path of the source, which may be encoded and may carry a signature.

    Raises:
        ServiceError: InvalidSourceUri, SourcePathNotFound.
    """
    name, slash, path = unquote(call.headers[RENAME].partition("?")[0]).strip("/").partition("/")
    if not slash:
        raise ServiceError("InvalidSourceUri")
    if name not in state.containers:  # not calibrated
        raise ServiceError("SourcePathNotFound")
    return state.containers[name], plain_path(path)


def _check_destination(container: Container, path: str, node: Node, old: Node | None) -> None:
    """Refuse a destination that a path of this kind cannot have.

    Raises:
        ServiceError: InvalidSourceOrDestinationResourceType, RenameDestinationParentPathNotFound,
            InternalOperationAbortError.
    """
    if container.file_above(path) is not None:
        raise ServiceError("InvalidSourceOrDestinationResourceType")
    parent = path.rpartition("/")[0]
    if container.is_hierarchical and parent and parent not in container.nodes:  # not calibrated
        raise ServiceError("RenameDestinationParentPathNotFound")
    if old is None:
        return
    if old.is_directory != node.is_directory:  # not calibrated
        raise ServiceError("InvalidSourceOrDestinationResourceType")
    if old.is_directory and container.below(path):
        raise ServiceError("InternalOperationAbortError")


def _move(source_container: Container, source: str, container: Container, path: str) -> None:
    if container is source_container:
        container.move(source, path)
        return
    if path in container.nodes:
        container.remove(path)
    for one in (source, *source_container.below(source)):
        container.add(path + one[len(source) :], source_container.remove(one))
