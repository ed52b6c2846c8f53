"""The rules of the presets, in words: for a terminal, and as the page of the reference."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from conformance.cassette import ENTRIES, PRESET_NOTES, BlankBody, DropHeaders, KeepHeaders, Scrubber, stand_in_of
from conformance.errors import UsageError, nearest_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.cassette import Rule

COLUMNS = ("rule", "sort", "removes", "why", "stand-in", "elsewhere")
SHOWN = 4  # of the columns, on a terminal
INTRODUCTION = """\
# Presets

<!-- Generated: `conformance presets --markdown > docs/reference/presets.md`. -->

A preset is a set of scrub rules that is ready-made: what is known of one service and its clients. `fixtures.toml` names
those that a backend needs, as in `scrub = {{ presets = ["aws", "oauth"] }}`. `generic` is always one of them, named or
not; `scrub.generic = false` turns it off. `conformance presets NAME` shows one on the terminal.

A redactor removes a secret. A normalizer settles what differs from one run to the next. Each rule has a test in it,
made of what it declares, which `conformance audit` runs.

## Order

{order}

## What stands for what

{stand_ins}

That is *by form* in the column *stand-in*; elsewhere the column has what is put there, or says that the header or
parameter is dropped, that digits and letters become zeros in place, or that values are numbered: each has a stand-in of
its own shape, by order of first appearance.

## What is learned

What a redactor found at its place, or by its name or form, is looked for elsewhere too, in every form that a declared
value is: for the rest of the *recording*, or, where it is made anew for each request, in the same *interaction* alone.
What is shorter than eight characters, has fewer than five different ones or is a plain word is not looked for: it could
stand anywhere by chance. The column *elsewhere* has a dash where nothing is.
"""


def render_presets_table(name: str | None = None) -> Table:
    """Return a table for a terminal: of one preset, or of all.

    Raises:
        UsageError: There is no such preset; the message has the nearest one.
    """
    if name is not None and name not in ENTRIES:
        near = nearest_word(name, ENTRIES)
        cure = f'Did you mean "{near}"?' if near else f"There are {', '.join(ENTRIES)}."
        raise UsageError(f"{name!r} is no preset.", cure, slug="unknown-preset")
    table = Table(*COLUMNS[:SHOWN], title_justify="left")
    table.columns[0].no_wrap = True
    for preset in [name] if name else ENTRIES:
        table.add_section()
        for cells in _rows(preset):
            table.add_row(*(escape(cell) for cell in cells[:SHOWN]))
    return table


def render_presets_markdown() -> str:
    """Return the whole page of the reference; what it says of order and stand-ins is what the code says."""
    order = _paragraphs(sys.modules[Scrubber.__module__])
    lines = [INTRODUCTION.format(order=order, stand_ins=_paragraphs(stand_in_of))]
    for preset in ENTRIES:
        lines += [f"## {preset}", "", PRESET_NOTES[preset], ""]
        lines += [_line(COLUMNS), _line(["---"] * len(COLUMNS))]
        lines += [_line([f"`{rule}`", *cells]) for rule, *cells in _rows(preset)]
        lines.append("")
    return "\n".join(lines)


def _rows(preset: str) -> Iterator[tuple[str, ...]]:
    for entry in ENTRIES[preset]:
        sort = str(getattr(entry.rule, "sort", "redactor"))
        yield entry.rule.name, sort, entry.removes, entry.why, _stand_in(entry.rule), _elsewhere(entry.rule)


def _stand_in(rule: Rule) -> str:
    """Return what stands for what a rule found."""
    if isinstance(rule, (DropHeaders, KeepHeaders)) or getattr(rule, "is_dropped", False):
        return "dropped"
    if isinstance(rule, BlankBody):
        return "zeros in place"
    if getattr(rule, "is_numbered", False):
        return "numbered"
    stand_in = getattr(rule, "stand_in", None)
    return f"`{stand_in}`" if stand_in else "by form"


def _elsewhere(rule: Rule) -> str:
    """Return where else what a rule found is looked for."""
    if getattr(rule, "is_numbered", False):
        return "bodies of requests"
    is_learned = getattr(rule, "is_learned", getattr(rule, "secret", None) is not None or hasattr(rule, "words"))
    if not is_learned or getattr(rule, "sort", "") == "normalizer":
        return "-"
    return "recording" if getattr(rule, "is_lasting", True) else "interaction"


def _paragraphs(documented: object) -> str:
    """Return what a docstring says behind its first line, as Markdown."""
    return (inspect.getdoc(documented) or "").partition("\n\n")[2].replace("``", "`")


def _line(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
