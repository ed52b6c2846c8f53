"""What diverges, where, and what is new since another report."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.compare import DivergenceReport, ReportDifference, diff_reports
from conformance.contract import Side, Verdict
from conformance.errors import UsageError
from conformance.trace import Outcome
from tests.compare.reports import VARIATION, exploration, finding, reports

EMPTY = Outcome({"data": b""})
GONE = Outcome(error="not_found", status=404)


@given(reports())
def test_a_report_does_not_differ_from_itself(report: DivergenceReport) -> None:
    assert diff_reports(report, report) == ReportDifference()


@given(reports(), st.data())
def test_a_finding_that_is_taken_out_of_a_report_is_new_in_it(report: DivergenceReport, data: st.DataObject) -> None:
    if not report.findings:
        return
    planted = data.draw(st.sampled_from(report.findings))
    without = tuple(
        replace(each, findings=tuple(found for found in each.findings if found is not planted))
        for each in report.explorations
    )
    difference = diff_reports(DivergenceReport(without), report)
    assert difference.new == (planted,)
    gone = diff_reports(report, DivergenceReport(without))
    assert gone.new == ()
    assert gone.fixed + gone.unseen == (planted,)


@given(reports())
def test_every_finding_is_in_the_row_of_its_group_with_its_verdict(report: DivergenceReport) -> None:
    cells = {(row.contract, row.group, fixture): cell for row in report.rows for fixture, cell in row.cells.items()}
    for found in report.findings:
        assert cells[found.contract, found.group, found.fixture] is report.verdict_of(found)
    assert len(report.rows) == len({(found.contract, found.group) for found in report.findings})


def test_subjects_of_two_services_that_agree_against_the_model_make_it_suspect() -> None:
    found = [finding(name, actual=EMPTY) for name in ("a", "b", "c")]
    alone = DivergenceReport((exploration("a", "red", found[0]), exploration("b", "red", found[1])))
    assert [alone.verdict_of(each) for each in alone.findings] == [Verdict.DIVERGES] * 2
    both = DivergenceReport((*alone.explorations, exploration("c", "blue", found[2])))
    assert [both.verdict_of(each) for each in both.findings] == [Verdict.MODEL_SUSPECT] * 3
    assert both.rows[0].services == ("blue", "red")
    flaky = replace(found[2], verdict=Verdict.FLAKY)
    other = DivergenceReport((*alone.explorations, exploration("c", "blue", flaky)))
    assert [other.verdict_of(each) for each in other.findings] == [*[Verdict.DIVERGES] * 2, Verdict.FLAKY]


def test_a_cell_without_a_finding_says_whether_the_behaviour_was_seen_or_is_not_offered() -> None:
    refused = "get/here -> not_offered"
    report = DivergenceReport(
        (
            exploration("found", "red", finding("found", actual=EMPTY)),
            exploration("agrees", "blue"),
            replace(exploration("lacks", "green", seen=refused), not_offered=frozenset({"get/here"})),
            replace(exploration("lacks_all", "green", seen=refused), not_offered=frozenset({"get"})),
            exploration("never", "green", seen="put -> ok"),
        )
    )
    assert report.rows[0].cells == {
        "found": Verdict.DIVERGES,
        "agrees": Verdict.OK,
        "lacks": Verdict.NOT_OFFERED,
        "lacks_all": Verdict.NOT_OFFERED,
        "never": None,
    }


def test_clients_of_one_service_that_make_different_things_of_one_program_are_told() -> None:
    one = finding("a", actual=EMPTY, elsewhere={"b": GONE, "c": EMPTY, "of_another_service": GONE, "unknown": GONE})
    report = DivergenceReport(
        (
            exploration("a", "red", one),
            *(exploration(fixture, "red") for fixture in "bc"),
            exploration("of_another_service", "blue"),
        )
    )
    assert [(each.what, each.there.fixture, each.outcome) for each in report.between_clients] == [
        (one.group, "b", GONE)
    ]


def test_findings_of_one_program_with_two_clients_are_held_against_each_other() -> None:
    one, other = finding("a", actual=EMPTY), replace(finding("b", actual=GONE), group="get/here: not_found")
    report = DivergenceReport((exploration("a", "red", one), exploration("b", "red", other)))
    assert {(each.here.fixture, each.there.fixture) for each in report.between_clients} == {("a", "b"), ("b", "a")}
    assert [each.here.service for each in report.between_clients] == ["red", "red"]


def test_one_client_that_makes_different_things_of_one_program_on_two_services_is_told() -> None:
    one = finding("a", actual=EMPTY, elsewhere={"same": EMPTY, "other": GONE, "unknown_client": GONE})
    driven = replace(exploration("a", "red", one), driver="box:driver")
    sides = tuple(Side(name, "blue", "box:driver") for name in ("same", "other"))
    report = DivergenceReport((replace(driven, beside=(*sides, Side("unknown_client", "blue", ""))),))
    told = [(each.what, each.here.fixture, each.actual, each.there, each.outcome) for each in report.between_services]
    assert told == [(one.group, "a", EMPTY, sides[1], GONE)]
    assert report.between_clients == ()


def test_what_is_allowed_and_comes_out_differently_is_told_beside_what_diverges() -> None:
    varied = replace(exploration("a", "red"), driver="box:driver", variations=(VARIATION,))
    for there, is_service in ((Side("three", "blue", "box:driver"), True), (Side("three", "red", "box:other"), False)):
        report = DivergenceReport((replace(varied, beside=(there,)),))
        (told,) = report.between_services if is_service else report.between_clients
        assert (told.what, told.program, told.outcome) == (VARIATION.signature, VARIATION.program, VARIATION.outcome)
        assert not (report.between_clients if is_service else report.between_services)
        assert not report.diverges


def test_a_divergence_that_is_gone_is_fixed_only_where_its_behaviour_was_seen() -> None:
    found = finding("a", actual=EMPTY)
    old = DivergenceReport((exploration("a", "red", found),))
    assert diff_reports(old, DivergenceReport((exploration("a", "red"),))) == ReportDifference(fixed=(found,))
    unseen = DivergenceReport((exploration("a", "red", seen="put -> ok"),))
    assert diff_reports(old, unseen) == ReportDifference(unseen=(found,))
    assert diff_reports(old, DivergenceReport(())) == ReportDifference()


def test_a_finding_with_another_outcome_or_verdict_is_changed_and_one_with_another_program_is_not() -> None:
    found = finding("a", actual=EMPTY)
    old = DivergenceReport((exploration("a", "red", found),))
    for changed in (replace(found, actual=GONE), replace(found, verdict=Verdict.FLAKY)):
        new = DivergenceReport((exploration("a", "red", changed),))
        assert diff_reports(old, new) == ReportDifference(changed=((found, changed),))
    same = replace(found, hits=99, reproduced=0, program=replace(found.program, steps=found.program.steps * 2))
    assert diff_reports(old, DivergenceReport((exploration("a", "red", same),))) == ReportDifference()


def test_two_explorations_of_one_fixture_are_refused() -> None:
    with pytest.raises(UsageError, match="^a is explored twice with box@1"):
        DivergenceReport((exploration("a", "red"), exploration("a", "blue")))
