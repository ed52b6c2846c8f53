"""What a user may do with paths: by who owns them, and by permissions as POSIX has them.

REST reference, "Access control lists (ACLs) in Azure Data Lake Storage". Who has the account's key, a signature without
a user, or a token without one may do anything. A token with one (``oid``) stands for a role that gives access to data
but to nobody else's ACLs; a user that a signature names (``suoid``) may do what ACLs allow. Both were recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.emulators.hns._acl import parse_acl
from conformance.emulators.hns._call import RENAME
from conformance.emulators.hns._dfs_nodes import plain_path
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._state import ancestors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import Container, Node, State

WRITES = ("", "block", "blocklist", "copy")
Need = tuple[str, str]
"""A path, and the letters that are needed of it."""


def is_owner(state: State, node: Node) -> bool:
    """Whether the caller may say who may do what with a node."""
    return not state.user or node.owner == state.user


def check_owner(state: State, node: Node) -> None:
    """Raise AuthorizationPermissionMismatch where the caller may not say who may do what with a node."""
    if not is_owner(state, node):
        raise ServiceError("AuthorizationPermissionMismatch")


def check_rights(call: Call, state: State) -> None:
    """Raise AuthorizationPermissionMismatch where an ACL keeps the user of a request away."""
    container = state.containers.get(call.container)
    if not state.user or not state.is_bound or container is None or not container.is_hierarchical:
        return
    for path, letters in _needs(call, container):
        walked = [(above, "x") for above in ancestors(path)]
        for one, wanted in [("", "x" if path else letters), *walked, (path, letters)]:
            node = container.nodes.get(one) if one else container.root
            if node is not None and not _permits(node, state.user, wanted):
                raise ServiceError("AuthorizationPermissionMismatch")


def _needs(call: Call, container: Container) -> Iterator[Need]:
    """Yield what a request needs of paths, besides that all above can be walked through (ibid., "Common scenarios")."""
    path, comp = plain_path(call.path), call.query.get("comp", "").lower()
    action = call.query.get("action", "").lower()
    if not call.path:
        if call.method == "GET" and ("directory" in call.query or comp == "list" or "recursive" in call.query):
            yield plain_path(call.query.get("directory", "")), "rx"
        return
    is_write = comp in WRITES if call.is_blob else not action
    if call.method == "DELETE":
        yield _parent(path), "wx"
    elif call.method == "PUT" and is_write:
        yield (path, "w") if path in container.nodes else (_parent(path), "wx")
        if RENAME in call.headers:
            yield _parent(plain_path(call.headers[RENAME].partition("?")[0]).partition("/")[2]), "wx"
    elif call.method == "HEAD" or action.startswith("setaccesscontrol"):
        yield path, ""
    else:
        yield path, "r" if call.method == "GET" or comp == "query" else "w"


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _permits(node: Node, user: str, letters: str) -> bool:
    """Whether a user has all of these letters: as owner, by name, as the owning group, or as anybody."""
    entries = [entry for entry in parse_acl(node.acl) if not entry.is_default]
    flags = {(entry.kind, entry.name): entry.flags for entry in entries}
    mask = flags.get(("mask", ""), "rwx")
    if node.owner == user:
        granted = flags["user", ""]
    elif ("user", user) in flags:
        granted = "".join(set(flags["user", user]) & set(mask))
    elif node.group == user or ("group", user) in flags:
        granted = "".join(set(flags.get(("group", user), flags["group", ""])) & set(mask))
    else:
        granted = flags["other", ""]
    return set(letters) <= set(granted)
