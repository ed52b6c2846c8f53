"""The file of a guard: changed where its state changes, with every comment and the order of a hand-edited one kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tomlkit

from conformance.errors import TraceError, UsageError
from conformance.trace import parse_trace, render_trace

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.trace import Trace


def render_settled(text: str, guard: Trace, *, path: Path) -> str:
    """Return the text of a guard's file with the state and what is observed of another guard of the same program.

    What does not change keeps its form. A comment within a table that goes, goes with it; one that stands after it
    stays.

    Args:
        text: The file as it is.
        guard: What it is to say.
        path: Where the file is, for messages.

    Raises:
        UsageError: The file is written in a way that this cannot change.
    """
    fresh: Any = tomlkit.parse(render_trace(guard))
    document: Any = tomlkit.parse(text)
    document["bug"]["state"] = fresh["bug"]["state"]
    was, now = parse_trace(text, path=path).observed, guard.observed
    left = "".join(_after(document["observed"].pop(family)) for family in was.keys() - now.keys())
    for family, steps in now.items():
        if family not in was:
            document.setdefault("observed", tomlkit.table(is_super_table=True))
            document["observed"][family] = fresh["observed"][family]
            continue
        for number in was[family].keys() - steps.keys():
            del document["observed"][family]["step"][str(number)]  # looked up anew: tomlkit's view of dotted keys ages
        for number in steps:
            if was[family].get(number) != steps[number]:
                document["observed"][family]["step"][str(number)] = fresh["observed"][family]["step"][str(number)]
    if was and not now:
        left += _after(document.pop("observed"))
    document["bug"].trivia.indent = left + document["bug"].trivia.indent
    changed = tomlkit.dumps(document)
    try:
        is_right = parse_trace(changed, path=path) == guard
    except TraceError:
        is_right = False
    if not is_right:
        cure = "Change its [bug] state and [observed] by hand, as `conformance guards` shows them."
        raise UsageError(
            "This file is written in a way that cannot be changed here.", cure, slug="fixed-form", path=path
        )
    return changed


def _after(table: Any) -> str:
    """Return the comments that stand after the last value of a table that goes."""
    lines = table.as_string().splitlines(keepends=True)
    end = next((at for at in range(len(lines), 0, -1) if not _is_idle(lines[at - 1])), 0)
    return "".join(line for line in lines[end:] if line.strip())


def _is_idle(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")
