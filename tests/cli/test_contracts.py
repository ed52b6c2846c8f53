"""contracts: what is built in, in a terminal and as a page of the reference."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.cli._main import conformance
from conformance.contract import BUILT_IN, Contract
from conformance.contract.file_system import FILE_SYSTEM
from conformance.contract.object_store import OBJECT_STORE

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "contracts.md"
EVERY = (FILE_SYSTEM, OBJECT_STORE)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(conformance, ["contracts", *arguments], env={"COLUMNS": "200"})
    if result.exception is not None:
        raise result.exception
    return result.output


def test_the_page_of_the_reference_is_what_the_code_says() -> None:
    assert run("--markdown") == PAGE.read_text("utf-8")


def test_every_built_in_contract_is_shown_with_its_operations() -> None:
    words = set(run().replace("│", " ").split())
    assert {each.name for each in EVERY} == BUILT_IN.keys()
    assert words >= {operation for each in EVERY for operation in each.operations}


@pytest.mark.parametrize("contract", EVERY, ids=lambda each: each.name)
def test_every_word_of_a_contract_is_on_its_section_of_the_page(contract: Contract) -> None:
    section = run("--markdown").partition(f"\n## {contract.id}\n")[2].partition("\n## ")[0]
    rows = [row.split(" | ") for row in section.splitlines() if row.startswith("| `")]
    assert [row[0].strip("| `") for row in rows] == list(contract.operations)
    assert all(row[3].strip(" |") for row in rows)
    words = set(section.replace("`", " ").replace(",", " ").replace(".", " ").split())
    assert words >= contract.errors | contract.capabilities
