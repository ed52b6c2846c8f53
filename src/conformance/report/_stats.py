"""How much is recorded, of what, and what it costs to keep."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from conformance.cassette import compiled_path, load_cassette
from conformance.report._text import one_line, size_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conformance.cassette import Cassette, Interaction
    from conformance.registry import Registry

LARGEST = 3


@dataclass(slots=True)
class Stats:
    """What a family of cassettes holds.

    Attributes:
        family: The fixture that they were recorded of, or the path that was asked for.
        files: How many cassettes there are.
        interactions: How many interactions they hold.
        repeated: How many of those are equal, in request and response, to one that comes before in the family.
        methods: Interactions by method.
        statuses: Interactions by status code.
        body_bytes: The bodies as they were sent and answered.
        file_bytes: The files, bodies and all else as stored.
        compiled_bytes: What the cache outside the repository has of them already.
        largest: The largest files and their sizes in bytes, largest first.
        oldest: The first day of recording, ISO 8601; None where no cassette tells its own.
        newest: The last day.
    """

    family: str
    files: int = 0
    interactions: int = 0
    repeated: int = 0
    methods: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    body_bytes: int = 0
    file_bytes: int = 0
    compiled_bytes: int = 0
    largest: list[tuple[str, int]] = field(default_factory=list)
    oldest: str | None = None
    newest: str | None = None


def gather_stats(registry: Registry) -> list[Stats]:
    """Return what each family of a registry has recorded, by name; those without a cassette are left out.

    Raises:
        CassetteError: A cassette is damaged.
    """
    families = sorted({spec.family for spec in registry.fixtures.values()})
    found = [gather_stats_of(registry.cassettes / family, name=family) for family in families]
    return [stats for stats in found if stats.files]


def gather_stats_of(path: Path, *, name: str = "") -> Stats:
    """Return what a cassette, or all below a folder, hold.

    Args:
        path: The file or the folder.
        name: What to call it; its path, if nothing else.

    Raises:
        CassetteError: A cassette is damaged.
    """
    stats = Stats(name or str(path))
    files = [path] if path.is_file() else [file for file in path.rglob("*.yaml") if not file.name.startswith(".")]
    sizes = {file: file.stat().st_size for file in sorted(files)}
    seen: set[bytes] = set()
    for file in sizes:
        stats.compiled_bytes += _compiled_size(file)
        _count(stats, load_cassette(file), seen)
    stats.files = len(sizes)
    stats.file_bytes = sum(sizes.values())
    stats.repeated = stats.interactions - len(seen)
    by_size = sorted(sizes, key=lambda file: (-sizes[file], file))[:LARGEST]
    stats.largest = [
        (file.relative_to(path).as_posix() if file != path else file.name, sizes[file]) for file in by_size
    ]
    return stats


def render_stats_table(found: Sequence[Stats]) -> Table:
    """Return a table with a row a family."""
    files, interactions = (sum(getattr(stats, name) for stats in found) for name in ("files", "interactions"))
    table = Table(title=f"{files:,} cassettes, {interactions:,} interactions", title_justify="left")
    table.add_column("family", overflow="fold", min_width=12)
    for heading in ("files", "interactions", "repeated"):
        table.add_column(heading, justify="right", min_width=5, overflow="fold")
    for heading in ("methods", "statuses", "size", "recorded"):
        table.add_column(heading, no_wrap=True)
    table.add_column("largest", overflow="ellipsis", min_width=12)
    for stats in found:
        table.add_row(
            escape(stats.family),
            f"{stats.files:,}",
            f"{stats.interactions:,}",
            f"{stats.repeated / stats.interactions:.0%}" if stats.interactions else "",
            escape(_counted(stats.methods)),
            _counted(stats.statuses),
            f"bodies {size_text(stats.body_bytes)}\nfiles {size_text(stats.file_bytes)}\n"
            f"cache {size_text(stats.compiled_bytes)}",
            "\n".join(dict.fromkeys(day for day in (stats.oldest, stats.newest) if day)),
            escape("\n".join(f"{size_text(size)} {name.rpartition('/')[2]}" for name, size in stats.largest)),
            end_section=True,
        )
    return table


def render_stats_json(found: Sequence[Stats]) -> str:
    """Return a JSON list, one object a family, with the fields of ``Stats``."""
    rows = [{each.name: getattr(stats, each.name) for each in fields(stats)} for stats in found]
    return json.dumps(rows, indent=2)


def _count(stats: Stats, cassette: Cassette, seen: set[bytes]) -> None:
    for item in cassette.interactions:
        stats.interactions += 1
        stats.methods[item.request.method.upper()] += 1
        stats.statuses[item.response.status] += 1
        stats.body_bytes += len(item.request.body) + len(item.response.body)
        seen.add(_digest(item))
    if cassette.provenance is not None:
        day = cassette.provenance.day
        stats.oldest = min(stats.oldest or day, day)
        stats.newest = max(stats.newest or day, day)


def _digest(item: Interaction) -> bytes:
    request, response = item.request, item.response
    told = repr((request.method, request.uri, request.headers, response.status, response.reason, response.headers))
    bodies = hashlib.sha256(request.body).digest() + hashlib.sha256(response.body).digest()
    return hashlib.sha256(told.encode("utf-8", "surrogatepass") + bodies).digest()


def _compiled_size(file: Path) -> int:
    compiled = compiled_path(file.read_bytes())
    return compiled.stat().st_size if compiled is not None and compiled.is_file() else 0


def _counted(counts: Counter[str] | Counter[int]) -> str:
    return "\n".join(f"{count:,} {one_line(str(word))}" for word, count in counts.most_common())
