"""How a path of the wrong sort is refused, and in which words beside the usual one."""

from __future__ import annotations

from conformance.contract._api import Allowed, ok, refused
from conformance.contract.file_system._tree import File, Sort, Tree

ONE_WORD = "a client may have one error for every path of the wrong sort"
FLAT = "on a flat store nothing is stored under the name of a directory"
FLAT_BESIDE = "a flat store holds a file and a directory of the same name"
FLAT_IDEMPOTENT = "an object store deletes what is not there, and that is no error"
FLAT_MAKES_NOTHING = "a flat store stores no directories: there is nothing to make"
NOT_FROM_ROOT = "a client may refuse the root as an argument, whatever is done to it"
NAMES_ANCESTOR = "POSIX names the ancestor that is no directory (ENOTDIR)"
IN_THE_WAY = "what is said may be of the file that is in the way, not of the path"
PARENTS_FIRST = "POSIX makes no parents (ENOENT)"
PARENTS_VANISH = "a directory that nobody made may be there only while something is below it"
IN_CONDITION = "a condition that does not hold may be told as such"
BOTH_AS_DIRECTORY = "where a file and a directory share a name, a client may see the directory"
BOTH_SHOWN = "where a file and a directory share a name, a client may see both"

PARENTS = "parents"
STAY = "stay"
VANISH = "vanish"


def refusals(tree: Tree, usual: str, **others: str) -> list[Allowed]:
    """Return refusals that leave the tree as it is: the usual error, then others with why each is allowed."""
    return [refused(tree, usual), *(refused(tree, error, because=reason) for error, reason in others.items())]


def no_directory_wanted(tree: Tree, path: str) -> list[Allowed]:
    """Return how an operation on files refuses the root or a directory."""
    others = {"invalid_path": ONE_WORD}
    if not path:
        others["invalid_argument"] = NOT_FROM_ROOT
    if not tree.keeps_empty:
        others["not_found"] = FLAT
    return refusals(tree, "is_a_directory", **others)


def no_file_wanted(tree: Tree) -> list[Allowed]:
    """Return how an operation on directories refuses a file."""
    others = {"invalid_path": ONE_WORD}
    if not tree.keeps_empty:
        others["not_found"] = "a flat store looks for what is below the name, and there is nothing"
    return refusals(tree, "not_a_directory", **others)


def no_root_wanted(tree: Tree) -> list[Allowed]:
    """Return how the root is refused by what would remove, move or replace it."""
    others = dict.fromkeys(("is_a_directory", "invalid_argument", "access_denied", "conflict"), NOT_FROM_ROOT)
    return refusals(tree, "invalid_path", **others) + (
        [] if tree.keeps_empty else but(FLAT, refused(tree, "not_found"))
    )


def nothing_there(tree: Tree, path: str) -> list[Allowed]:
    """Return how a path is refused at which nothing stands."""
    under = {"not_a_directory": NAMES_ANCESTOR, "conflict": IN_THE_WAY, "invalid_path": IN_THE_WAY}
    return refusals(tree, "not_found", **(under if tree.sort(path) is Sort.UNDER_A_FILE else {}))


def blocked(tree: Tree) -> list[Allowed]:
    """Return how nothing can be put below a file."""
    others = {"invalid_path": ONE_WORD, "already_exists": IN_THE_WAY, "conflict": IN_THE_WAY}
    return refusals(tree, "not_a_directory", **others)


def exists_already(tree: Tree) -> list[Allowed]:
    """Return how a path is refused at which something stands."""
    return refusals(tree, "already_exists", precondition_failed=IN_CONDITION)


def but(reason: str, *answers: Allowed) -> list[Allowed]:
    """Return answers as further ones, with why they are allowed where they do not say it themselves."""
    return [Allowed(each.outcome, each.state, each.reason or reason) for each in answers]


def parented(tree: Tree, path: str) -> list[tuple[Tree, str]]:
    """Return the trees in which the directories above a path are there, the usual first, each with its reason."""
    missing = tree.missing_parents(path)
    if not missing or not tree.keeps_empty:
        return [(tree, "")]
    ways = {STAY: (tree.make(missing), ""), VANISH: (tree, PARENTS_VANISH)}
    return [(ways[way][0].with_habit(PARENTS, way), ways[way][1]) for way in tree.ways(PARENTS, ways)]


def put(tree: Tree, path: str, file: File) -> list[Allowed]:
    """Return what comes of putting a file where nothing or a file stands."""
    found = [ok(after.put(path, file), because=why) for after, why in parented(tree, path)]
    return found + orphaned(tree, path)


def orphaned(tree: Tree, path: str) -> list[Allowed]:
    """Return the refusal that is allowed where a path's parents are missing."""
    is_orphan = tree.keeps_empty and tree.missing_parents(path)
    return [refused(tree, "not_found", because=PARENTS_FIRST)] if is_orphan else []
