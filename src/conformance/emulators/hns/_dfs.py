"""The dfs endpoint: which operation a request is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.emulators.hns._call import RENAME
from conformance.emulators.hns._dfs_access import (
    check_access,
    get_access_control,
    set_access_control,
    set_access_control_recursive,
)
from conformance.emulators.hns._dfs_filesystems import (
    create_filesystem,
    delete_filesystem,
    get_filesystem,
    set_filesystem,
)
from conformance.emulators.hns._dfs_lists import list_filesystems, list_paths
from conformance.emulators.hns._dfs_nodes import bad_parameter, missing_parameter, plain_path
from conformance.emulators.hns._dfs_paths import create_path, delete_path
from conformance.emulators.hns._dfs_properties import get_properties, lease, read, set_properties
from conformance.emulators.hns._dfs_renames import rename
from conformance.emulators.hns._dfs_uploads import append, flush
from conformance.emulators.hns._errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.emulators.hns._answer import Answer
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import State

    Operation = Callable[[Call, State], Answer]

OF_FILESYSTEM: dict[str, Operation] = {
    "PUT": create_filesystem,
    "DELETE": delete_filesystem,
    "HEAD": get_filesystem,
    "PATCH": set_filesystem,
    "GET": list_paths,
}
OF_PATH: dict[str, Operation] = {"DELETE": delete_path, "GET": read, "POST": lease}
ACTIONS: dict[str, dict[str, Operation]] = {
    "HEAD": {
        "": get_properties,
        "getstatus": get_properties,
        "getaccesscontrol": get_access_control,
        "checkaccess": check_access,
    },
    "PATCH": {
        "append": append,
        "flush": flush,
        "setproperties": set_properties,
        "setaccesscontrol": set_access_control,
        "setaccesscontrolrecursive": set_access_control_recursive,
    },
}


def carry_out_dfs(call: Call, state: State) -> Answer:
    """Return what the operation answers.

    Raises:
        ServiceError: The service refuses it.
    """
    return _operation(call)(call, state)


def _operation(call: Call) -> Operation:
    resource = call.query.get("resource", "").lower()
    if not call.container:
        if call.method != "GET":
            raise ServiceError("UnsupportedHttpVerb")
        if resource != "account":
            raise bad_parameter("resource", resource) if resource else missing_parameter("resource")
        return list_filesystems
    if not call.path and resource == "filesystem":
        if call.method not in OF_FILESYSTEM:
            raise ServiceError("UnsupportedHttpVerb")
        return OF_FILESYSTEM[call.method]
    if call.method == "PUT":
        return _making(call, resource)
    if call.method in OF_PATH:
        return OF_PATH[call.method]
    if call.method not in ACTIONS:
        raise ServiceError("UnsupportedHttpVerb")
    action = call.query.get("action", "").lower()
    if action not in ACTIONS[call.method]:
        raise bad_parameter("action", action) if action else missing_parameter("action")
    return ACTIONS[call.method][action]


def _making(call: Call, resource: str) -> Operation:
    """Return what makes a path; a container that is meant as one has neither resource nor source."""
    if not plain_path(call.path):  # not calibrated: the root is there, and nothing takes its place
        raise ServiceError("InvalidUri")
    if RENAME in call.headers:
        return rename
    if resource in ("file", "directory"):
        return create_path
    raise bad_parameter("resource", resource) if resource else missing_parameter("resource")
