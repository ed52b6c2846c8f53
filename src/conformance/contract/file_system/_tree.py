"""The state of the model: a tree of files, and what is known of how this subject goes about its paths."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class Sort(StrEnum):
    """What stands at a path."""

    FILE = "file"
    DIRECTORY = "directory"
    BOTH = "file and directory"
    ROOT = "root"
    UNDER_A_FILE = "under a file"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class File:
    """A file."""

    data: bytes
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tree:
    """Files and directories, by path; the root is always there.

    A directory is there while something is below it, or because it was made.

    Attributes:
        keeps_empty: Whether a directory can be there with nothing below it; false for flat stores, where a file and a
            directory may have one name.
        files: By path.
        made: Directories that stay without anything below them, and the metadata of each.
        habits: Where several ways are allowed, but only one of them throughout: those that the subject may have.
    """

    keeps_empty: bool
    files: Mapping[str, File] = field(default_factory=dict)
    made: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    habits: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def sort(self, path: str) -> Sort:
        """Return what stands at a path."""
        if not path:
            return Sort.ROOT
        has_directory = path in self.made or any(self.below(path))
        if path in self.files:
            return Sort.BOTH if has_directory else Sort.FILE
        if has_directory:
            return Sort.DIRECTORY
        return Sort.UNDER_A_FILE if any(each in self.files for each in parents(path)) else Sort.MISSING

    def is_directory(self, path: str) -> bool:
        """Return whether a directory stands at a path, alone or beside a file."""
        return self.sort(path) in {Sort.ROOT, Sort.DIRECTORY, Sort.BOTH}

    def below(self, path: str) -> Iterator[str]:
        """Yield the paths of files and of made directories below a directory, at any depth."""
        start = f"{path}/" if path else ""
        for each in (*self.files, *self.made):
            if each.startswith(start) and each != path:
                yield each

    def directories(self) -> list[str]:
        """Return the paths of all directories, sorted, without the root."""
        found = {parent for path in (*self.files, *self.made) for parent in parents(path)}
        return sorted(found | set(self.made))

    def missing_parents(self, path: str) -> list[str]:
        """Return the directories above a path that are not there."""
        return [each for each in parents(path) if not self.is_directory(each)]

    def put(self, path: str, file: File) -> Tree:
        """Return the tree with a file at a path."""
        return replace(self, files={**self.files, path: file})

    def make(self, paths: Iterable[str]) -> Tree:
        """Return the tree with directories made; those that were keep their metadata."""
        return replace(self, made={**{path: {} for path in paths}, **self.made})

    def without(self, paths: Iterable[str]) -> Tree:
        """Return the tree without some files and made directories."""
        gone = set(paths)
        return replace(
            self,
            files={path: file for path, file in self.files.items() if path not in gone},
            made={path: metadata for path, metadata in self.made.items() if path not in gone},
        )

    def ways(self, habit: str, ways: Iterable[str]) -> list[str]:
        """Return which of some ways the subject may have of doing something."""
        return [way for way in ways if way in self.habits.get(habit, {way})]

    def with_habit(self, habit: str, way: str) -> Tree:
        """Return the tree of a subject that does something one way."""
        return replace(self, habits={**self.habits, habit: frozenset({way})})

    def merged(self, other: Tree) -> Tree | None:
        """Return the tree of a subject that has the habits of one of two; None where more than habits differs."""
        if (self.files, self.made) != (other.files, other.made):
            return None
        shared = self.habits.keys() & other.habits.keys()
        return replace(self, habits={habit: self.habits[habit] | other.habits[habit] for habit in shared})


def parents(path: str) -> list[str]:
    """Return the directories above a path, the nearest last, without the root."""
    parts = path.split("/")
    return [found for count in range(1, len(parts)) if (found := "/".join(parts[:count]))]


def parent_of(path: str) -> str:
    """Return the directory that a path is in; empty for the root."""
    return path.rpartition("/")[0]


def joined(directory: str, name: str) -> str:
    """Return the path of a name in a directory."""
    return f"{directory}/{name}" if directory else name
