"""What sort of step one is, in a few words: those of the signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract.file_system._paths import oddity_of
from conformance.contract.file_system._tree import Sort, Tree

if TYPE_CHECKING:
    from collections.abc import Mapping

MIB = 1024 * 1024
ONTO = {Sort.MISSING: "to a new path", Sort.UNDER_A_FILE: "under a file", Sort.ROOT: "onto the root"}


ODD = "odd path"


def by_path(_contract: object, tree: Tree, path: str, **_args: object) -> str:
    """Say what stands at the path, or that it is odd: what of it matters shows where something is written or listed."""
    return ODD if oddity_of(path) else str(tree.sort(path))


def by_odd_path(tree: Tree, path: str) -> str:
    """Say what the path is, or what is odd about it."""
    return oddity_of(path) or str(tree.sort(path))


def of_read(_contract: object, tree: Tree, path: str, start: int | None = None, end: int | None = None) -> str:
    """Say what is read, and for a file how the range lies in it."""
    found = by_path(_contract, tree, path)
    if found != Sort.FILE or (start is None and end is None):
        return found
    size = len(tree.files[path].data)
    low, high = start or 0, size if end is None else end
    if low >= size:
        return "range past the end"
    if low >= high:
        return "empty range"
    return "range over the end" if high > size else "range"


def of_write(  # noqa: PLR0913  (those of the operation)
    _contract: object,
    tree: Tree,
    path: str,
    data: bytes,
    *,
    overwrite: bool = True,
    metadata: Mapping[str, str] | None = None,
    chunks: int | None = None,
) -> str:
    """Say what stands where it is written, and how it is written."""
    found = by_odd_path(tree, path)
    if found in {Sort.FILE, Sort.MISSING, Sort.DIRECTORY} and not overwrite:
        return f"{found}, create only"
    if found not in {Sort.FILE, Sort.MISSING}:
        return found
    if chunks:
        return "large, in chunks" if len(data) >= MIB else "in chunks"
    if len(data) >= MIB or metadata:
        return "large" if len(data) >= MIB else "with metadata"
    return "new, parents missing" if tree.missing_parents(path) else found


def of_append(_contract: object, tree: Tree, path: str, data: bytes) -> str:
    """Say what is appended to."""
    found = by_path(_contract, tree, path)
    return f"{found}, nothing" if found in {Sort.FILE, Sort.MISSING} and not data else found


def of_directory(_contract: object, tree: Tree, path: str, **args: object) -> str:
    """Say what stands where a directory is made, and how it is made."""
    found = by_path(_contract, tree, path)
    if found == Sort.MISSING:
        found = "new, parents missing" if tree.missing_parents(path) else "new"
        return f"{found}, with parents" if "parents" in args else found
    return f"{found}, exist_ok" if "exist_ok" in args and found in {Sort.FILE, Sort.DIRECTORY, Sort.ROOT} else found


def of_list(_contract: object, tree: Tree, path: str, **args: object) -> str:
    """Say what is listed, and whether with all that is below it."""
    found = by_odd_path(tree, path)
    return f"{found}, recursive" if "recursive" in args and found in {Sort.DIRECTORY, Sort.ROOT} else found


def of_removal(_contract: object, tree: Tree, path: str) -> str:
    """Say what is removed, and whether anything is below it."""
    found = by_path(_contract, tree, path)
    is_empty = found in {Sort.DIRECTORY, Sort.ROOT} and not any(tree.below(path))
    return f"empty {found}" if is_empty else found


def of_transfer(_contract: object, tree: Tree, source: str, target: str, *, overwrite: bool = False) -> str:
    """Say what is moved or copied, and onto what."""
    if oddity_of(source) or oddity_of(target):
        return ODD
    at, to = tree.sort(source), tree.sort(target)
    if at in {Sort.MISSING, Sort.UNDER_A_FILE}:
        return "missing source"
    if at is Sort.ROOT:
        return "of the root"
    if source == target:
        return "directory onto itself" if at is Sort.DIRECTORY else "onto itself"
    if at is Sort.DIRECTORY:
        return (
            "directory into itself" if target.startswith(f"{source}/") else f"directory {ONTO.get(to, f'onto a {to}')}"
        )
    found = ONTO.get(to, f"onto a {to}")
    return f"{found}, overwrite" if overwrite and to in {Sort.FILE, Sort.DIRECTORY} else found
