"""The built-in contracts, in words: for a terminal, and as the page of the reference."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from rich.console import Group
from rich.markup import escape
from rich.table import Table

from conformance.contract import BUILT_IN, contract_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from conformance.contract import Contract, Operation

COLUMNS = ("operation", "arguments", "needs", "what it does")
INTRODUCTION = """\
# Contracts

<!-- Generated: `conformance contracts --markdown > docs/reference/contracts.md`. -->

A contract is the operations that every subject of a sort offers, with a model that says what may come of each. A driver
has a method for each operation, with these arguments by name; one that is missing is *not offered*. `[argument]` may be
left out. A capability behind an argument, or under *needs*, is one that a fixture declares where its subject offers it:
what lacks it is not asked for. A property is a capability that no argument needs: without it the model allows something
else. How to write your own: [write a contract](../how-to/write-a-contract.md); what ships
for these two: [drivers](drivers.md).
"""


def render_contracts() -> RenderableType:
    """Return a table a contract, for a terminal."""
    return Group(*(_table(each) for each in _contracts()))


def render_contracts_markdown() -> str:
    """Return the whole page of the reference."""
    return "\n".join([INTRODUCTION, *(line for each in _contracts() for line in _section(each))])


def _contracts() -> Iterator[Contract]:
    for name in sorted(BUILT_IN):
        found = contract_of(name, import_reference=str)
        if found is not None:
            yield found


def _table(contract: Contract) -> Table:
    table = Table(*COLUMNS, title=escape(f"{contract.id}: {_first(contract.definition)}"), title_justify="left")
    for each in contract.operations.values():
        table.add_row(*(escape(cell) for cell in _cells(each)))
    return table


def _section(contract: Contract) -> Iterator[str]:
    yield from (f"## {contract.id}", "", _first(contract.definition), "")
    yield from (_line(COLUMNS), _line(["---"] * len(COLUMNS)))
    for each in contract.operations.values():
        name, arguments, needs, does = _cells(each)
        yield _line([f"`{name}`", f"`{arguments}`" if arguments else "", needs, does.replace("``", "`")])
    yield ""
    for title, words in (("Errors", contract.errors), ("Properties", contract.capabilities - _needed(contract))):
        if words:
            yield from (f"{title}: {', '.join(f'`{word}`' for word in sorted(words))}.", "")


def _needed(contract: Contract) -> set[str]:
    return {word for each in contract.operations.values() for word in (*each.needs, *each.needs_for.values())}


def _cells(operation: Operation) -> tuple[str, ...]:
    """Return the name, the arguments with the capability that one needs, the capabilities, and the first sentence."""
    told = []
    for name, parameter in list(inspect.signature(operation.model).parameters.items())[2:]:
        text = name if parameter.default is parameter.empty else f"[{name}]"
        told.append(f"{text}: {operation.needs_for[name]}" if name in operation.needs_for else text)
    return operation.name, ", ".join(told), ", ".join(sorted(operation.needs)), _first(operation.model)


def _first(documented: object) -> str:
    return (inspect.getdoc(documented) or "").partition("\n\n")[0].replace("\n", " ")


def _line(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
