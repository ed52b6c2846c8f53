"""Guards in a run of pytest: strict both ways, each shown to fail under its mutants, and made of what failed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from conformance.cli._main import conformance
from tests.cli.guarded import record, write_project

if TYPE_CHECKING:
    from collections.abc import Iterator

GUARD = "traces/guards/BUG-1.toml"
EDIT = ("--edit", "3: status=404")
SLASH = ("--from", "traces/slash.toml")


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.Pytester]:
    """The project, as pytest's own."""
    write_project(pytester.path)
    pytester.makeini("[pytest]\npythonpath = .\naddopts = -p no:cacheprovider -p no:hypothesispytest\n")
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield pytester
    sys.modules.pop("guarded_box", None)


def guard(*arguments: str) -> None:
    result = CliRunner().invoke(conformance, ["guard", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output


def outcomes(project: pytest.Pytester, *arguments: str) -> dict[str, str]:
    """Return by item how it ended."""
    found = project.inline_run("-n0", *arguments)
    told = {report.nodeid: report.outcome for report in found.getreports("pytest_runtest_logreport") if report.when == "call" or report.outcome == "skipped"}  # fmt: skip  # noqa: E501
    return {nodeid.rpartition("::")[2]: outcome for nodeid, outcome in told.items()}


def test_an_open_guard_passes_while_the_bug_shows_and_its_mutants_turn_it_red(project: pytest.Pytester) -> None:
    guard("BUG-1", *SLASH, "--mutant", "guarded_box:upper_case", *EDIT, "--mutant", "guarded_box:harmless")
    record(project.path)
    assert outcomes(project, GUARD) == {
        "box_good": "passed",
        "box_bad": "passed",
        "box_replay": "passed",
        **{f"{name}[mutant 1]": "passed" for name in ("box_good", "box_bad", "box_replay")},
        "box_replay[mutant 3]": "passed",
        **{f"{name}[mutant 2]": "failed" for name in ("box_good", "box_bad", "box_replay")},
    }
    told = project.runpytest_inprocess("-n0", f"{GUARD}::box_bad[mutant 2]")
    told.stdout.fnmatch_lines(["*mutant 2 on box_bad: green: it passes under the mutant.", "*(cannot-fail)"])


@pytest.mark.parametrize("asks_first", [True, False])
def test_a_mutant_is_skipped_where_nothing_is_recorded(project: pytest.Pytester, *, asks_first: bool) -> None:
    module = project.path / "guarded_box.py"
    if not asks_first:
        module.write_text(module.read_text().replace('HttpBox(netloc).put("ready", b"1")', "pass"))
    guard("BUG-1", *SLASH, *EDIT, "--mutant", "guarded_box:upper_case")
    assert outcomes(project, GUARD, "--fixture=box_replay") == {
        "box_replay": "skipped", "box_replay[mutant 1]": "skipped", "box_replay[mutant 2]": "skipped",
    }  # fmt: skip


def test_a_mutant_is_skipped_where_it_changes_nothing(project: pytest.Pytester) -> None:
    guard("BUG-1", *SLASH, *EDIT, "--edit", "9: status=404")
    record(project.path)
    assert outcomes(project, GUARD, "--fixture=box_replay") == {
        "box_replay": "passed", "box_replay[mutant 1]": "passed", "box_replay[mutant 2]": "skipped",
    }  # fmt: skip


def test_a_mutant_that_is_not_there_fails_its_item_alone(project: pytest.Pytester) -> None:
    guard("BUG-1", *SLASH, "--mutant", "guarded_box:no_such")
    found = outcomes(project, GUARD, "--fixture=box_bad")
    assert found == {"box_bad": "passed", "box_bad[mutant 1]": "failed"}


def test_a_bug_that_is_gone_and_one_that_is_back_fail_with_the_command_that_says_so(project: pytest.Pytester) -> None:
    guard("BUG-1", *SLASH, "--title", "lost")
    text = Path("guarded_box.py").read_text()
    Path("guarded_box.py").write_text(text.replace("yield Box(True)", "yield Box(False)"))
    told = project.runpytest_inprocess("-n0", f"{GUARD}::box_bad")
    told.stdout.fnmatch_lines(["*BUG-1 looks fixed on box_bad: lost", "*run `conformance guard BUG-1 --fixed`*"])
    guard("BUG-1", "--fixed")
    assert outcomes(project, GUARD, "--fixture=box_bad") == {"box_bad": "passed"}
    Path("guarded_box.py").write_text(text)
    told = project.runpytest_inprocess("-n0", f"{GUARD}::box_bad")
    told.stdout.fnmatch_lines(["*BUG-1 is back on box_bad: lost", '*got * data = { bytes = "" }*'])
    guard("BUG-1", "--open", "--from-failure")
    assert outcomes(project, GUARD, "--fixture=box_bad") == {"box_bad": "passed"}


def test_what_failed_in_the_last_run_becomes_a_guard_and_is_forgotten_by_the_next(project: pytest.Pytester) -> None:
    slash = Path("traces/slash.toml")
    slash.write_text(slash.read_text().partition("\n[observed")[0] + "\n")
    assert outcomes(project, "traces") == {"box_good": "passed", "box_bad": "failed", "box_replay": "skipped"}
    guard("BUG-2", "--from-failure", "--title", "lost")
    assert outcomes(project, "traces/guards", "--collect-only") == {}
    guard("BUG-3", "--from-failure", "traces/slash.toml::box_bad", "--title", "lost")
    found = outcomes(project, "traces/guards", "--fixture=box_bad")
    assert found == {"box_bad": "passed"}
    result = CliRunner().invoke(conformance, ["guard", "BUG-4", "--from-failure"])
    assert "(no-failure)" in str(result.exception)
