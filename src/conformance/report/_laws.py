"""What came of holding scrubbers and matchers to their laws."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import RenderableType

    from conformance.laws import Broken, Run, Verdict


def render_laws(run: Run, *, saved: Mapping[int, str]) -> RenderableType:
    """Return the verdicts, the counter-examples, how often a secret was planted where, and the totals.

    Args:
        run: What came of it.
        saved: Where a counter-example was saved, by its number in ``run.broken``.
    """
    shown = [_counter_example(broken, saved.get(number)) for number, broken in enumerate(run.broken)]
    parts: list[RenderableType] = [*shown, _verdicts(run)]
    if sum(run.plantings.values()):
        parts.append(_plantings(run))
    return Group(*parts, *(Text(line) for line in _totals(run)))


def render_laws_json(run: Run) -> str:
    """Return the same as JSON: verdicts, counter-examples as text, plantings by place and encoding, totals."""
    verdicts = [
        {
            "target": verdict.target,
            "law": verdict.law,
            "statement": verdict.statement,
            "examples": verdict.examples,
            "holds": verdict.broken is None,
            "breaks_at": [list(pair) for pair in verdict.pairs],
            "counter_example": None
            if verdict.broken is None
            else {
                "where": verdict.broken.where,
                "shown": verdict.broken.shown,
                "example": repr(verdict.broken.example),
            },
        }
        for verdict in run.verdicts
    ]
    plantings: dict[str, dict[str, int]] = {}
    for (place, encoding), count in run.plantings.items():
        plantings.setdefault(place, {})[encoding] = count
    value = {
        "holds": not run.broken,
        "seed": run.seed,
        "seconds": round(run.seconds, 3),
        "planted": sum(run.plantings.values()),
        "unplanted": [list(pair) for pair in run.unplanted],
        "verdicts": verdicts,
        "plantings": plantings,
    }
    return json.dumps(value, indent=2, ensure_ascii=False)


def _counter_example(broken: Broken, saved: str | None) -> RenderableType:
    lines: list[RenderableType] = [
        Text.from_markup(f"[bold red]{escape(broken.target)} breaks {broken.law}[/]: {escape(broken.statement)}"),
        Text(f"  {broken.where}\n"),
        *(Text(f"    {line}".rstrip()) for line in broken.shown.splitlines()),
        Text(""),
    ]
    lines += [Text(f"  again     pytest {saved}\n")] if saved else []
    return Group(*lines)


def _verdicts(run: Run) -> Table:
    table = Table(title="Laws", title_justify="left")
    for heading in ("target", "law", "examples", "verdict", "breaks at"):
        table.add_column(heading, justify="right" if heading == "examples" else "left", overflow="fold")
    for verdict in run.verdicts:
        holds = "[green]holds[/]" if verdict.broken is None else "[red]broken[/]"
        table.add_row(escape(verdict.target), verdict.law, f"{verdict.examples:,}", holds, escape(_pairs(verdict)))
    return table


def _pairs(verdict: Verdict) -> str:
    """Return where a law is broken, by encoding: how many places, or the place where it is one."""
    places: dict[str, list[str]] = {}
    for place, encoding in verdict.pairs:
        places.setdefault(encoding, []).append(place)
    told = [
        f"{encoding}: {found[0] if len(found) == 1 else f'{len(found)} places'}" for encoding, found in places.items()
    ]
    return "; ".join(told)


def _plantings(run: Run) -> Table:
    """Return how often a secret was planted: a row a place, a column an encoding, headed by its number."""
    encodings = list(dict.fromkeys(encoding for _, encoding in run.plantings))
    legend = ", ".join(f"{number} {encoding}" for number, encoding in enumerate(encodings, start=1))
    table = Table(title="Plantings", title_justify="left", caption=f"Encodings: {legend}", caption_justify="left")
    table.add_column("place", no_wrap=True)
    for number in range(1, len(encodings) + 1):
        table.add_column(str(number), justify="right", no_wrap=True)
    for place in dict.fromkeys(place for place, _ in run.plantings):
        counts = [run.plantings[place, encoding] for encoding in encodings]
        table.add_row(place, *(str(count) if count else "[bold red]0[/]" for count in counts))
    return table


def _totals(run: Run) -> list[str]:
    planted = sum(run.plantings.values())
    lines = []
    if planted:
        rate = planted / run.seconds
        lines.append(
            f"{planted:,} secrets planted in {len(run.plantings):,} places and encodings, {rate:,.0f} a second."
        )
        if run.unplanted:
            lines.append(f"{len(run.unplanted):,} places and encodings were not reached: raise --plants or --time.")
    held = sum(verdict.broken is None for verdict in run.verdicts)
    lines.append(f"{held} of {len(run.verdicts)} laws hold; {run.seconds:.1f} s, seed {run.seed}.")
    return lines
