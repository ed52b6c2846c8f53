"""The reference page tells of every law and every change."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.laws import CHANGES, MATCHER_LAWS, SCRUBBER_LAWS

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "laws.md").read_text("utf-8")


@pytest.mark.parametrize("name", [law.name for law in SCRUBBER_LAWS] + [law.name for law in MATCHER_LAWS])
def test_the_page_has_a_line_for_a_law(name: str) -> None:
    assert f"\n| `{name}` | " in PAGE


@pytest.mark.parametrize("name", CHANGES)
def test_the_page_names_a_change(name: str) -> None:
    assert f"`{name}`" in PAGE or f"`{name}:NAME`" in PAGE


@pytest.mark.parametrize("law", SCRUBBER_LAWS, ids=lambda law: law.name)
def test_the_page_says_what_a_law_of_scrubbers_says(law: object) -> None:
    statement = str(getattr(law, "statement", "")).rstrip(".").partition(",")[0]
    assert f"| {statement}" in PAGE
