"""What permission each operation needs of a shared access signature.

From the REST reference, "Create an account SAS" and "Create a service SAS"; where the two name several letters, any of
them will do. What a rename and the ACL need is not calibrated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import State

Level = Literal["s", "c", "o"]
ANY = "racwdxyltmefiop"
"""Letters of an operation that every permission allows."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a request needs.

    Attributes:
        level: What it is about, as ``srt`` has it: the service, a container, or an object.
        any_of: Letters of which one must be granted; none where no signature allows it.
        all_of: Letters that must all be granted besides.
    """

    level: Level
    any_of: str
    all_of: str = ""

    def is_met(self, granted: str) -> bool:
        """Return whether the letters that are granted allow it."""
        return not set(self.any_of).isdisjoint(granted) and set(self.all_of) <= set(granted)


SERVICE: dict[tuple[str, str], str] = {
    ("GET", "list"): "l",
    ("GET", "blobs"): "f",
    ("GET", "stats"): "r",
    ("GET", "properties"): "r",
    ("PUT", "properties"): "w",
    ("POST", "batch"): ANY,
    ("POST", "userdelegationkey"): "",
}
CONTAINER: dict[tuple[str, str], str] = {
    ("GET", ""): "r",
    ("GET", "metadata"): "r",
    ("GET", "list"): "l",
    ("GET", "blobs"): "f",
    ("GET", "acl"): "",
    ("PUT", ""): "cw",
    ("PUT", "metadata"): "w",
    ("PUT", "acl"): "",
    ("PUT", "lease"): "wd",
    ("PUT", "undelete"): "w",
    ("PUT", "rename"): "w",
    ("POST", "batch"): ANY,
    ("DELETE", ""): "d",
    ("PATCH", ""): "w",
}
OBJECT: dict[tuple[str, str], str] = {
    ("GET", "tags"): "t",
    ("PUT", "tags"): "t",
    ("PUT", "snapshot"): "cw",
    ("PUT", "lease"): "wd",
    ("PUT", "appendblock"): "aw",
    ("PUT", "immutabilitypolicies"): "i",
    ("PUT", "legalhold"): "i",
    ("POST", "query"): "r",
    ("DELETE", ""): "d",
    ("DELETE", "immutabilitypolicies"): "i",
}


def needed(call: Call, state: State) -> Need:
    """Return what a request needs; what it would make decides with what is there already."""
    comp = call.query.get("comp", "").lower()
    method = "GET" if call.method == "HEAD" else call.method
    if not call.container:
        if call.query.get("restype") == "account":
            return Need("s", ANY)
        return Need("s", "l" if not call.is_blob else SERVICE.get((method, comp), ""))
    if not call.path:
        lists = not call.is_blob and call.method == "GET"
        return Need("c", "l" if lists else CONTAINER.get((method, comp), ""))
    return _object_need(call, method, comp, state) if call.is_blob else _path_need(call, state)


def _object_need(call: Call, method: str, comp: str, state: State) -> Need:
    tagged = "t" if "x-ms-tags" in call.headers and comp != "tags" else ""
    if call.method == "DELETE" and "versionid" in call.query:
        return Need("o", "x")
    if call.method == "DELETE" and call.query.get("deletetype", "").lower() == "permanent":
        return Need("o", "y")
    if call.method == "PUT" and not comp:
        return Need("o", _letters_to_write(call, state), tagged)
    if method == "GET" and comp != "tags":
        return Need("o", "re" if call.method == "HEAD" else "r")
    return Need("o", OBJECT.get((method, comp), "w"), tagged)


def _path_need(call: Call, state: State) -> Need:
    action = call.query.get("action", "").lower()
    if call.method == "PATCH" and action.startswith("setaccesscontrol"):
        wants = {"p": ("x-ms-acl", "x-ms-permissions"), "o": ("x-ms-owner", "x-ms-group")}
        asked = [letter for letter, names in wants.items() if any(call.headers.get(name) for name in names)]
        return Need("o", "op", "".join(asked))
    if call.method == "PUT":
        return Need("o", "mw" if "x-ms-rename-source" in call.headers else _letters_to_write(call, state))
    letters = {"GET": "r", "HEAD": "re", "DELETE": "d", "POST": "wd", "PATCH": "aw" if action == "append" else "w"}
    return Need("o", letters.get(call.method, ""))


def _letters_to_write(call: Call, state: State) -> str:
    container = state.containers.get(call.container)
    node = container.nodes.get(call.path) if container is not None else None
    return "w" if node is not None and node.is_committed else "cw"
