"""report."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from conformance.cli._main import conformance
from conformance.compare import DivergenceReport, load_reports, write_report
from conformance.contract import Verdict
from conformance.errors import ConformanceError, UsageError
from conformance.trace import Outcome
from tests.compare.reports import exploration, finding

if TYPE_CHECKING:
    from pathlib import Path

FOUND = finding("one", actual=Outcome({"data": b""}))
DIVERGING = DivergenceReport((exploration("one", "red", FOUND),))
HEALTHY = DivergenceReport((exploration("two", "blue"),))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, report in (("one", DIVERGING), ("two", HEALTHY)):
        write_report(tmp_path / ".conformance" / "reports" / f"{name}.json", report)
    return tmp_path


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(conformance, ["report", *map(str, arguments)], env={"COLUMNS": "200"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def refused(*arguments: object) -> ConformanceError:
    result = CliRunner().invoke(conformance, ["report", *map(str, arguments)])
    assert isinstance(result.exception, UsageError)
    return result.exception


def test_the_reports_beside_the_registry_are_read_as_one(project: Path) -> None:
    code, output = run("--registry", project / "fixtures.toml")
    assert code == 1
    assert "2 explorations" in output
    assert [line for line in output.split("\n") if "get/here: data empty" in line and "diverges" in line]


def test_the_exit_code_says_whether_anything_diverges(project: Path) -> None:
    reports = project / ".conformance" / "reports"
    assert run(reports / "one.json")[0] == 1
    assert run(reports / "two.json")[0] == 0
    write_report(
        project / "e.json",
        DivergenceReport((exploration("one", "red", replace(FOUND, verdict=Verdict.ENVIRONMENT)),)),
    )
    assert run(project / "e.json")[0] == 0


def test_with_diff_the_exit_code_says_whether_a_finding_is_new(project: Path) -> None:
    one, two = (project / ".conformance" / "reports" / f"{name}.json" for name in ("one", "two"))
    assert run(one, "--diff", two) == (
        1,
        "new            one  get/here: data empty\n1 new, 0 changed, 0 fixed, 0 not seen again\n",
    )
    assert run(one, two, "--diff", one) == (0, "0 new, 0 changed, 0 fixed, 0 not seen again\n")


def test_groups_are_shown_in_full_by_a_part_of_their_name(project: Path) -> None:
    code, output = run("--registry", project / "fixtures.toml", "--show", "data emp")
    assert code == 1
    assert output.startswith("diverges  get/here: data empty\n")
    assert "explorations" not in output
    error = refused("--registry", project / "fixtures.toml", "--show", "get/her: data emty")
    assert error.fault.slug == "no-group"
    assert 'Did you mean "get/here: data empty"?' in str(error)
    assert "Leave --show out" in str(refused("--registry", project / "fixtures.toml", "--show", "zzz"))


def test_several_reports_are_written_as_one(project: Path) -> None:
    run("--registry", project / "fixtures.toml", "--json", project / "all.json")
    assert load_reports([project / "all.json"]) == DivergenceReport((*DIVERGING.explorations, *HEALTHY.explorations))


def test_coverage_lists_behaviours_with_their_traces(project: Path) -> None:
    covered = replace(HEALTHY.explorations[0], covered={"get/here -> ok (data some)": "box/ab.toml"})
    write_report(project / "c.json", DivergenceReport((covered,)))
    assert "box/ab.toml" in run(project / "c.json", "--coverage")[1]
    assert "box/ab.toml" not in run(project / "c.json")[1]


def test_without_any_report_it_says_how_to_make_one(tmp_path: Path) -> None:
    error = refused("--registry", tmp_path / "fixtures.toml")
    assert error.fault.slug == "no-file"
    assert "conformance generate" in str(error)
