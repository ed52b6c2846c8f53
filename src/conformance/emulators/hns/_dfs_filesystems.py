"""Filesystems on the dfs endpoint, which the other endpoint calls containers (REST reference, "Filesystem")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.emulators.hns._answer import Answer
from conformance.emulators.hns._conditions import check_conditions
from conformance.emulators.hns._dfs_nodes import (
    changed_headers,
    filesystem,
    parse_properties,
    render_properties,
    take_properties,
)
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._leases import check_lease
from conformance.emulators.hns._state import Container
from conformance.emulators.hns._trash import delete_container

if TYPE_CHECKING:
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import State

NAME = re.compile(r"(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*|\$root|\$web|\$logs")
SCOPES = ("x-ms-default-encryption-scope", "x-ms-deny-encryption-scope-override")


def create_filesystem(call: Call, state: State) -> Answer:
    """Make a filesystem."""
    if not NAME.fullmatch(call.container):
        raise ServiceError("InvalidResourceName")
    if call.container in state.containers:
        raise ServiceError("FilesystemAlreadyExists")
    now = state.clock.now()
    made = Container(state.clock.etag(now), now, state.is_hierarchical)
    take_properties(call, made)
    made.settings |= {name: call.headers[name] for name in SCOPES if name in call.headers}
    state.containers[call.container] = made
    return Answer(201, changed_headers(made) | _namespace(made))


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
    headers = changed_headers(container) | _namespace(container)
    if container.metadata:
        headers["x-ms-properties"] = render_properties(container.metadata)
    return Answer(200, headers | {name: container.settings[name] for name in SCOPES if name in container.settings})


def set_filesystem(call: Call, state: State) -> Answer:
    """Put user properties in the place of those of a filesystem."""
    container = filesystem(call, state)
    check_conditions(call, container)
    container.metadata = parse_properties(call.headers.get("x-ms-properties", ""))
    state.touch(container)
    return Answer(200, changed_headers(container))


def _namespace(container: Container) -> dict[str, str]:
    return {"x-ms-namespace-enabled": str(container.is_hierarchical).lower()}
