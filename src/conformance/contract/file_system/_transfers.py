"""The rules of moving and copying."""

from __future__ import annotations

from dataclasses import replace

from conformance.contract._api import Allowed, ok, refused
from conformance.contract.file_system._answers import (
    BOTH_AS_DIRECTORY,
    FLAT,
    FLAT_BESIDE,
    IN_THE_WAY,
    ONE_WORD,
    blocked,
    but,
    exists_already,
    no_directory_wanted,
    no_root_wanted,
    nothing_there,
    orphaned,
    parented,
    refusals,
)
from conformance.contract.file_system._tree import Sort, Tree, joined

NOTHING_TO_DO = "nothing is to be done"
SELF_REFUSED = "a client may refuse to put something onto itself, and leaves it as it is"
TARGET_FIRST = "the target may be looked at before the source"
CONTENTS_FIRST = "what the target holds may be looked at before what it is"
MADE = "directories made"
NOT_MADE = "no directories made"
MADE_FIRST = "the directories above the target may be made before the source is missed, and stay"
FILES_ALONE = "a client may do this to files alone"
RECURSIVE = "a client may copy a directory with all that is below it"
REPLACES_EMPTY = "POSIX renames a directory over an empty one"
FLAT_MERGES = "on a flat store two directories are merged, file by file"


def transfer(tree: Tree, source: str, target: str, *, overwrite: bool, keeps: bool) -> list[Allowed]:
    """Return what may come of moving or copying, the usual first.

    Args:
        tree: The state before it.
        source: Where from; plain.
        target: Where to; plain.
        overwrite: Whether a file at the target may be replaced.
        keeps: Whether the source stays: a copy.
    """
    at = tree.sort(source)
    if at in {Sort.MISSING, Sort.UNDER_A_FILE}:
        refusing = nothing_there(tree, source) + but(TARGET_FIRST, *_of_target(tree, target, overwrite=overwrite))
        return _made_before(tree, refusing, target, habit=f"{'copy' if keeps else 'move'} of nothing")
    if at is Sort.ROOT:
        return no_root_wanted(tree) + but(SELF_REFUSED, *exists_already(tree)) + _same(tree, is_so=not target)
    if source == target:
        return _onto_itself(tree, source)
    if at is Sort.FILE:
        return _file(tree, source, target, overwrite=overwrite, keeps=keeps)
    whole = _directory(tree, source, target, overwrite=overwrite, keeps=keeps)
    if at is Sort.DIRECTORY:
        return whole
    return _file(tree, source, target, overwrite=overwrite, keeps=keeps) + but(BOTH_AS_DIRECTORY, *whole)


def _made_before(tree: Tree, refusing: list[Allowed], target: str, *, habit: str) -> list[Allowed]:
    """Return refusals with and without the directories above the target made; a subject does one of the two."""
    missing = tree.missing_parents(target)
    if not tree.keeps_empty or not missing or tree.sort(target) is Sort.UNDER_A_FILE:
        return refusing
    ways = tree.ways(habit, (NOT_MADE, MADE))
    found = [replace(each, state=tree.with_habit(habit, NOT_MADE)) for each in refusing if NOT_MADE in ways]
    made = tree.make(missing).with_habit(habit, MADE)
    return found + [replace(each, state=made, reason=MADE_FIRST) for each in refusing if MADE in ways]


def _same(tree: Tree, *, is_so: bool) -> list[Allowed]:
    return [ok(tree, because=NOTHING_TO_DO)] if is_so else []


def _of_target(tree: Tree, target: str, *, overwrite: bool) -> list[Allowed]:
    match tree.sort(target):
        case Sort.ROOT:
            return no_root_wanted(tree) + exists_already(tree)
        case Sort.DIRECTORY:
            return no_directory_wanted(tree, target) + exists_already(tree)
        case Sort.UNDER_A_FILE:
            return blocked(tree)
        case Sort.FILE | Sort.BOTH:
            return [] if overwrite else exists_already(tree)
        case _:
            return []


def _onto_itself(tree: Tree, path: str) -> list[Allowed]:
    words = ("already_exists", "invalid_argument", "invalid_path", "conflict", "precondition_failed")
    refusing = but(SELF_REFUSED, *(refused(tree, word) for word in words))
    if tree.sort(path) is Sort.DIRECTORY:
        refusing += but(FILES_ALONE, *no_directory_wanted(tree, path), refused(tree, "unsupported"))
    return [ok(tree), *refusing]


