"""Programs and values that are the contract's own: its canary, what shows a capability, what shrinking tries."""

from __future__ import annotations

from conformance.trace import Step

CANARY = (
    Step("write", {"path": "a", "data": b"x"}),
    Step("read", {"path": "a"}),
    Step("list", {"path": ""}),
    Step("delete", {"path": "a"}),
)
SIMPLER_PATHS = ("a", "b", "a/b")
SIMPLER = {
    "path": SIMPLER_PATHS,
    "source": SIMPLER_PATHS,
    "target": SIMPLER_PATHS,
    "data": (b"", b"x"),
    "metadata": ({"k": "v"},),
    "chunks": (2,),
    "start": (0, 1),
    "end": (1,),
}
_FILE = Step("write", {"path": "a", "data": b"abc"})
_THERE = Step("make_directory", {"path": "a"})
PROBES: dict[str, list[Step]] = {
    "append": [_FILE, Step("append", {"path": "a", "data": b"d"})],
    "atomic_write": [Step("atomic_write", {"path": "a", "data": b"abc"})],
    "copy": [_FILE, Step("copy", {"source": "a", "target": "b", "overwrite": True})],
    "count": [_FILE, Step("count", {"path": ""})],
    "create_only": [Step("write", {"path": "a", "data": b"abc", "overwrite": False})],
    "delete_tree": [Step("write", {"path": "a/b", "data": b"abc"}), Step("delete_tree", {"path": "a"})],
    "directories": [_THERE],
    "empty_directories": [_THERE, Step("probe", {"path": "a"})],
    "metadata": [Step("write", {"path": "a", "data": b"abc", "metadata": {"k": "v"}}), Step("metadata", {"path": "a"})],
    "move": [_FILE, Step("move", {"source": "a", "target": "b", "overwrite": True})],
    "ranges": [_FILE, Step("read", {"path": "a", "start": 1, "end": 2})],
    "set_metadata": [_FILE, Step("set_metadata", {"path": "a", "metadata": {"k": "v"}})],
    "streams": [Step("write", {"path": "a", "data": b"abc", "chunks": 2}), Step("read", {"path": "a"})],
}
