"""What is deleted below a container, and where retention is on comes back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from conformance.emulators.hns._clock import ticks
from conformance.emulators.hns._service_properties import retention_days
from conformance.emulators.hns._state import Deleted

if TYPE_CHECKING:
    from conformance.emulators.hns._state import Container, Node, State


MOST_CONTAINERS = 64
"""How many deleted containers are kept; more than anybody looks at."""


def delete_container(state: State, name: str) -> None:
    """Delete a container, and keep it for a while."""
    container = state.containers.pop(name)
    container.deleted = state.clock.now()
    state.deleted[name, f"{ticks(container.deleted):016X}"] = container
    if len(state.deleted) > MOST_CONTAINERS:
        del state.deleted[next(iter(state.deleted))]


def take_away(state: State, container: Container, path: str) -> dict[str, str]:
    """Take a node and all below it away; return what the answer says of how final that is.

    Where the service properties turn retention on, it can be restored for that many days.
    """
    below = {inner: container.nodes[inner] for inner in container.below(path)} if container.is_hierarchical else {}
    for inner in below:
        container.remove(inner)
    node = container.remove(path)
    snapshots, node.snapshots = node.snapshots, {}
    for time, snapshot in snapshots.items():
        keep(state, container, path, snapshot, snapshot=time)
    return keep(state, container, path, node, below=below)


def keep(  # noqa: PLR0913  (what is kept, and where it was)
    state: State,
    container: Container,
    path: str,
    node: Node,
    *,
    below: dict[str, Node] | None = None,
    snapshot: str | None = None,
    version: str = "",
) -> dict[str, str]:
    """Put what was taken away where it can be restored from, when retention is on; return what the answer says."""
    days = retention_days(state.properties)
    if days is None:
        return {"x-ms-delete-type-permanent": "true"}
    now = state.clock.now()
    name = str(ticks(now))
    container.trash.append(Deleted(name, path, node, now, now + timedelta(days=days), below or {}, snapshot, version))
    headers = {"x-ms-delete-type-permanent": "false"}
    return headers | ({"x-ms-deletion-id": name} if container.is_hierarchical else {})


def deleted_paths(state: State, container: Container) -> list[Deleted]:
    """Return what can still be restored, by path, and what went first before what went later."""
    now = state.clock.now()
    container.trash = [deleted for deleted in container.trash if deleted.until > now]
    return sorted(container.trash, key=lambda deleted: deleted.path)


def restore_path(state: State, container: Container, path: str, deletion: str, destination: str) -> Node | None:
    """Put what was deleted where it is wanted; return it, or None where there is none of this path and deletion."""
    found = next((one for one in deleted_paths(state, container) if (one.path, one.id) == (path, deletion)), None)
    if found is None:
        return None
    container.trash.remove(found)
    state.make_ancestors(container, destination)
    container.add(destination, found.node)
    for inner, node in found.below.items():
        container.add(destination + inner[len(path) :], node)
    return found.node


def restore_blob(state: State, container: Container, path: str) -> bool:
    """Restore a blob without a hierarchy, its snapshots and versions; return whether there was anything of it."""
    found = [one for one in deleted_paths(state, container) if one.path == path]
    for one in found:
        if one.version:
            versions = container.versions.get(path, {}) | {one.version: one.node}
            container.versions[path] = dict(sorted(versions.items()))
        elif one.snapshot is None and path not in container.nodes:
            container.add(path, one.node)
    for one in found:
        if one.snapshot is not None and path in container.nodes:
            container.nodes[path].snapshots[one.snapshot] = one.node
    container.trash = [one for one in container.trash if one.path != path]
    return bool(found) or path in container.nodes or path in container.versions
