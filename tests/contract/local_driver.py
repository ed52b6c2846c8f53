"""The file system of this machine, as it is: nothing but calls of os and shutil below a folder."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from conformance.contract import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CAPABILITIES = frozenset({
    "create_only", "atomic_write", "append", "ranges", "directories", "empty_directories", "delete_tree", "move",
    "copy",
})  # fmt: skip
KINDS = {
    errno.ENOENT: "not_found", errno.EEXIST: "already_exists", errno.EISDIR: "is_a_directory", errno.EBUSY: "conflict",
    errno.ENOTDIR: "not_a_directory", errno.ENOTEMPTY: "not_empty", errno.EINVAL: "invalid_argument",
    errno.ENAMETOOLONG: "invalid_path", errno.EPERM: "access_denied", errno.EACCES: "access_denied",
}  # fmt: skip


@contextmanager
def refusing() -> Iterator[None]:
    """Raise what the machine refuses as the contract's errors."""
    try:
        yield
    except OSError as error:
        if error.errno not in KINDS:
            raise
        raise Refused(KINDS[error.errno], code=errno.errorcode[error.errno]) from error


class LocalFiles:
    """A folder; nothing above it is touched, and the folder itself stays."""

    def __init__(self, root: Path) -> None:
        self.root = str(root)

    def where(self, path: str, *, spares_root: bool = False) -> str:
        """Return a path of this machine."""
        if "\0" in path or os.path.normpath(f"./{path.lstrip('/')}").startswith(".."):
            raise Refused("invalid_path")
        if spares_root and not path:
            raise Refused("invalid_path")
        return f"{self.root}/{path}" if path else self.root

    def with_parents(self, path: str) -> str:
        """Return a path of this machine, with the directories above it made; ``..`` is left to the machine."""
        found = self.where(path)
        if path and ".." not in path.split("/"):
            os.makedirs(os.path.dirname(found.rstrip("/")), exist_ok=True)  # noqa: PTH103, PTH120  (paths stay as they are)
        return found

    def write(self, path: str, data: bytes, *, overwrite: bool = True) -> None:
        with refusing(), open(self.with_parents(path), "wb" if overwrite else "xb") as file:  # noqa: PTH123
            file.write(data)

    def atomic_write(self, path: str, data: bytes, *, overwrite: bool = True) -> None:
        self.write(path, data, overwrite=overwrite)

    def append(self, path: str, data: bytes) -> None:
        with refusing(), open(self.with_parents(path), "ab") as file:  # noqa: PTH123
            file.write(data)

    def read(self, path: str, *, start: int = 0, end: int | None = None) -> dict[str, Any]:
        with refusing(), open(self.where(path), "rb") as file:  # noqa: PTH123
            file.seek(start)
            return {"data": file.read(-1 if end is None else max(0, end - start))}

    def stat(self, path: str) -> dict[str, Any]:
        with refusing():
            size = os.stat(self.where(path)).st_size  # noqa: PTH116
        return {"type": "directory"} if os.path.isdir(self.where(path)) else {"type": "file", "size": size}  # noqa: PTH112

    def probe(self, path: str) -> dict[str, Any]:
        found = self.where(path)
        checks = {"exists": os.path.exists, "is_file": os.path.isfile, "is_directory": os.path.isdir}
        return {name: check(found) for name, check in checks.items()}

    def make_directory(self, path: str, *, parents: bool = False, exist_ok: bool = False) -> None:
        with refusing():
            found = self.with_parents(path) if parents else self.where(path)
            if not (exist_ok and os.path.isdir(found)):  # noqa: PTH112
                os.mkdir(found)  # noqa: PTH102

    def list(self, path: str, *, recursive: bool = False) -> dict[str, Any]:
        with refusing():
            entries = list(self.entries(self.where(path), recursive=recursive))
        return {"entries": sorted(entries, key=lambda each: each["path"])}

    def entries(self, where: str, *, recursive: bool) -> Iterator[dict[str, Any]]:
        """Yield what is in a directory."""
        with os.scandir(where) as found:
            for each in found:
                path = os.path.relpath(each.path, self.root)
                if each.is_dir():
                    yield {"path": path, "type": "directory"}
                    if recursive:
                        yield from self.entries(each.path, recursive=True)
                else:
                    yield {"path": path, "type": "file", "size": each.stat().st_size}

    def delete(self, path: str) -> None:
        with refusing():
            os.unlink(self.where(path))  # noqa: PTH108

    def delete_directory(self, path: str) -> None:
        with refusing():
            os.rmdir(self.where(path, spares_root=True))  # noqa: PTH106

    def delete_tree(self, path: str) -> None:
        with refusing():
            shutil.rmtree(self.where(path, spares_root=True))

    def move(self, source: str, target: str, *, overwrite: bool = False) -> None:
        with refusing():
            found = self.where(source, spares_root=True)
            os.stat(found)  # noqa: PTH116
            is_inside = f"{os.path.normpath(self.where(target))}/".startswith(f"{os.path.normpath(found)}/")
            there = self.where(target) if is_inside else self.with_parents(target)
            if os.path.exists(there) and not overwrite:  # noqa: PTH110
                raise Refused("already_exists")
            os.rename(found, there)  # noqa: PTH104

    def copy(self, source: str, target: str, *, overwrite: bool = False) -> None:
        with refusing(), open(self.where(source, spares_root=True), "rb") as file:  # noqa: PTH123
            data = file.read()
        self.write(target, data, overwrite=overwrite)
