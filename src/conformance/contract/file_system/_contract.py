"""The operations of the contract ``file_system``, and what may come of each.

Paths have no leading slash; the empty path is the root. Beside the usual outcome the model allows what file systems of
other kinds do: POSIX, in memory, on an object store without directories (without the capability ``empty_directories``),
with a hierarchical namespace. Each has its reason. What loses or makes up data is never allowed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from conformance.contract._api import Allowed, contract, ok, operation, refused
from conformance.contract.file_system import _drawing as drawn
from conformance.contract.file_system import _variants as variants
from conformance.contract.file_system._answers import (
    BOTH_AS_DIRECTORY,
    BOTH_SHOWN,
    FLAT_BESIDE,
    FLAT_IDEMPOTENT,
    FLAT_MAKES_NOTHING,
    IN_THE_WAY,
    NOT_FROM_ROOT,
    ONE_WORD,
    blocked,
    but,
    exists_already,
    no_directory_wanted,
    no_file_wanted,
    no_root_wanted,
    nothing_there,
    orphaned,
    put,
    refusals,
)
from conformance.contract.file_system._listing import counted, listed
from conformance.contract.file_system._paths import followed
from conformance.contract.file_system._programs import CANARY, PROBES, SIMPLER
from conformance.contract.file_system._transfers import transfer
from conformance.contract.file_system._tree import File, Sort, Tree

if TYPE_CHECKING:
    from collections.abc import Mapping

ERRORS = (
    "not_found", "already_exists", "is_a_directory", "not_a_directory", "not_empty", "invalid_path", "invalid_argument",
    "invalid_range", "precondition_failed", "conflict", "access_denied", "too_large", "unsupported", "server_error",
)  # fmt: skip
PAST_THE_END = "HTTP ranges name at least one byte that is there (RFC 9110 section 14.1.2)"
EMPTY_RANGE = "an HTTP range cannot be empty (RFC 9110 section 14.1.2)"
EMPTY_APPEND = "a service that takes appends as parts may refuse one of nothing"
CREATED_FIRST = "a file may have to be there before anything is appended to it"
EMPTY_BUT_NOT = "an unlink may be refused for what is in the directory"
UNLINK = "POSIX lets unlink refuse a directory as a matter of rights (EPERM)"
PARENTS_MADE = "a store may make parents by itself"
DIRECTORY_METADATA = "a directory may have metadata of its own"
ROOT_ASKED = "a client may take the root for no path"
AS_RM = "as rm -r does, a file is taken for a tree of one"
ROOT_STAYS = "all that is below the root goes, and the root stays"
WRITE_NEEDS = {"overwrite": "create_only", "metadata": "metadata", "chunks": "streams"}

Answers: TypeAlias = list[Allowed]


class FileSystem:
    """A tree of files, with metadata, below a root that is always there."""

    def start(self, capabilities: frozenset[str]) -> Tree:
        """Return the empty tree."""
        return Tree("empty_directories" in capabilities)

    @operation(
        weight=5, needs_for=WRITE_NEEDS, variant=variants.of_write,
        path=drawn.NEW_PATH, data=drawn.DATA, overwrite=drawn.NO, metadata=drawn.SOME_METADATA, chunks=drawn.CHUNKS,
    )  # fmt: skip
    def write(  # noqa: PLR0913  (what a write is; each is a word)
        self,
        state: Tree,
        path: str,
        data: bytes,
        *,
        overwrite: bool = True,
        metadata: Mapping[str, str] | None = None,
        chunks: int | None = None,
    ) -> Answers:
        """Write a file whole, and the directories above it that are not there; gives nothing.

        Metadata is replaced too: by none where none is given. With ``chunks`` the client is handed a stream in place of
        bytes, in at most so many chunks of one size, the last of which may be shorter; no bytes are no chunks.
        """
        del chunks  # whatever way they come, they are the same bytes
        file = File(data, dict(metadata or {}))

        def model(tree: Tree, path: str) -> Answers:
            match tree.sort(path):
                case Sort.FILE | Sort.BOTH if not overwrite:
                    return exists_already(tree)
                case Sort.MISSING | Sort.FILE | Sort.BOTH:
                    return put(tree, path, file)
                case Sort.UNDER_A_FILE:
                    return blocked(tree) + _beside(tree, path, file)
                case Sort.ROOT:
                    return no_directory_wanted(tree, path) + but(NOT_FROM_ROOT, *exists_already(tree)[:1])
                case _:
                    exists = [] if overwrite else but(ONE_WORD, *exists_already(tree))
                    return no_directory_wanted(tree, path)[:2] + exists + _beside(tree, path, file)

        return followed(state, model, (path, Sort.FILE))

    @operation(
        needs="atomic_write", weight=2, needs_for=WRITE_NEEDS, variant=variants.of_write,
        path=drawn.NEW_PATH, data=drawn.DATA, overwrite=drawn.NO, metadata=drawn.SOME_METADATA, chunks=drawn.CHUNKS,
    )  # fmt: skip
    def atomic_write(self, state: Tree, path: str, data: bytes, **args: Any) -> Answers:
        """Write as ``write`` does, so that no reader sees a part of it; gives nothing."""
        return self.write(state, path, data, **args)

    @operation(needs="append", variant=variants.of_append, path=drawn.FILE_PATH, data=drawn.DATA)
    def append(self, state: Tree, path: str, data: bytes) -> Answers:
        """Write at the end of a file, that is made where it is not there; metadata stays; gives nothing."""

        def model(tree: Tree, path: str) -> Answers:
            refusing = [] if data else [refused(tree, "invalid_argument", because=EMPTY_APPEND)]
            match tree.sort(path):
                case Sort.FILE | Sort.BOTH:
                    file = tree.files[path]
                    return [ok(tree.put(path, replace(file, data=file.data + data))), *refusing]
                case Sort.MISSING:
                    refusing += [refused(tree, "not_found", because=CREATED_FIRST)]
                    return put(tree, path, File(data)) + refusing
                case Sort.UNDER_A_FILE:
                    missing = refused(tree, "not_found", because=CREATED_FIRST)
                    return [*blocked(tree), missing, *refusing, *_beside(tree, path, File(data))]
                case _:
                    beside = _beside(tree, path, File(data)) if path else []
                    return no_directory_wanted(tree, path) + beside + refusing

        return followed(state, model, (path, Sort.FILE))

    @operation(
        weight=4, is_safe=True, needs_for={"start": "ranges", "end": "ranges"}, variant=variants.of_read,
        path=drawn.SAFE_PATH, start=drawn.BOUND, end=drawn.BOUND,
    )  # fmt: skip
    def read(self, state: Tree, path: str, *, start: int = 0, end: int | None = None) -> Answers:
        """Read a file, or the half-open range of its bytes that is asked for; gives ``data``."""

        def model(tree: Tree, path: str) -> Answers:
            if path not in tree.files:
                return _no_file(tree, path)
            data = tree.files[path].data
            found = [ok(tree, data=data[start:end] if end is None or end > start else b"")]
            if start >= len(data) and (start or end is not None):
                found.append(refused(tree, "invalid_range", because=PAST_THE_END))
            if start == 0 == len(data) or (end is not None and end <= start):
                found += but(EMPTY_RANGE, refused(tree, "invalid_range"), refused(tree, "invalid_argument"))
            return found + _as_directory(tree, path)

        return followed(state, model, (path, None))

    @operation(weight=2, is_safe=True, variant=variants.by_path, path=drawn.SAFE_PATH)
    def stat(self, state: Tree, path: str) -> Answers:
        """Say what stands at a path; gives ``type``, ``file`` or ``directory``, and ``size`` of a file."""

        def model(tree: Tree, path: str) -> Answers:
            as_directory = ok(tree, type="directory")
            if path in tree.files:
                is_both = tree.sort(path) is Sort.BOTH
                as_file = ok(tree, type="file", size=len(tree.files[path].data))
                return [as_file, *(but(BOTH_AS_DIRECTORY, as_directory) if is_both else [])]
            if not path:
                return [as_directory, *but(ROOT_ASKED, refused(tree, "invalid_path"), refused(tree, "is_a_directory"))]
            return [as_directory] if tree.is_directory(path) else nothing_there(tree, path)

        return followed(state, model, (path, None))

    @operation(weight=2, is_safe=True, variant=variants.by_path, path=drawn.SAFE_PATH)
    def probe(self, state: Tree, path: str) -> Answers:
        """Ask what stands at a path; gives ``exists``, ``is_file`` and ``is_directory``, and fails nowhere."""

        def model(tree: Tree, path: str) -> Answers:
            is_file, is_directory = path in tree.files, tree.is_directory(path)

            def told(*, is_file: bool, is_directory: bool) -> Allowed:
                return ok(tree, exists=is_file or is_directory, is_file=is_file, is_directory=is_directory)

            if not (is_file and is_directory):
                return [told(is_file=is_file, is_directory=is_directory)]
            others = [told(is_file=False, is_directory=True), told(is_file=True, is_directory=True)]
            return [told(is_file=True, is_directory=False), *but(BOTH_SHOWN, *others)]

        return followed(state, model, (path, None))

    @operation(
        needs="directories", weight=2, variant=variants.of_directory,
        path=drawn.NEW_PATH, parents=drawn.YES, exist_ok=drawn.YES,
    )  # fmt: skip
    def make_directory(self, state: Tree, path: str, *, parents: bool = False, exist_ok: bool = False) -> Answers:
        """Make a directory, with those above it where ``parents`` is given; gives nothing."""

        def model(tree: Tree, path: str) -> Answers:
            flat = [] if tree.keeps_empty else but(FLAT_MAKES_NOTHING, ok(tree))
            match tree.sort(path):
                case Sort.MISSING if not tree.keeps_empty:
                    return [ok(tree)]
                case Sort.MISSING:
                    missing = tree.missing_parents(path)
                    made = ok(tree.make([*missing, path]))
                    return [made] if parents or not missing else [*orphaned(tree, path), *but(PARENTS_MADE, made)]
                case Sort.UNDER_A_FILE:
                    return blocked(tree) + flat
                case Sort.FILE:
                    words = refusals(
                        tree, "already_exists", **dict.fromkeys(("not_a_directory", "conflict"), IN_THE_WAY)
                    )
                    return words + but(ONE_WORD, refused(tree, "invalid_path")) + flat
                case at:
                    found = [ok(tree)] if exist_ok else exists_already(tree)
                    return found + (but(NOT_FROM_ROOT, *no_root_wanted(tree)) if at is Sort.ROOT else []) + flat

        return followed(state, model, (path, Sort.DIRECTORY))

    @operation(weight=3, is_safe=True, variant=variants.of_list, path=drawn.DIRECTORY, recursive=drawn.YES)
    def list(self, state: Tree, path: str, *, recursive: bool = False) -> Answers:
        """List a directory, or with ``recursive`` all that is below it; gives ``entries``, sorted by path.

        An entry has a ``path`` from the root, a ``type``, ``file`` or ``directory``, and of a file its ``size``.
        """

        def model(tree: Tree, path: str) -> Answers:
            return listed(tree, path, recursive=recursive)

        return followed(state, model, (path, None))

    @operation(needs="count", is_safe=True, variant=variants.by_path, path=drawn.DIRECTORY)
    def count(self, state: Tree, path: str) -> Answers:
        """Count the files below a directory, at any depth; gives ``files``, and ``size``, that of all of them."""

        def model(tree: Tree, path: str) -> Answers:
            return counted(tree, path)

        return followed(state, model, (path, None))

    @operation(weight=3, variant=variants.of_removal, path=drawn.PATH)
    def delete(self, state: Tree, path: str) -> Answers:
        """Delete a file; gives nothing. The directories above it stay, but on a flat store."""

        def model(tree: Tree, path: str) -> Answers:
            if path in tree.files:
                return [ok(tree.without([path])), *_as_directory(tree, path)]
            idempotent = but(FLAT_IDEMPOTENT, ok(tree)) if path and not tree.keeps_empty else []
            if not tree.is_directory(path):
                return nothing_there(tree, path) + idempotent
            words = no_directory_wanted(tree, path) + but(UNLINK, refused(tree, "access_denied"))
            filled = but(EMPTY_BUT_NOT, refused(tree, "not_empty")) if any(tree.below(path)) else []
            return words + filled + idempotent

        return followed(state, model, (path, None))

    @operation(needs="directories", variant=variants.of_removal, path=drawn.PATH)
    def delete_directory(self, state: Tree, path: str) -> Answers:
        """Delete a directory with nothing below it; gives nothing."""

        def model(tree: Tree, path: str) -> Answers:
            nothing = [] if tree.keeps_empty or not path else but(FLAT_MAKES_NOTHING, ok(tree))
            match tree.sort(path):
                case Sort.ROOT:
                    return no_root_wanted(tree) + (
                        but(EMPTY_BUT_NOT, refused(tree, "not_empty")) if any(tree.below("")) else []
                    )
                case Sort.MISSING | Sort.UNDER_A_FILE:
                    return nothing_there(tree, path) + nothing
                case Sort.FILE:
                    return no_file_wanted(tree) + nothing
                case at if any(tree.below(path)):
                    as_file = but(BOTH_SHOWN, *no_file_wanted(tree)) if at is Sort.BOTH else []
                    return refusals(tree, "not_empty", conflict=ONE_WORD) + as_file
                case _:
                    return [ok(tree.without([path]))]

        return followed(state, model, (path, None))

    @operation(needs="delete_tree", variant=variants.of_removal, path=drawn.PATH)
    def delete_tree(self, state: Tree, path: str) -> Answers:
        """Delete a directory with all that is below it; gives nothing."""

        def model(tree: Tree, path: str) -> Answers:
            idempotent = but(FLAT_IDEMPOTENT, ok(tree)) if path and not tree.keeps_empty else []
            gone = ok(tree.without([path, *tree.below(path)]))
            match tree.sort(path):
                case Sort.ROOT:
                    return no_root_wanted(tree) + but(ROOT_STAYS, gone)
                case Sort.MISSING | Sort.UNDER_A_FILE:
                    return nothing_there(tree, path) + idempotent
                case Sort.FILE:
                    return no_file_wanted(tree) + but(AS_RM, gone) + idempotent
                case Sort.BOTH:
                    below = ok(tree.without([*tree.below(path)]))
                    return [below, *but(AS_RM, gone), *but(BOTH_SHOWN, *no_file_wanted(tree))]
                case _:
                    return [gone]

        return followed(state, model, (path, None))

    @operation(
        needs="move", weight=3, variant=variants.of_transfer,
        source=drawn.PATH, target=drawn.NEW_PATH, overwrite=drawn.YES,
    )  # fmt: skip
    def move(self, state: Tree, source: str, target: str, *, overwrite: bool = False) -> Answers:
        """Move a file with its metadata, or a directory with all that is below it; gives nothing."""

        def model(tree: Tree, source: str, target: str) -> Answers:
            return transfer(tree, source, target, overwrite=overwrite, keeps=False)

        return followed(state, model, (source, None), (target, Sort.FILE))

    @operation(
        needs="copy", weight=3, variant=variants.of_transfer,
        source=drawn.PATH, target=drawn.NEW_PATH, overwrite=drawn.YES,
    )  # fmt: skip
    def copy(self, state: Tree, source: str, target: str, *, overwrite: bool = False) -> Answers:
        """Copy a file with its metadata; gives nothing."""

        def model(tree: Tree, source: str, target: str) -> Answers:
            return transfer(tree, source, target, overwrite=overwrite, keeps=True)

        return followed(state, model, (source, None), (target, Sort.FILE))

    @operation(needs="metadata", weight=3, is_safe=True, variant=variants.by_path, path=drawn.SAFE_PATH)
    def metadata(self, state: Tree, path: str) -> Answers:
        """Read the metadata of a file; gives ``metadata``, with lower-case names."""

        def model(tree: Tree, path: str) -> Answers:
            if path in tree.files:
                return [ok(tree, metadata=tree.files[path].metadata), *_as_directory(tree, path)]
            own = ok(tree, metadata=tree.made.get(path, {}))
            return _no_file(tree, path) + (but(DIRECTORY_METADATA, own) if tree.is_directory(path) else [])

        return followed(state, model, (path, None))

    @operation(
        needs=("metadata", "set_metadata"),
        weight=2,
        variant=variants.by_path,
        path=drawn.FILE_PATH,
        metadata=drawn.METADATA,
    )
    def set_metadata(self, state: Tree, path: str, metadata: Mapping[str, str]) -> Answers:
        """Replace the metadata of a file; gives nothing."""

        def model(tree: Tree, path: str) -> Answers:
            if path in tree.files:
                changed = tree.put(path, replace(tree.files[path], metadata=dict(metadata)))
                return [ok(changed), *_as_directory(tree, path)]
            own = []
            if path and tree.is_directory(path) and tree.keeps_empty:
                own = but(DIRECTORY_METADATA, ok(replace(tree, made={**tree.made, path: dict(metadata)})))
            return _no_file(tree, path) + own

        return followed(state, model, (path, None))


def _no_file(tree: Tree, path: str) -> Answers:
    return no_directory_wanted(tree, path) if tree.is_directory(path) else nothing_there(tree, path)


def _as_directory(tree: Tree, path: str) -> Answers:
    """Return how the file beside a directory may be refused."""
    return but(BOTH_AS_DIRECTORY, *no_directory_wanted(tree, path)) if tree.sort(path) is Sort.BOTH else []


def _beside(tree: Tree, path: str, file: File) -> Answers:
    """Return that on a flat store a file can be where a directory is, or below a file."""
    return [] if tree.keeps_empty else but(FLAT_BESIDE, *put(tree, path, file))


FILE_SYSTEM = contract(
    "file_system",
    version=1,
    errors=ERRORS,
    pools={"path": drawn.POOL},
    canary=CANARY,
    simpler=SIMPLER,
    probes=PROBES,
)(FileSystem)
