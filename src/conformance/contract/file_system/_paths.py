"""Odd paths: what sort of oddity one has, and the ways in which a subject may take it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from conformance.contract._api import Allowed, refused
from conformance.contract.file_system._tree import Sort, Tree, parents

LONGEST_NAME_BYTES = 255
LONGEST_PATH_BYTES = 1024
DELETE = "\x7f"

NUL = "odd path: NUL"
CONTROL = "odd path: control character"
LONG = "long name"
ABOVE = "path above the root"
DOTS = "path with . or .."
DOUBLED = "path with //"
LEADING = "path starts with /"
TRAILING = "path ends in /"

SAME = "the same as without"
WALKED = "walked"
LITERAL = "as it is written"

#: The ways of taking each sort of path, the usual first; a subject has one way for each sort.
WAYS = {
    NUL: (LITERAL,),
    CONTROL: (LITERAL,),
    LONG: (LITERAL,),
    ABOVE: (LITERAL,),
    DOTS: (SAME, WALKED, LITERAL),
    DOUBLED: (SAME, LITERAL),
    LEADING: (SAME, LITERAL),
    TRAILING: (SAME, WALKED, LITERAL),
}
#: Those that are refused rather than taken, as long as nothing stands there.
MOSTLY_REFUSED = {NUL, ABOVE}
BECAUSE = {
    SAME: "slashes and dots that lead nowhere are left out of a path",
    WALKED: "a path is walked: what it leads through, and what it ends in / at, must be directories",
    LITERAL: "a path is a name: every character of it counts",
}
REFUSED = "an odd path may be refused outright"

Model: TypeAlias = Callable[..., Iterable[Allowed]]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way in which a subject takes a path.

    Attributes:
        tree: The state, with the habit that this way is.
        path: The path that it is taken for; None where it is refused.
        reason: Why that is allowed; empty for the usual way.
        errors: How it is refused.
    """

    tree: Tree
    path: str | None
    reason: str = ""
    errors: tuple[str, ...] = ()


def oddity_of(path: str) -> str:
    """Return what is odd about a path; empty for a plain one and for the root."""
    parts = path.split("/")
    if "\0" in path:
        return NUL
    if any(each < " " or each == DELETE for each in path):
        return CONTROL
    if plain_of(path) is None:
        return ABOVE
    for sort, is_so in (
        (DOTS, "." in parts or ".." in parts),
        (LEADING, path.startswith("/")),
        (DOUBLED, "//" in path),
        (TRAILING, path.endswith("/")),
        (LONG, len(path.encode()) > LONGEST_PATH_BYTES or any(len(p.encode()) > LONGEST_NAME_BYTES for p in parts)),
    ):
        if is_so:
            return sort
    return ""


def plain_of(path: str) -> str | None:
    """Return a path without empty parts, ``.``, and ``..`` with what it undoes; None where it leads above the root."""
    kept: list[str] = []
    for part in path.split("/"):
        if part == ".." and not kept:
            return None
        if part == "..":
            kept.pop()
        elif part not in {"", "."}:
            kept.append(part)
    return "/".join(kept)


def readings(tree: Tree, path: str, *, makes: Sort | None) -> list[Reading]:
    """Return the ways in which a subject may take a path, the usual first.

    Args:
        tree: The state before the step.
        path: As it is given.
        makes: The sort of what the step makes there, if it does, so that walking must find a place for it.
    """
    oddity = oddity_of(path)
    if not oddity:
        return [Reading(tree, path)]
    taken = [each for way in tree.ways(oddity, WAYS[oddity]) for each in _taken(tree, path, oddity, way, makes=makes)]
    no = Reading(tree, None, REFUSED, ("invalid_path", "invalid_argument"))
    if oddity in MOSTLY_REFUSED and tree.sort(path) is Sort.MISSING:
        return [replace(no, reason=""), *(replace(each, reason=BECAUSE[LITERAL]) for each in taken)]
    return [replace(taken[0], reason=""), *taken[1:], no]


def _taken(tree: Tree, path: str, oddity: str, way: str, *, makes: Sort | None) -> list[Reading]:
    after = tree.with_habit(oddity, way) if len(WAYS[oddity]) > 1 else tree
    plain = plain_of(path)
    if way == LITERAL or plain is None:
        return [Reading(after, path, BECAUSE[LITERAL])]
    if way == SAME:
        return [Reading(after, plain, BECAUSE[SAME])]
    walks = all(tree.is_directory(plain_of(each) or "") for each in parents(path.rstrip("/")))
    ends_in_file = path.endswith("/") and plain in tree.files
    found = [Reading(after, plain if walks and not ends_in_file else path, BECAUSE[WALKED])]
    if makes and (not walks or (path.endswith("/") and makes is Sort.FILE)):
        refusing = Reading(tree, None, BECAUSE[WALKED], ("not_found", "is_a_directory", "not_a_directory"))
        return [refusing, *(found if walks and not ends_in_file else [])]
    return found


def followed(tree: Tree, model: Model, *paths: tuple[str, Sort | None]) -> list[Allowed]:
    """Return what may come of a step, over all the ways in which its paths may be taken; the usual first.

    Args:
        tree: The state before the step.
        model: Called with a state and a plain path for each of ``paths``.
        paths: Each as it is given, and the sort of what the step makes there, if it does.
    """
    kept: list[Allowed] = []
    for combined in _combined(tree, paths):
        for each in _of_reading(tree, model, combined):
            _keep(kept, each if kept else replace(each, reason=""))
    return kept


def _keep(kept: list[Allowed], answer: Allowed) -> None:
    """Add an answer, or where one differs from it in habits alone, widen that."""
    for at, each in enumerate(kept):
        merged = each.state.merged(answer.state) if each.outcome == answer.outcome else None
        if merged is not None:
            kept[at] = replace(each, state=merged)
            return
    kept.append(answer)


def _of_reading(tree: Tree, model: Model, combined: Sequence[Reading]) -> list[Allowed]:
    reason = next((each.reason for each in combined if each.reason), "")
    for each in combined:
        if each.path is None:
            return [refused(tree, error, because=each.reason or REFUSED) for error in each.errors]
    answers = model(combined[-1].tree, *(each.path for each in combined))
    return [replace(each, reason=each.reason or reason) for each in answers]


def _combined(tree: Tree, paths: Sequence[tuple[str, Sort | None]]) -> list[list[Reading]]:
    if not paths:
        return [[]]
    (path, makes), *others = paths
    return [
        [reading, *rest] for reading in readings(tree, path, makes=makes) for rest in _combined(reading.tree, others)
    ]
