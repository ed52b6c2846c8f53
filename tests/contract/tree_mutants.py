"""Faulty file systems, each with one fault that a client or a server could have: the model is to find every one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.contract import Refused
from conformance.contract.file_system import FILE_SYSTEM
from tests.contract.drawing_paths import divergence_of, of_seed, played
from tests.contract.tree_drivers import EVERYTHING, FLAT, FlatFiles, Leaf, NestedFiles

if TYPE_CHECKING:
    from collections.abc import Mapping


class DeletesNothing(NestedFiles):
    def delete(self, path: str) -> None:
        self.leaf(path)


class DeletesDirectoriesAsFiles(NestedFiles):
    def delete(self, path: str) -> None:
        if not self.names(path) or self.at(path) != {}:
            self.leaf(path)
        self.remove(path)


class DeletesWhatIsMissing(NestedFiles):
    def delete(self, path: str) -> None:
        if self.probe(path)["exists"]:
            super().delete(path)


class DeletesMadeParentsToo(NestedFiles):
    def __init__(self) -> None:
        super().__init__()
        self.made: list[str] = []

    def make_directory(self, path: str, *, parents: bool = False, exist_ok: bool = False) -> None:
        super().make_directory(path, parents=parents, exist_ok=exist_ok)
        self.made.append(path)

    def delete(self, path: str) -> None:
        super().delete(path)
        above = "/".join(self.names(path)[:-1])
        if above in self.made and not self.folder(above):
            self.remove(above)


class ReadsDirectoriesAsEmpty(NestedFiles):
    def read(self, path: str, *, start: int = 0, end: int | None = None) -> dict[str, Any]:
        if self.probe(path)["is_directory"]:
            return {"data": b""}
        return super().read(path, start=start, end=end)


class ReadsMissingAsEmpty(NestedFiles):
    def read(self, path: str, *, start: int = 0, end: int | None = None) -> dict[str, Any]:
        if not self.probe(path)["exists"] and "\0" not in path:
            return {"data": b""}
        return super().read(path, start=start, end=end)


class EndIsIncluded(NestedFiles):
    def read(self, path: str, *, start: int = 0, end: int | None = None) -> dict[str, Any]:
        return super().read(path, start=start, end=None if end is None else end + 1)


class EmptyRangeIsWhole(NestedFiles):
    def read(self, path: str, *, start: int = 0, end: int | None = None) -> dict[str, Any]:
        if end is not None and end <= start:
            return super().read(path)
        return super().read(path, start=start, end=end)


class PastTheEndIsWhole(NestedFiles):
    def read(self, path: str, *, start: int = 0, end: int | None = None) -> dict[str, Any]:
        if start >= len(self.leaf(path).data):
            return super().read(path)
        return super().read(path, start=start, end=end)


class OverwritesAlways(NestedFiles):
    def write(
        self,
        path: str,
        data: bytes,
        *,
        overwrite: bool = True,
        metadata: Mapping[str, str] | None = None,
        **_chunks: int,
    ) -> None:
        super().write(path, data, overwrite=overwrite or self.probe(path)["is_file"], metadata=metadata)


class KeepsOldMetadata(NestedFiles):
    def write(
        self,
        path: str,
        data: bytes,
        *,
        overwrite: bool = True,
        metadata: Mapping[str, str] | None = None,
        **_chunks: int,
    ) -> None:
        old = self.leaf(path).metadata if self.probe(path)["is_file"] else {}
        super().write(path, data, overwrite=overwrite, metadata={**old, **(metadata or {})})


class LosesMetadata(NestedFiles):
    def write(
        self,
        path: str,
        data: bytes,
        *,
        overwrite: bool = True,
        metadata: Mapping[str, str] | None = None,
        **_chunks: int,
    ) -> None:
        super().write(path, data, overwrite=overwrite, metadata=dict.fromkeys(metadata or {}, ""))


class CopiesWithoutMetadata(NestedFiles):
    def copy(self, source: str, target: str, *, overwrite: bool = False) -> None:
        super().copy(source, target, overwrite=overwrite)
        if self.names(source) != self.names(target):
            self.leaf(target).metadata = {}


class AddsMetadata(NestedFiles):
    def set_metadata(self, path: str, metadata: Mapping[str, str]) -> None:
        self.leaf(path).metadata.update(metadata)


class AppendReplaces(NestedFiles):
    def append(self, path: str, data: bytes) -> None:
        super().append(path, data)
        self.leaf(path).data = data


class AppendsBefore(NestedFiles):
    def append(self, path: str, data: bytes) -> None:
        before = self.leaf(path).data if self.probe(path)["is_file"] else b""
        super().append(path, data)
        self.leaf(path).data = data + before


class MovesFromElsewhere(NestedFiles):
    def move(self, source: str, target: str, *, overwrite: bool = False) -> None:
        super().move(source, target, overwrite=overwrite)
        others = [each for each in self.root.values() if isinstance(each, Leaf)]
        if others and self.probe(target)["is_file"]:
            self.leaf(target).data = others[0].data


class MoveCopies(NestedFiles):
    def move(self, source: str, target: str, *, overwrite: bool = False) -> None:
        if self.probe(source)["is_file"]:
            self.copy(source, target, overwrite=overwrite)
        else:
            super().move(source, target, overwrite=overwrite)


class MoveOntoItselfLoses(NestedFiles):
    def move(self, source: str, target: str, *, overwrite: bool = False) -> None:
        super().move(source, target, overwrite=overwrite)
        if self.names(source) == self.names(target):
            self.remove(source)


class MovesDirectoriesWithoutChildren(NestedFiles):
    def move(self, source: str, target: str, *, overwrite: bool = False) -> None:
        super().move(source, target, overwrite=overwrite)
        found = self.at(target)
        if isinstance(found, dict) and self.names(source) != self.names(target):
            found.clear()


class MoveOverwrites(NestedFiles):
    def move(self, source: str, target: str, *, overwrite: bool = False) -> None:
        super().move(source, target, overwrite=overwrite or self.probe(target)["is_file"])


class CopiesMissing(NestedFiles):
    def copy(self, source: str, target: str, *, overwrite: bool = False) -> None:
        if self.probe(source)["exists"] or "\0" in source:
            super().copy(source, target, overwrite=overwrite)


class CopiesDirectoriesAsEmpty(NestedFiles):
    def copy(self, source: str, target: str, *, overwrite: bool = False) -> None:
        if self.names(source) and self.probe(source)["is_directory"] and not self.probe(target)["exists"]:
            self.make_directory(target, parents=True)
        else:
            super().copy(source, target, overwrite=overwrite)


class CopiesBytesLate(NestedFiles):
    def copy(self, source: str, target: str, *, overwrite: bool = False) -> None:
        super().copy(source, target, overwrite=overwrite)
        if self.names(source) != self.names(target):
            folder, name = self.folder_for(target)
            folder[name] = self.leaf(source)


class ListsTooDeep(NestedFiles):
    def list(self, path: str, *, recursive: bool = False) -> dict[str, Any]:
        found = super().list(path, recursive=True)
        most = len(self.names(path)) + (99 if recursive else 2)
        return {"entries": [each for each in found["entries"] if len(self.names(each["path"])) <= most]}


class ListsDirectoriesAsFiles(NestedFiles):
    def list(self, path: str, *, recursive: bool = False) -> dict[str, Any]:
        found = super().list(path, recursive=recursive)
        return {"entries": [{"size": 0, **each, "type": "file"} for each in found["entries"]]}


class ListsLookalikes(FlatFiles):
    def under(self, path: str) -> list[str]:
        return sorted(key for key in self.keys if key.startswith(path) and key != path)


class ListsTheDeleted(NestedFiles):
    def __init__(self) -> None:
        super().__init__()
        self.gone: list[dict[str, Any]] = []

    def delete(self, path: str) -> None:
        size = len(self.leaf(path).data)
        super().delete(path)
        self.gone = [{"path": "/".join(self.names(path)), "type": "file", "size": size}]

    def list(self, path: str, *, recursive: bool = False) -> dict[str, Any]:
        found = super().list(path, recursive=recursive)["entries"]
        shown = self.gone if not path and recursive else []
        return {"entries": sorted([*found, *shown], key=lambda each: str(each["path"]))}


class TakesDirectoriesForFiles(NestedFiles):
    def probe(self, path: str) -> dict[str, Any]:
        found = super().probe(path)
        return {**found, "is_file": found["exists"]}


class TakesFilesForDirectories(NestedFiles):
    def probe(self, path: str) -> dict[str, Any]:
        found = super().probe(path)
        return {**found, "is_directory": found["exists"]}


class SizeIsStale(NestedFiles):
    def append(self, path: str, data: bytes) -> None:
        super().append(path, data)
        self.stale = {path: len(self.leaf(path).data) - len(data)}

    def stat(self, path: str) -> dict[str, Any]:
        found = super().stat(path)
        return {**found, "size": getattr(self, "stale", {}).get(path, found["size"])} if "size" in found else found


class RemovesFilledDirectories(NestedFiles):
    def delete_directory(self, path: str) -> None:
        self.folder(path)
        self.remove(path)


class RemovesLookalikesToo(FlatFiles):
    def delete_tree(self, path: str) -> None:
        super().delete_tree(path)
        for key in [key for key in self.keys if path and key.startswith(path)]:
            del self.keys[key]


class LeavesGrandchildren(FlatFiles):
    def delete_tree(self, path: str) -> None:
        kept = {key: leaf for key, leaf in self.keys.items() if key.count("/") > path.count("/") + 1}
        super().delete_tree(path)
        self.keys.update(kept)


class HidesEmptyDirectories(NestedFiles):
    def make_directory(self, path: str, *, parents: bool = False, exist_ok: bool = False) -> None:
        found = self.names(path)
        if not found or self.probe(path)["exists"] or not self.probe("/".join(found[:-1]))["exists"]:
            super().make_directory(path, parents=parents, exist_ok=exist_ok)


class ForgetsSlashes(FlatFiles):
    def write(
        self,
        path: str,
        data: bytes,
        *,
        overwrite: bool = True,
        metadata: Mapping[str, str] | None = None,
        **_chunks: int,
    ) -> None:
        super().write(path.rstrip("/"), data, overwrite=overwrite, metadata=metadata)


class KeepsTheFirstChunk(NestedFiles):
    def write(self, path: str, data: bytes, *, chunks: int = 1, **args: Any) -> None:
        super().write(path, data[: -(-len(data) // chunks)], **args)


class CountsDirectories(NestedFiles):
    def count(self, path: str) -> dict[str, Any]:
        return {**super().count(path), "files": len(self.list(path, recursive=True)["entries"])}


class LeaksErrors(NestedFiles):
    def leaf(self, path: str) -> Leaf:
        try:
            return super().leaf(path)
        except Refused as error:
            raise KeyError(path) from error


MUTANTS = [each for each in list(globals().values()) if isinstance(each, type) and each.__module__ == __name__]


def is_found(mutant: type[NestedFiles | FlatFiles], *, programs: int) -> bool:
    """Whether the model finds the fault within so many programs."""
    capabilities = FLAT if issubclass(mutant, FlatFiles) else EVERYTHING
    sessions = (played(FILE_SYSTEM, mutant(), capabilities, of_seed(seed), most=40) for seed in range(programs))
    return any(divergence_of(session) for session in sessions)
