"""The fixtures of a registry, and what of them this machine has."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from conformance.fixtures import lacking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.registry import Registry


@dataclass(frozen=True, slots=True)
class FixtureRow:
    """One fixture.

    Attributes:
        cassettes: How many cassettes its family has; None where nothing replays it.
        lacks: What this machine is missing, one phrase each.
    """

    name: str
    backend: str
    stage: int
    kind: str
    capabilities: tuple[str, ...]
    cassettes: int | None
    lacks: tuple[str, ...]


def list_fixtures(registry: Registry, *, stage: int = 3, backends: Sequence[str] = ()) -> list[FixtureRow]:
    """Return the fixtures up to a stage, by stage, then kind, then in the order of the file."""
    rows = []
    for spec in registry.fixtures.values():
        if spec.stage > stage or (backends and spec.backend not in backends):
            continue
        is_recorded = spec.replays is not None or spec.name in registry.recorded
        count = sum(1 for _ in (registry.cassettes / spec.family).rglob("*.yaml")) if is_recorded else None
        capabilities = tuple(sorted(spec.capabilities))
        lacks = lacking(spec, root=registry.path.parent)
        rows.append(FixtureRow(spec.name, spec.backend, spec.stage, spec.kind, capabilities, count, lacks))
    return sorted(rows, key=lambda row: (row.stage, row.kind))


def render_fixtures_table(rows: Sequence[FixtureRow]) -> Table:
    """Return a table for a terminal."""
    available = sum(not row.lacks for row in rows)
    table = Table(title=f"{available} of {len(rows)} fixtures are available here", title_justify="left")
    for heading in ("stage", "kind", "fixture", "backend", "cassettes", "available"):
        table.add_column(heading, no_wrap=heading == "fixture", overflow="fold")
    last = None
    for row in rows:
        if last is not None and (row.stage, row.kind) != last:
            table.add_section()
        last = (row.stage, row.kind)
        ready = "[green]yes[/]" if row.cassettes or row.kind != "replay" else "[yellow]nothing is recorded yet[/]"
        state = ready if not row.lacks else f"[yellow]no: lacks {escape(', '.join(row.lacks))}[/]"
        count = "" if row.cassettes is None else str(row.cassettes)
        table.add_row(str(row.stage), row.kind, row.name, row.backend, count, state)
    return table


def render_fixtures_json(rows: Sequence[FixtureRow]) -> str:
    """Return a JSON list, one object a fixture, with the fields of ``FixtureRow``."""
    return json.dumps([asdict(row) for row in rows], indent=2)
