"""Two cassettes, or two folders of them, held against each other."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from conformance.cassette import Folding, compare_cassettes, load_cassette
from conformance.errors import UsageError
from conformance.report._text import one_line, request_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from conformance.cassette import Cassette, Change

STYLES = {"changed": "yellow", "moved": "cyan", "removed": "red", "added": "green", "same": "dim"}


@dataclass(frozen=True, slots=True)
class FileDifference:
    """What became of one cassette.

    Attributes:
        name: Its path below the folders that are compared; of two files, their names.
        old: The old one; None where there is only a new one.
        new: The new one; None where there is only an old one.
        changes: What became of each interaction; those of a cassette that stands alone are all removed, or all added.
        folded: How many volatile values were taken for each other, by sort.
    """

    name: str
    old: Cassette | None
    new: Cassette | None
    changes: tuple[Change, ...]
    folded: Counter[str]

    @property
    def is_same(self) -> bool:
        """Whether both are there and every interaction is the same."""
        return self.old is not None and self.new is not None and all(change.sort == "same" for change in self.changes)


def compare_files(old: Path, new: Path, *, is_exact: bool = False) -> list[FileDifference]:
    """Return what became of every cassette, by name.

    Args:
        old: A cassette, or a folder of them.
        new: The other cassette, or the other folder.
        is_exact: Fold nothing.

    Raises:
        UsageError: One of both is not there, is a folder where the other is a file, or holds no cassette.
        CassetteError: A cassette is damaged.
    """
    if old.is_dir() != new.is_dir() and old.exists() and new.exists():
        what = f"{old} and {new} are a file and a folder."
        raise UsageError(what, "Name two cassettes, or two folders of them.", slug="no-file")
    if old.is_file() and new.is_file():
        name = new.name if new.name == old.name else f"{old.name} → {new.name}"
        return [_compared(name, old, new, is_exact=is_exact)]
    olds, news = _cassettes_in(old), _cassettes_in(new)
    names = sorted({*olds, *news})
    return [_compared(name, olds.get(name), news.get(name), is_exact=is_exact) for name in names]


def render_diff(differences: Sequence[FileDifference]) -> Text:
    """Return what differs as an indented list, file by file, with colours for a terminal, and a summary at the end."""
    lines = [line for difference in differences if not difference.is_same for line in _file_lines(difference)]
    return Text("\n").join([*lines, Text(_summary(differences))])


def render_diff_json(differences: Sequence[FileDifference]) -> str:
    """Return a JSON object: ``files`` with what became of each, the same left out, and ``folded`` by sort.

    Positions are from 1, as ``conformance show`` has them.
    """
    files = [
        {
            "name": difference.name,
            "old": difference.old and str(difference.old.path),
            "new": difference.new and str(difference.new.path),
            "changes": [_change_json(difference, change) for change in difference.changes if change.sort != "same"],
        }
        for difference in differences
        if not difference.is_same
    ]
    return json.dumps({"files": files, "compared": len(differences), "folded": _folded(differences)}, indent=2)


def _cassettes_in(folder: Path) -> dict[str, Path]:
    paths = [path for path in folder.rglob("*.yaml") if not path.name.startswith(".")]
    if not paths:
        what = f"{folder} is no cassette and holds none."
        raise UsageError(what, "Name two cassettes, or two folders of them.", slug="no-file")
    return {path.relative_to(folder).as_posix(): path for path in paths}


def _compared(name: str, old: Path | None, new: Path | None, *, is_exact: bool) -> FileDifference:
    folding = None if is_exact else Folding()
    was, now = (None if path is None else load_cassette(path) for path in (old, new))
    items = [cassette.interactions if cassette else () for cassette in (was, now)]
    changes = compare_cassettes(items[0], items[1], folding=folding)
    return FileDifference(name, was, now, tuple(changes), folding.counts if folding else Counter())


def _file_lines(difference: FileDifference) -> Iterator[Text]:
    state = " (added)" if difference.old is None else " (removed)" if difference.new is None else ""
    yield Text(one_line(difference.name) + state, style="bold")
    old, new = (cassette.lines() if cassette else [] for cassette in (difference.old, difference.new))
    for change in difference.changes:
        if change.sort != "same":
            place = " → ".join([*_place(change.old, old), *_place(change.new, new)])
            yield Text(f"  {change.sort} {place}: {_asked(difference, change)}", STYLES[change.sort])
            yield from _part_lines(change)


def _part_lines(change: Change) -> Iterator[Text]:
    for side, found in [*(("request", one) for one in change.request), *(("response", one) for one in change.response)]:
        yield Text(f"    {side} {one_line(found.part)}")
        yield Text(f"      - {one_line(found.recorded)}", "red")
        yield Text(f"      + {one_line(found.sent)}", "green")


def _place(position: int | None, lines: list[int]) -> list[str]:
    return [] if position is None else [f"#{position + 1} (line {lines[position]})"]


def _asked(difference: FileDifference, change: Change) -> str:
    """Return the request as it is in the new cassette, or was in the old one."""
    if difference.new is not None and change.new is not None:
        return request_line(difference.new.interactions[change.new].request)
    if difference.old is not None and change.old is not None:
        return request_line(difference.old.interactions[change.old].request)
    return ""


def _change_json(difference: FileDifference, change: Change) -> dict[str, object]:
    return {
        "sort": change.sort,
        "old": None if change.old is None else change.old + 1,
        "new": None if change.new is None else change.new + 1,
        "asked": _asked(difference, change),
        "request": [asdict(found) for found in change.request],
        "response": [asdict(found) for found in change.response],
    }


def _folded(differences: Sequence[FileDifference]) -> dict[str, int]:
    return dict(sorted(sum((difference.folded for difference in differences), Counter()).items()))


def _summary(differences: Sequence[FileDifference]) -> str:
    sorts = Counter(change.sort for difference in differences for change in difference.changes)
    told = ", ".join(
        f"{sorts[sort]:,} {sort}" for sort in ("changed", "moved", "removed", "added", "same") if sorts[sort]
    )
    differing = sum(not difference.is_same for difference in differences)
    folded = ", ".join(f"{count:,} <{sort}>" for sort, count in _folded(differences).items())
    return (
        f"{differing:,} of {len(differences):,} cassettes differ; interactions: {told or 'none'}; "
        f"folded: {folded or 'nothing'}"
    )
