"""presets: the rules that are ready-made, in a terminal and as a page of the reference."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.cassette import ENTRIES
from conformance.cli._main import conformance
from conformance.errors import UsageError

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "presets.md"


def run(*arguments: str) -> str:
    result = CliRunner().invoke(conformance, ["presets", *arguments], env={"COLUMNS": "200"})
    if result.exception is not None:
        raise result.exception
    return result.output


def test_the_page_of_the_reference_is_what_the_code_says() -> None:
    assert run("--markdown") == PAGE.read_text("utf-8")


@pytest.mark.parametrize("name", ENTRIES)
def test_a_preset_is_shown_with_each_of_its_rules_and_no_other(name: str) -> None:
    shown = run(name)
    every = {entry.rule.name for entries in ENTRIES.values() for entry in entries}
    own = {entry.rule.name for entry in ENTRIES[name]}
    words = set(shown.replace("│", " ").split())
    assert every & words == own


def test_without_a_name_all_presets_are_shown() -> None:
    words = set(run().replace("│", " ").split())
    assert words >= {entry.rule.name for entries in ENTRIES.values() for entry in entries}


def test_every_rule_is_explained_once_for_each_of_its_presets() -> None:
    page = run("--markdown")
    for name, entries in ENTRIES.items():
        rows = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0].splitlines()
        table = [row for row in rows if row.startswith("| `")]
        assert [row.split("`")[1] for row in table] == [entry.rule.name for entry in entries]
        assert all(row.count(" | ") == 5 and not row.endswith("|  |") for row in table)


@pytest.mark.parametrize(("name", "cure"), [("azur", 'Did you mean "azure"?'), ("q", "There are generic, ")])
def test_a_preset_that_there_is_not_is_an_error_with_the_nearest(name: str, cure: str) -> None:
    with pytest.raises(UsageError, match="is no preset") as caught:
        run(name)
    assert cure in str(caught.value)
