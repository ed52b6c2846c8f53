"""Divergence reports as files."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from conformance.compare import DivergenceReport, load_reports, render_report_json, write_report
from conformance.errors import UsageError
from conformance.trace import Outcome
from tests.compare.reports import OUTCOMES, PROGRAMS, exploration, finding, findings, reports

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.contract import Finding

REPORT = DivergenceReport((exploration("a", "red", finding("a", actual=Outcome({"data": b""}))),))
TOLD = json.loads(render_report_json(REPORT))


def whole(value: object) -> object:
    """Return all of a value, with the fields of outcomes that are not compared."""
    if isinstance(value, Outcome):
        return [getattr(value, each.name) for each in fields(value)]
    if hasattr(value, "__dataclass_fields__"):
        return [whole(getattr(value, name)) for name in value.__dataclass_fields__]
    if isinstance(value, dict):
        return {name: whole(each) for name, each in value.items()}
    return [type(value), *map(whole, value)] if isinstance(value, (tuple, list)) else value


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reports(), findings("rich", OUTCOMES, PROGRAMS))
def test_a_report_comes_back_as_it_was_written(tmp_path: Path, report: DivergenceReport, found: Finding) -> None:
    report = DivergenceReport((*report.explorations, exploration("rich", "red", found)))
    path = tmp_path / "new" / "report.json"
    write_report(path, report)
    assert whole(load_reports([path])) == whole(report)


def test_files_of_several_fixtures_are_one_report(tmp_path: Path) -> None:
    for fixture in "ab":
        write_report(tmp_path / fixture, DivergenceReport((exploration(fixture, "red"),)))
    assert [each.fixture for each in load_reports([tmp_path / "a", tmp_path / "b"]).explorations] == ["a", "b"]


def refused(path: Path, text: str) -> str:
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        load_reports([path])
    assert caught.value.fault.path == path
    return str(caught.value)


def test_a_newer_report_is_refused(tmp_path: Path) -> None:
    told = refused(tmp_path / "r.json", json.dumps({**TOLD, "schema": 2, "more": []}))
    assert "r.json: is of schema 2; this version of conformance reads up to 1." in told


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "one"}', render_report_json(REPORT)[:-20]])
def test_what_is_no_report_is_refused(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path / "r.json", text).endswith("(bad-report)")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", "many"),
        ("findings", [{}]),
        ("curve", [[1]]),
        ("estimate_left", None),
        ("capabilities", [1]),
        ("unknown", 1),
    ],
)
def test_a_wrong_value_is_refused_with_its_key(tmp_path: Path, name: str, value: object) -> None:
    told = {"schema": 1, "explorations": [{**TOLD["explorations"][0], name: value}]}
    assert f"explorations.0.{name}" in refused(tmp_path / "r.json", json.dumps(told))


@pytest.mark.parametrize("value", [{"$bytes": "?"}, {"$ref": ["1", "x"]}, {"$chosen": "x", "more": 1}, {"$map": []}])
def test_a_value_of_no_form_is_refused(tmp_path: Path, value: object) -> None:
    told = json.dumps(TOLD).replace('{"$bytes": ""}', json.dumps(value))
    assert "findings.0.actual.value" in refused(tmp_path / "r.json", told)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot be read: No such file"):
        load_reports([tmp_path / "none.json"])


def test_a_finding_keeps_what_is_not_compared(tmp_path: Path) -> None:
    found = replace(REPORT.findings[0], actual=Outcome(error="leaked", status=500, code="E.F", detail="no \ud800"))
    write_report(tmp_path / "r", DivergenceReport((exploration("a", "red", found),)))
    actual = load_reports([tmp_path / "r"]).findings[0].actual
    assert (actual.status, actual.code, actual.detail) == (500, "E.F", "no \ud800")
