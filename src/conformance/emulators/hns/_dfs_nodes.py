"""What the operations of the dfs endpoint have in common: which path a call is about, and what it says of it."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from conformance.emulators.hns._acl import STICKY, UMASK, full_acl, new_acl, parse_permissions
from conformance.emulators.hns._errors import ServiceError

if TYPE_CHECKING:
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import Container, Node, State

SINCE_TOLD = "2020-06-12"
"""The first version of which what makes or deletes a path was recorded to say how: encrypted, for good. Answers of that
version lacked it in 2020 and have it since 2021."""
LONG_AGO = "2020-06-12"
"""Up to this version other answers lack what those of 2026-04-06 have; when it came is not recorded."""
ROOT = "/"
SETTINGS = {
    "x-ms-cache-control": "cache-control",
    "x-ms-content-type": "content-type",
    "x-ms-content-encoding": "content-encoding",
    "x-ms-content-language": "content-language",
    "x-ms-content-disposition": "content-disposition",
}
USERS = ("saoid", "suoid", "skoid")
"""The parameters of a SAS that name the user who owns what is made with it: the agent, else who signed."""
KEY_SHA256 = "x-ms-encryption-key-sha256"


def is_later(call: Call) -> bool:
    """Whether the version of a request is one of which answers say more."""
    return call.version > LONG_AGO


def plain_path(path: str) -> str:
    """Return a path without slashes at either end or doubled; the root is empty."""
    if "//" in path:
        return "/".join(segment for segment in path.split("/") if segment)
    return path.strip("/")


def filesystem(call: Call, state: State) -> Container:
    """Return the filesystem of a call.

    Raises:
        ServiceError: FilesystemNotFound.
    """
    container = state.containers.get(call.container)
    if container is None:
        raise ServiceError("FilesystemNotFound")
    return container


def found(container: Container, path: str, state: State) -> Node | None:
    """Return what stands at a plain path, if anything does; the root directory at the empty one. What expired goes."""
    if not path:
        return container.root
    node = container.nodes.get(path)
    if node is not None and node.expires is not None and node.expires <= state.clock.now():
        container.remove(path)
        return None
    return node if node is not None and node.is_committed else None


def existing(container: Container, path: str, state: State) -> Node:
    """Return the file or directory of a plain path.

    Raises:
        ServiceError: PathNotFound.
    """
    node = found(container, path, state)
    if node is None:
        raise ServiceError("PathNotFound")
    return node


def take_settings(call: Call, node: Node) -> None:
    """Keep the content headers that a request gives, of a file; a directory has none."""
    if node.is_directory:
        return
    for header, name in SETTINGS.items():
        if header in call.headers:
            node.settings[name] = call.headers[header]


def take_properties(call: Call, node: Node | Container) -> None:
    """Keep the user properties that a request gives, in the place of those there were; none where it says nothing.

    Raises:
        ServiceError: InvalidHeaderValue, for what is no list of names and base64.
    """
    if call.headers.get("x-ms-properties"):
        node.metadata = parse_properties(call.headers["x-ms-properties"])


def parse_properties(text: str) -> dict[str, str]:
    """Read ``x-ms-properties``: ``name=base64`` with commas between; the values are ISO 8859-1."""
    found: dict[str, str] = {}
    for part in filter(None, text.split(",")):
        name, equals, value = part.strip().partition("=")
        try:
            found[name] = base64.b64decode(value, validate=True).decode("iso-8859-1")
        except binascii.Error as error:
            raise _bad_properties(text) from error
        if not name or not equals:
            raise _bad_properties(text)
    return found


def render_properties(metadata: dict[str, str]) -> str:
    """Return metadata as ``x-ms-properties`` has it."""
    return ",".join(
        f"{name}={base64.b64encode(value.encode('iso-8859-1', 'replace')).decode()}" for name, value in metadata.items()
    )


def _bad_properties(text: str) -> ServiceError:
    return ServiceError("InvalidHeaderValue", {"HeaderName": "x-ms-properties", "HeaderValue": text})


def begin_access(call: Call, node: Node, parent: Node) -> None:
    """Give a new path owner, group, permissions and ACL: what the request says, else what the parent hands down.

    Raises:
        ServiceError: InvalidHeaderValue.
    """
    umask = parse_permissions(call.headers["x-ms-umask"]) & 0o777 if call.headers.get("x-ms-umask") else UMASK
    asked = call.headers.get("x-ms-permissions")
    mode = parse_permissions(asked) if asked else None
    node.acl = new_acl(parent.acl, mode, umask, is_directory=node.is_directory)
    if call.headers.get("x-ms-acl"):
        node.acl = full_acl(call.headers["x-ms-acl"])
    if mode is not None and mode & STICKY:
        node.extras["sticky"] = "true"
    user = next((call.query[name] for name in USERS if call.query.get(name)), node.owner)
    node.owner = call.headers.get("x-ms-owner") or user
    node.group = call.headers.get("x-ms-group") or node.group


def parent_of(container: Container, path: str) -> Node:
    """Return the directory that a path is in: the nearest there is."""
    above = path.rpartition("/")[0]
    while above and above not in container.nodes:
        above = above.rpartition("/")[0]
    return container.nodes[above] if above else container.root


def key_headers(node: Node) -> dict[str, str]:
    """Return what an answer says of the key of a client."""
    return {} if node.key_sha256 is None else {KEY_SHA256: node.key_sha256}


def boolean(call: Call, name: str, *, default: bool = False) -> bool:
    """Return a query parameter that is true or false, in any case.

    Raises:
        ServiceError: InvalidQueryParameterValue.
    """
    value = call.query.get(name, "").lower()
    if value not in ("", "true", "false"):
        raise bad_parameter(name, call.query[name])
    return value == "true" if value else default


def number(call: Call, name: str) -> int | None:
    """Return a query parameter that is a whole number of zero or more; None where it is missing.

    Raises:
        ServiceError: InvalidQueryParameterValue.
    """
    value = call.query.get(name)
    if value is None:
        return None
    if not value.isdecimal() or not value.isascii():
        raise bad_parameter(name, value)
    return int(value)


def bad_parameter(name: str, value: str) -> ServiceError:
    """Return the error of a query parameter that is of no use."""
    return ServiceError("InvalidQueryParameterValue", {"QueryParameterName": name, "QueryParameterValue": value})


def missing_parameter(name: str) -> ServiceError:
    """Return the error of a query parameter that is not there."""
    return ServiceError("MissingRequiredQueryParameter", {"QueryParameterName": name})
