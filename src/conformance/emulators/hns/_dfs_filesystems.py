"""Filesystems on the dfs endpoint, which the other endpoint calls containers (REST reference, "Filesystem")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.emulators.hns._answer import Answer
from conformance.emulators.hns._conditions import check_conditions
from conformance.emulators.hns._dfs_nodes import (
    filesystem,
    parse_properties,
    render_properties,
    take_properties,
)
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._leases import check_lease
from conformance.emulators.hns._nodes import check_container_name
from conformance.emulators.hns._properties import state_headers
from conformance.emulators.hns._state import Container
from conformance.emulators.hns._trash import delete_container

if TYPE_CHECKING:
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import State

SCOPES = {"scope": "x-ms-default-encryption-scope", "deny-override": "x-ms-deny-encryption-scope-override"}


def create_filesystem(call: Call, state: State) -> Answer:
    """Make a filesystem."""
    check_container_name(call.container)
    if call.container in state.containers:
        raise ServiceError("FilesystemAlreadyExists")
    now = state.clock.now()
    made = Container(state.clock.etag(now), now, state.is_hierarchical)
    take_properties(call, made)
    made.settings |= {name: call.headers[said] for name, said in SCOPES.items() if said in call.headers}
    state.containers[call.container] = made
    return Answer(201, state_headers(made) | _namespace(made))


def delete_filesystem(call: Call, state: State) -> Answer:
    """Delete a filesystem with all that is in it."""
    container = filesystem(call, state)
    check_conditions(call, container)
    check_lease(call, container.lease, state.clock, kind="container")
    delete_container(state, call.container)
    return Answer(202)


def get_filesystem(call: Call, state: State) -> Answer:
    """Say what a filesystem is."""
    container = filesystem(call, state)
    headers = state_headers(container) | _namespace(container)
    if container.metadata:
        headers["x-ms-properties"] = render_properties(container.metadata)
    said = {header: container.settings[name] for name, header in SCOPES.items() if name in container.settings}
    return Answer(200, headers | said)


def set_filesystem(call: Call, state: State) -> Answer:
    """Put user properties in the place of those of a filesystem."""
    container = filesystem(call, state)
    check_conditions(call, container)
    container.metadata = parse_properties(call.headers.get("x-ms-properties", ""))
    state.touch(container)
    return Answer(200, state_headers(container))


def _namespace(container: Container) -> dict[str, str]:
    return {"x-ms-namespace-enabled": str(container.is_hierarchical).lower()}