def _file(tree: Tree, source: str, target: str, *, overwrite: bool, keeps: bool) -> list[Allowed]:
    placed = _placed(tree, source, target, keeps=keeps)
    to = tree.sort(target)
    match to:
        case Sort.MISSING:
            return placed
        case Sort.FILE | Sort.BOTH:
            found = placed if overwrite else exists_already(tree)
            return found + (but(BOTH_AS_DIRECTORY, *no_directory_wanted(tree, target)) if to is Sort.BOTH else [])
        case Sort.UNDER_A_FILE:
            return blocked(tree) + _beside(tree, placed)
        case _:
            refusing = no_directory_wanted(tree, target) + but(ONE_WORD, *exists_already(tree))
            if any(tree.below(target)):
                refusing += but(CONTENTS_FIRST, refused(tree, "not_empty"))
            return refusing + (_beside(tree, placed) if target else but(ONE_WORD, *no_root_wanted(tree)))


def _beside(tree: Tree, placed: list[Allowed]) -> list[Allowed]:
    return [] if tree.keeps_empty else but(FLAT_BESIDE, *placed)


def _placed(tree: Tree, source: str, target: str, *, keeps: bool) -> list[Allowed]:
    file = tree.files[source]
    found = []
    for after, why in parented(tree, target):
        left = after if keeps else after.without([source])
        found.append(ok(left.put(target, file), because=why))
    return found + orphaned(tree, target)


def _directory(tree: Tree, source: str, target: str, *, overwrite: bool, keeps: bool) -> list[Allowed]:
    refusing = refusals(tree, "is_a_directory", invalid_path=FILES_ALONE, unsupported=FILES_ALONE)
    if not tree.keeps_empty:
        refusing += but(FLAT, refused(tree, "not_found"))
    if target.startswith(f"{source}/"):
        inside = refusals(tree, "invalid_argument", conflict=IN_THE_WAY, not_a_directory=IN_THE_WAY)
        inside += but(TARGET_FIRST, *_of_target(tree, target, overwrite=overwrite), *orphaned(tree, target))
        return refusing + but(IN_THE_WAY, *inside) if keeps else inside + but(FILES_ALONE, *refusing)
    found = _directory_to(tree, source, target, overwrite=overwrite, keeps=keeps)
    if keeps:
        return refusing + [replace(each, reason=each.reason or RECURSIVE) for each in found]
    return found + but(FILES_ALONE, *refusing)


def _directory_to(tree: Tree, source: str, target: str, *, overwrite: bool, keeps: bool) -> list[Allowed]:
    whole = _whole(tree, source, target, keeps=keeps)
    match tree.sort(target):
        case Sort.MISSING:
            return whole
        case Sort.UNDER_A_FILE:
            return blocked(tree) + _beside(tree, whole)
        case Sort.FILE:
            words = [*exists_already(tree), refused(tree, "not_a_directory"), refused(tree, "conflict")]
            others = but(ONE_WORD, refused(tree, "invalid_path"))
            return [words[2 if overwrite else 0], *but(IN_THE_WAY, *words), *others, *_beside(tree, whole)]
        case _:
            is_empty = bool(target) and not any(tree.below(target))
            words = [*exists_already(tree), refused(tree, "not_empty"), refused(tree, "conflict")]
            usual = ([ok(whole[0].state)] if is_empty else words[2:3]) if overwrite else words[:1]
            merged = [] if tree.keeps_empty or not _may_merge(tree, source, target, overwrite=overwrite) else whole
            others = but(REPLACES_EMPTY, *whole) if is_empty else but(FLAT_MERGES, *merged)
            root = [] if target else no_root_wanted(tree)
            return [*usual, *but(IN_THE_WAY, *words, *root), *others]


def _may_merge(tree: Tree, source: str, target: str, *, overwrite: bool) -> bool:
    moved = {joined(target, each[len(source) + 1 :]) for each in tree.below(source)}
    return overwrite or not moved & tree.files.keys()


def _whole(tree: Tree, source: str, target: str, *, keeps: bool) -> list[Allowed]:
    """Return the outcomes where a directory arrives with all that is below it."""

    def moved(path: str) -> str:
        return joined(target, path[len(source) + 1 :]) if path != source else target

    taken = [*tree.below(source), *([source] if source in tree.made else [])]
    found = []
    for after, why in parented(tree, target):
        left = after if keeps else after.without(taken)
        files = {moved(path): tree.files[path] for path in taken if path in tree.files}
        made = {moved(path): tree.made[path] for path in taken if path in tree.made}
        state = replace(left, files={**left.files, **files}, made={**left.made, **made})
        found.append(ok(state, because=why))
    return found + orphaned(tree, target)
