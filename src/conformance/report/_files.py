"""The state of the recorded files: what is damaged, what was left by a killed run, what belongs to nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.cassette import load_cassette, read_journal, write_cassette
from conformance.errors import CassetteError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.cassette import Left
    from conformance.registry import Registry


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One file that needs a hand.

    Attributes:
        sort: ``damaged``, ``left`` (a journal), ``temporary``, ``unused`` (a body) or ``orphan``.
        message: What is wrong and how to mend it, over one or more lines.
    """

    path: Path
    sort: str
    message: str


def check_files(registry: Registry) -> tuple[int, list[FileProblem]]:
    """Return how many cassettes there are, and what is wrong with them or beside them, by path."""
    cassettes = sorted(path for path in registry.cassettes.rglob("*.yaml") if not path.name.startswith("."))
    problems = [*_damaged(cassettes), *_orphans(registry), *_left_over(registry)]
    return len(cassettes), sorted(problems, key=lambda problem: problem.path)


def recover_journals(folder: Path) -> list[tuple[Left, Path]]:
    """Turn every journal that was left in a folder into a cassette beside the one it was for; return both.

    The cassette is named ``NAME.recovered.yaml``; nothing replays it under that name, and nothing is overwritten.

    Raises:
        CassetteError: A journal is damaged before its last line.
    """
    recovered = []
    for path in _journals(folder):
        left = read_journal(path)
        target = _free_name(left.cassette.with_suffix(".recovered.yaml"))
        if left.interactions:
            write_cassette(target, left.interactions, None)
        path.unlink()
        recovered.append((left, target))
    return recovered


def _journals(folder: Path) -> list[Path]:
    return sorted(folder.rglob(".*.journal"))


def _free_name(path: Path) -> Path:
    names = (path if at == 0 else path.with_suffix(f".{at}.yaml") for at in range(1000))
    return next(name for name in names if not name.exists())


def _damaged(cassettes: list[Path]) -> Iterator[FileProblem]:
    for path in cassettes:
        try:
            load_cassette(path)
        except CassetteError as error:
            yield FileProblem(path, "damaged", str(error))


def _left_over(registry: Registry) -> Iterator[FileProblem]:
    for path in _journals(registry.cassettes):
        yield FileProblem(
            path, "left", f"{path}: is left of a recording that was killed.\n  Run `conformance recover`."
        )
    for path, what in _unused_bodies(registry):
        yield FileProblem(path, "unused", f"{path}: {what}\n  Delete it.")
    for path in registry.cassettes.rglob(".*.new"):
        yield FileProblem(path, "temporary", f"{path}: is left of a cassette that was being written.\n  Delete it.")


def _unused_bodies(registry: Registry) -> Iterator[tuple[Path, str]]:
    """Yield the folders of bodies whose cassette is gone, and the bodies that a cassette no longer names."""
    for folder in sorted(registry.cassettes.rglob("*.bodies")):
        cassette = folder.with_suffix(".yaml")
        if not cassette.is_file():
            yield folder, f"holds the bodies of {cassette.name}, which is not there."
            continue
        text = cassette.read_text("utf-8", "replace")
        for path in sorted(folder.iterdir()):
            if f"{folder.name}/{path.name}" not in text:
                yield path, f"is named by no interaction of {cassette.name}."


def _orphans(registry: Registry) -> Iterator[FileProblem]:
    families = {spec.family for spec in registry.fixtures.values()}
    folders = registry.cassettes.iterdir() if registry.cassettes.is_dir() else ()
    for folder in folders:
        if folder.is_dir() and folder.name not in families:
            cure = f"Declare [fixture.{folder.name}], or delete the folder."
            yield FileProblem(folder, "orphan", f"{folder}: belongs to no fixture of {registry.path}.\n  {cure}")
