"""The page about leaks says what a run finds, and nothing that it does not find."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from conformance.cassette import Asleep, ReplaceValue, Scrubber
from conformance.fixtures import rules_of
from conformance.laws import NAMED_PLACES, Broken, ScrubberTarget, find_leaks, holds, stored
from conformance.registry import load_registry
from examples.leaks import page
from examples.leaks.reasons import REASONS

if TYPE_CHECKING:
    from pathlib import Path

SHORTEST = 8, 12


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, tuple[str, ...]]]:
    return page.cells()


@pytest.fixture(scope="module")
def leaks(found: dict[str, dict[str, tuple[str, ...]]]) -> list[page.Leak]:
    return page.leaks(found)


def test_the_page_is_what_the_run_renders(
    found: dict[str, dict[str, tuple[str, ...]]], leaks: list[page.Leak], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "cells", lambda: found)
    monkeypatch.setattr(page, "leaks", lambda _found: leaks)
    assert page.render() == page.PAGE.read_text(encoding="utf-8")


def test_every_finding_has_a_reason_and_every_reason_a_finding(leaks: list[page.Leak]) -> None:
    named = {(tool, topic) for tool, reasons in REASONS.items() for topic in reasons}
    assert {(leak.tool, leak.topic) for leak in leaks} == named


def test_every_example_is_one_planting_of_the_shortest_secret_and_is_read_by_the_oracle(leaks: list[page.Leak]) -> None:
    for leak in leaks:
        example = leak.broken.example
        assert leak.broken.law == page.LAW
        assert len(example.pairs) == 1
        assert len(example.secret.text) in SHORTEST
        assert len(example.interactions()) == 1
        assert find_leaks(example.secret, stored(example.interactions())) != []


def test_every_recipe_that_is_named_leaks_by_the_same_example(leaks: list[page.Leak]) -> None:
    for leak in leaks:
        for recipe in leak.recipes:
            with pytest.raises(AssertionError, match=page.LAW):
                holds(page.LAW, f"examples.leaks.{leak.tool}:{recipe}", leak.broken.example)


def test_the_rules_beside_an_example_keep_it_out(leaks: list[page.Leak]) -> None:
    open_here: list[Broken] = []
    for leak in leaks:
        try:
            holds(page.LAW, ScrubberTarget(leak.fixture, partial(here, leak.fixture)), leak.broken.example)
        except AssertionError:
            open_here.append(leak.broken)
    assert open_here == []


def here(fixture: str, secret: str) -> Scrubber:
    """Return the rules of a fixture; a value that it declares is the secret, and none is declared where it does not."""
    registry = load_registry(page.REGISTRY)
    rules = rules_of(registry.fixture(fixture), registry=registry, is_live=False)
    return Scrubber(
        [ReplaceValue(rule.name, secret, rule.stand_in) if isinstance(rule, Asleep) else rule for rule in rules]
    )


def test_options_that_go_by_a_name_leak_alike_in_every_encoding(found: dict[str, dict[str, tuple[str, ...]]]) -> None:
    by_name = [families for places in found.values() for place, families in places.items() if place in NAMED_PLACES]
    assert set(by_name) == {(), page.FAMILIES}


def test_the_command_on_the_page_finds_a_leak(tmp_path: Path) -> None:
    command = next(line for line in page.PAGE.read_text("utf-8").splitlines() if line.startswith("$ conformance fuzz"))
    words = [*command.split()[2:], "--save", str(tmp_path)]
    ran = subprocess.run(
        [sys.executable, "-c", "from conformance.cli import main; main()", *words],
        cwd=page.ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 1, ran.stderr
    assert "breaks leaks-nothing" in ran.stdout
    assert len(list(tmp_path.iterdir())) == 1
