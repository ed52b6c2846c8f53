"""File systems over plain dicts, written by what a person would expect: one nested, one flat."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeAlias

from conformance.contract import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

EVERYTHING = frozenset({
    "create_only", "metadata", "set_metadata", "atomic_write", "append", "ranges", "directories", "empty_directories",
    "delete_tree", "move", "copy", "count", "streams",
})  # fmt: skip
FLAT = EVERYTHING - {"empty_directories"}


@dataclass
class Leaf:
    """A file."""

    data: bytes
    metadata: dict[str, str] = field(default_factory=dict)


Folder: TypeAlias = dict[str, Any]


class NestedFiles:
    """Directories as dicts of names; what a path leads through is looked up name by name."""

    def __init__(self) -> None:
        self.root: Folder = {}

    def names(self, path: str) -> list[str]:
        """Return the names that lead to a path."""
        if "\0" in path:
            raise Refused("invalid_path")
        found: list[str] = []
        for name in path.split("/"):
            if name == "..":
                if not found:
                    raise Refused("invalid_path")
                found.pop()
            elif name and name != ".":
                found.append(name)
        return found

    def at(self, path: str) -> Leaf | Folder:
        """Return what stands at a path."""
        here: Leaf | Folder = self.root
        for name in self.names(path):
            if isinstance(here, Leaf) or name not in here:
                raise Refused("not_found")
            here = here[name]
        return here

    def leaf(self, path: str) -> Leaf:
        """Return the file at a path."""
        found = self.at(path)
        if not isinstance(found, Leaf):
            raise Refused("is_a_directory")
        return found

    def folder(self, path: str) -> Folder:
        """Return the directory at a path."""
        found = self.at(path)
        if isinstance(found, Leaf):
            raise Refused("not_a_directory")
        return found

    def folder_for(self, path: str, *, makes: bool = True) -> tuple[Folder, str]:
        """Return the directory that a path is to be in, and its last name."""
        *above, last = self.names(path) or [""]
        if not last:
            raise Refused("invalid_path")
        here = self.root
        for name in above:
            if name not in here and not makes:
                raise Refused("not_found")
            found = here.setdefault(name, {})
            if isinstance(found, Leaf):
                raise Refused("not_a_directory")
            here = found
        return here, last

    def write(
        self,
        path: str,
        data: bytes,
        *,
        overwrite: bool = True,
        metadata: Mapping[str, str] | None = None,
        **_chunks: int,
    ) -> None:
        if not self.names(path):
            raise Refused("is_a_directory")
        folder, name = self.folder_for(path)
        if name in folder and not overwrite:
            raise Refused("already_exists")
        if isinstance(folder.get(name), dict):
            raise Refused("is_a_directory")
        folder[name] = Leaf(data, dict(metadata or {}))

    atomic_write = write

    def append(self, path: str, data: bytes) -> None:
        if not self.names(path):
            raise Refused("is_a_directory")
        folder, name = self.folder_for(path)
        found = folder.setdefault(name, Leaf(b""))
        if isinstance(found, dict):
            raise Refused("is_a_directory")
        found.data += data

    def read(self, path: str, *, start: int = 0, end: int | None = None) -> dict[str, Any]:
        data = self.leaf(path).data
        return {"data": data[start : max(start, end) if end is not None else None]}

    def stat(self, path: str) -> dict[str, Any]:
        found = self.at(path)
        return {"type": "file", "size": len(found.data)} if isinstance(found, Leaf) else {"type": "directory"}

    def probe(self, path: str) -> dict[str, Any]:
        try:
            found = self.at(path)
        except Refused:
            return {"exists": False, "is_file": False, "is_directory": False}
        is_file = isinstance(found, Leaf)
        return {"exists": True, "is_file": is_file, "is_directory": not is_file}

    def make_directory(self, path: str, *, parents: bool = False, exist_ok: bool = False) -> None:
        if not self.names(path):
            if exist_ok:
                return
            raise Refused("already_exists")
        folder, name = self.folder_for(path, makes=parents)
        if name in folder and not (exist_ok and isinstance(folder[name], dict)):
            raise Refused("already_exists")
        folder.setdefault(name, {})

    def list(self, path: str, *, recursive: bool = False) -> dict[str, Any]:
        folder = self.folder(path)
        start = "/".join(self.names(path))
        return {"entries": sorted(self.entries(folder, start, recursive=recursive), key=lambda each: each["path"])}

    def entries(self, folder: Folder, start: str, *, recursive: bool) -> Iterator[dict[str, Any]]:
        """Yield what is in a directory."""
        for name, found in folder.items():
            path = f"{start}/{name}" if start else name
            if isinstance(found, Leaf):
                yield {"path": path, "type": "file", "size": len(found.data)}
            else:
                yield {"path": path, "type": "directory"}
                if recursive:
                    yield from self.entries(found, path, recursive=True)

    def count(self, path: str) -> dict[str, Any]:
        sizes = [each["size"] for each in self.list(path, recursive=True)["entries"] if "size" in each]
        return {"files": len(sizes), "size": sum(sizes)}

    def remove(self, path: str) -> None:
        """Take what stands at a path out of the tree."""
        folder, name = self.folder_for(path, makes=False)
        del folder[name]

    def delete(self, path: str) -> None:
        self.leaf(path)
        self.remove(path)

    def delete_directory(self, path: str) -> None:
        if self.folder(path):
            raise Refused("not_empty")
        self.remove(path)

    def delete_tree(self, path: str) -> None:
        self.folder(path)
        self.remove(path)

    def placing(self, source: str, target: str, *, overwrite: bool) -> Leaf | Folder:
        """Return what is to arrive at a target, or refuse."""
        moved = self.at(source)
        if not self.names(source):
            raise Refused("invalid_path")
        if not self.names(target):
            raise Refused("already_exists" if isinstance(moved, dict) and not overwrite else "is_a_directory")
        if isinstance(moved, dict) and self.names(target)[: len(self.names(source))] == self.names(source):
            raise Refused("invalid_argument")
        folder, name = self.folder_for(target)
        there = folder.get(name)
        if there is None:
            return moved
        if not overwrite:
            raise Refused("already_exists")
        if isinstance(there, Leaf) and isinstance(moved, dict):
            raise Refused("not_a_directory")
        if isinstance(there, dict) and isinstance(moved, Leaf):
            raise Refused("is_a_directory")
        if there and isinstance(there, dict):
            raise Refused("not_empty")
        return moved

    def move(self, source: str, target: str, *, overwrite: bool = False) -> None:
        self.at(source)
        if self.names(source) == self.names(target) != []:
            return
        moved = self.placing(source, target, overwrite=overwrite)
        self.remove(source)
        folder, name = self.folder_for(target)
        folder[name] = moved

    def copy(self, source: str, target: str, *, overwrite: bool = False) -> None:
        found = self.at(source)
        if self.names(source) and isinstance(found, dict):
            raise Refused("is_a_directory")
        if self.names(source) == self.names(target) != []:
            return
        self.placing(source, target, overwrite=overwrite)
        folder, name = self.folder_for(target)
        folder[name] = Leaf(found.data, dict(found.metadata)) if isinstance(found, Leaf) else {}

    def metadata(self, path: str) -> dict[str, Any]:
        return {"metadata": self.leaf(path).metadata}

    def set_metadata(self, path: str, metadata: Mapping[str, str]) -> None:
        self.leaf(path).metadata = dict(metadata)


class FlatFiles:
    """Keys as they are written; a directory is whatever a key has before one of its slashes."""

    def __init__(self) -> None:
        self.keys: dict[str, Leaf] = {}

    def leaf(self, path: str) -> Leaf:
        """Return the file at a path."""
        if path not in self.keys:
            raise Refused("not_found")
        return self.keys[path]

    def under(self, path: str) -> list[str]:
        """Return the keys below a directory, sorted."""
        return sorted(key for key in self.keys if not path or key.startswith(path + "/"))

    def place(self, path: str, leaf: Leaf, *, overwrite: bool) -> None:
        """Store under a key."""
        if not path or "\0" in path:
            raise Refused("invalid_path")
        if path in self.keys and not overwrite:
            raise Refused("already_exists")
        self.keys[path] = leaf

    def write(
        self,
        path: str,
        data: bytes,
        *,
        overwrite: bool = True,
        metadata: Mapping[str, str] | None = None,
        **_chunks: int,
    ) -> None:
        self.place(path, Leaf(data, dict(metadata or {})), overwrite=overwrite)

    atomic_write = write

    def append(self, path: str, data: bytes) -> None:
        before = self.keys.get(path, Leaf(b""))
        self.place(path, Leaf(before.data + data, before.metadata), overwrite=True)

    def read(self, path: str, *, start: int = 0, end: int | None = None) -> dict[str, Any]:
        data = self.leaf(path).data
        if start >= len(data) and (start or end):
            raise Refused("invalid_range")
        return {"data": data[start:end]}

    def stat(self, path: str) -> dict[str, Any]:
        if path in self.keys:
            return {"type": "file", "size": len(self.keys[path].data)}
        if path and not self.under(path):
            raise Refused("not_found")
        return {"type": "directory"}

    def probe(self, path: str) -> dict[str, Any]:
        is_file, is_directory = path in self.keys, not path or bool(self.under(path))
        return {"exists": is_file or is_directory, "is_file": is_file, "is_directory": is_directory}

    def make_directory(self, path: str, *, parents: bool = False, exist_ok: bool = False) -> None:
        pass

    def list(self, path: str, *, recursive: bool = False) -> dict[str, Any]:
        found = {}
        depth = path.count("/") + 1 if path else 0
        for key in self.under(path):
            names = key.split("/")
            for count in range(depth + 1, len(names) + 1):
                shown = "/".join(names[:count])
                kind = "file" if count == len(names) else "directory"
                if shown and (recursive or count == depth + 1):
                    found[shown, kind] = {"path": shown, "type": kind} | (
                        {"size": len(self.keys[key].data)} if kind == "file" else {}
                    )
        return {"entries": [found[each] for each in sorted(found)]}

    def count(self, path: str) -> dict[str, Any]:
        found = [key for key in self.under(path) if key]
        if path and not found:
            raise Refused("not_found")
        return {"files": len(found), "size": sum(len(self.keys[key].data) for key in found)}

    def delete(self, path: str) -> None:
        if not path:
            raise Refused("invalid_path")
        self.keys.pop(path, None)

    def delete_directory(self, path: str) -> None:
        if not path:
            raise Refused("invalid_path")
        if self.under(path):
            raise Refused("not_empty")

    def delete_tree(self, path: str) -> None:
        if not path:
            raise Refused("invalid_path")
        for key in self.under(path):
            del self.keys[key]

    def copy(self, source: str, target: str, *, overwrite: bool = False) -> None:
        leaf = self.leaf(source)
        if source == target:
            raise Refused("invalid_argument")
        self.place(target, Leaf(leaf.data, dict(leaf.metadata)), overwrite=overwrite)

    def move(self, source: str, target: str, *, overwrite: bool = False) -> None:
        self.copy(source, target, overwrite=overwrite)
        del self.keys[source]

    def metadata(self, path: str) -> dict[str, Any]:
        return {"metadata": self.leaf(path).metadata}

    def set_metadata(self, path: str, metadata: Mapping[str, str]) -> None:
        self.leaf(path).metadata = dict(metadata)


class Made(dict[str, Any]):
    """A directory that was made, and not by writing below it."""


class ForgetfulFiles(NestedFiles):
    """Nested files that forget a directory that nobody made when nothing is below it."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Made()

    def forget(self, folder: Folder) -> None:
        """Take out every directory below another that is there for nothing."""
        for name, found in list(folder.items()):
            if isinstance(found, dict):
                self.forget(found)
                if not found and not isinstance(found, Made):
                    del folder[name]

    def at(self, path: str) -> Leaf | Folder:
        self.forget(self.root)
        return super().at(path)

    def folder_for(self, path: str, *, makes: bool = True) -> tuple[Folder, str]:
        self.forget(self.root)
        return super().folder_for(path, makes=makes)

    def make_directory(self, path: str, *, parents: bool = False, exist_ok: bool = False) -> None:
        names = self.names(path)
        above = [each for each in accumulate(names, "{}/{}".format) if not self.probe(each)["exists"]]
        super().make_directory(path, parents=parents, exist_ok=exist_ok)
        for each in above:
            folder, name = super().folder_for(each)
            folder[name] = Made(folder[name])
