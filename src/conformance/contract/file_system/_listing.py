"""What listing a directory, or counting what is below it, may give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from conformance.contract._api import Allowed, ok, refused
from conformance.contract.file_system._answers import (
    BOTH_AS_DIRECTORY,
    BOTH_SHOWN,
    but,
    no_file_wanted,
    nothing_there,
)
from conformance.contract.file_system._paths import plain_of
from conformance.contract.file_system._tree import Sort, Tree, parent_of

ITSELF = "listing a file may give the file itself"
NOTHING_BELOW = "what has nothing below it may be listed as empty"
STORED_ALONE = "a flat store may list what is stored, and directories are not"
HIDES_ODD = "what can be stored under an odd path need not be shown"

Entry: TypeAlias = Mapping[str, str | int]


def listed(tree: Tree, path: str, *, recursive: bool) -> list[Allowed]:
    """Return what may come of listing a plain path, the usual first."""
    at = tree.sort(path)
    itself = but(ITSELF, ok(tree, entries=[_file(tree, path)])) if path in tree.files else []
    empty = ok(tree, entries=[], because=NOTHING_BELOW)
    if at is Sort.FILE:
        return [*no_file_wanted(tree), *itself, empty]
    if at in {Sort.MISSING, Sort.UNDER_A_FILE}:
        return [*nothing_there(tree, path), empty]
    if at is Sort.BOTH:
        whole = ok(tree, entries=_sorted([_file(tree, path), *_entries(tree, path, recursive=recursive)]))
        refusing = but(BOTH_SHOWN, refused(tree, "not_a_directory"))
        return [*_shown(tree, path, recursive=recursive), *itself, *but(BOTH_SHOWN, whole), *refusing]
    return _shown(tree, path, recursive=recursive)


def counted(tree: Tree, path: str) -> list[Allowed]:
    """Return what may come of counting the files below a plain path, the usual first."""
    if not tree.is_directory(path):
        return no_file_wanted(tree) if path in tree.files else nothing_there(tree, path)
    sizes = [len(tree.files[each].data) for each in tree.below(path) if each in tree.files]
    refusing = but(BOTH_SHOWN, *no_file_wanted(tree)) if path in tree.files else []
    return [ok(tree, files=len(sizes), size=sum(sizes)), *refusing]


def _shown(tree: Tree, path: str, *, recursive: bool) -> list[Allowed]:
    entries = _entries(tree, path, recursive=recursive)
    ways = [(entries, "")]
    both = {each for each in tree.files if tree.sort(each) is Sort.BOTH}
    if any(each["path"] in both for each in entries):
        alone = {
            kind: [e for e in entries if e["path"] not in both or e["type"] == kind] for kind in ("file", "directory")
        }
        ways += [(alone["file"], BOTH_AS_DIRECTORY), (alone["directory"], BOTH_AS_DIRECTORY)]
        ways += [(sorted(entries, key=_path), BOTH_SHOWN)]
    if not tree.keeps_empty and recursive:
        ways += [([each for each in entries if each["type"] == "file"], STORED_ALONE)]
    ways += [([each for each in shown if plain_of(_path(each)) == each["path"]], HIDES_ODD) for shown, _ in ways]
    return [
        ok(tree, entries=shown, because=why)
        for at, (shown, why) in enumerate(ways)
        if shown not in [w for w, _ in ways[:at]]
    ]


def _entries(tree: Tree, path: str, *, recursive: bool) -> list[Entry]:
    start = f"{path}/" if path else ""

    def is_shown(each: str) -> bool:
        return each != path and (each.startswith(start) if recursive else parent_of(each) == path)

    files = [_file(tree, each) for each in tree.files if is_shown(each)]
    return _sorted([*files, *({"path": each, "type": "directory"} for each in tree.directories() if is_shown(each))])


def _file(tree: Tree, path: str) -> Entry:
    return {"path": path, "type": "file", "size": len(tree.files[path].data)}


def _sorted(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda each: (str(each["path"]), str(each["type"])))


def _path(entry: Entry) -> str:
    return str(entry["path"])
