"""Lists on the dfs endpoint: the paths of a filesystem (REST reference, "Path - List"), and the filesystems."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_right
from itertools import islice
from typing import TYPE_CHECKING

from conformance.emulators.hns._acl import permissions
from conformance.emulators.hns._answer import Answer, json_answer
from conformance.emulators.hns._clock import http_date, ticks
from conformance.emulators.hns._dfs_nodes import (
    bad_parameter,
    boolean,
    filesystem,
    found,
    is_later,
    missing_parameter,
    number,
    plain_path,
)
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._leases import lease_headers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import Container, Node, State

MOST = 5000
CONTINUATION = "x-ms-continuation"
WITH_CREATION = "2020-02-10"
"""The first version of which rows were recorded to have ``creationTime``."""


def list_paths(call: Call, state: State) -> Answer:
    """List what is in a directory, or in all of a filesystem, in the order of paths."""
    container = filesystem(call, state)
    if "recursive" not in call.query:
        raise missing_parameter("recursive")
    is_recursive, most = boolean(call, "recursive"), _most(call)
    boolean(call, "upn")  # the owners here have no other names
    directory = plain_path(call.query.get("directory", ""))
    after = _opened(call)
    if container.is_hierarchical and container.file_above(directory) is not None:
        raise ServiceError("PathConflict")
    node = found(container, directory, state)
    if node is None and (container.is_hierarchical or not container.below(directory)):
        raise ServiceError("PathNotFound")
    is_file = node is not None and not node.is_directory
    paths = iter([directory]) if is_file else walk(container, directory, after, is_recursive=is_recursive)
    page = list(islice(paths, most + 1))
    nodes = [(path, found(container, path, state)) for path in page[:most]]
    rows = [_row(call, path, one) for path, one in nodes if one is not None]
    return json_answer({"paths": rows}, {CONTINUATION: closed(page[most - 1])} if len(page) > most else {})


def walk(container: Container, directory: str, after: str, *, is_recursive: bool = True) -> Iterator[str]:
    """Yield the paths below a directory, in order, from the first beyond ``after``.

    Where it is not recursive, what is in a directory of the directory is passed over in one step.
    """
    if is_recursive:
        yield from container.between(directory, after=after)
        return
    start = len(directory) + 1 if directory else 0
    while (path := next(container.between(directory, after=after, is_below_too=False), None)) is not None:
        if "/" not in path[start:]:  # without a hierarchy nothing else holds them back
            yield path
        after = path


def _row(call: Call, path: str, node: Node) -> dict[str, str]:
    row = {"contentLength": str(node.size)}
    if call.version >= WITH_CREATION:
        row["creationTime"] = str(ticks(node.created))
    if "encryption-context" in node.extras and is_later(call):
        row["EncryptionContext"] = node.extras["encryption-context"]
    if node.scope is not None and is_later(call):
        row["EncryptionScope"] = node.scope
    row["etag"] = node.etag.strip('"')
    if is_later(call):
        row["expiryTime"] = "0" if node.expires is None else str(ticks(node.expires))
    row["group"] = node.group
    if node.is_directory:
        row["isDirectory"] = "true"
    row["lastModified"] = http_date(node.modified)
    row["name"] = path
    row["owner"] = node.owner
    row["permissions"] = permissions(node.acl, is_sticky="sticky" in node.extras)
    return row


def list_filesystems(call: Call, state: State) -> Answer:
    """List the filesystems of the account by name (REST reference, "Filesystem - List")."""
    names = sorted(name for name in state.containers if name.startswith(call.query.get("prefix", "")))
    most = _most(call)
    start = bisect_right(names, _opened(call)) if call.query.get("continuation") else 0
    page = list(islice(names, start, start + most))
    headers = {CONTINUATION: closed(page[-1])} if start + most < len(names) else {}
    return json_answer({"filesystems": [_filesystem_row(name, state) for name in page]}, headers)


def _filesystem_row(name: str, state: State) -> dict[str, str]:
    container = state.containers[name]
    lease = lease_headers(container.lease, state.clock.now())
    return {
        "DefaultEncryptionScope": container.settings.get("scope", "$account-encryption-key"),
        "DenyEncryptionScopeOverride": container.settings.get("deny-override", "false"),
        "etag": container.etag.strip('"'),
        "lastModified": http_date(container.modified),
        "leaseState": lease["x-ms-lease-state"],
        "leaseStatus": lease["x-ms-lease-status"],
        "name": name,
    }


def _most(call: Call) -> int:
    """Return how many rows a page has at most.

    Raises:
        ServiceError: InvalidQueryParameterValue, OutOfRangeQueryParameterValue.
    """
    most = number(call, "maxresults")
    if most is None:
        return MOST
    if most < 1:
        raise ServiceError("OutOfRangeQueryParameterValue")
    return min(most, MOST)


def closed(path: str) -> str:
    """Return the continuation that goes on after a path."""
    return base64.b64encode(path.encode()).decode()


def _opened(call: Call) -> str:
    return opened(call.query.get("continuation", ""))


def opened(continuation: str) -> str:
    """Return the path that a continuation goes on after.

    Raises:
        ServiceError: InvalidQueryParameterValue.
    """
    try:
        return base64.b64decode(continuation, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise bad_parameter("continuation", continuation) from error
