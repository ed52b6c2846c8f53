"""Reports of divergences for people."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, RenderableType

from conformance.compare import DivergenceReport, ReportDifference, diff_reports
from conformance.contract import Expected, Verdict
from conformance.report import render_divergences, render_findings, render_report_difference
from conformance.report._divergences import BARS, sparkline
from conformance.trace import Chosen, Outcome, Program, Ref, Step
from tests.compare.reports import CONTRACT, exploration, finding, reports

EMPTY = Outcome({"data": b""})
GONE = Outcome(error="not_found", status=404, code="Gone", detail="two\nlines")
CURVES = st.lists(st.tuples(st.integers(1, 50), st.integers(0, 9)), max_size=20).map(
    lambda grown: [
        (way, count) for way, count in accumulate(grown, lambda one, more: (one[0] + more[0], one[1] + more[1]))
    ]
)


def printed(found: RenderableType, *, width: int = 200) -> str:
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(found, soft_wrap=True)
    return capture.get()


def of(text: str, *, after: str) -> list[str]:
    """Return the cells of the first row of a table that begins with something."""
    line = next(line for line in text.split("\n") if line.startswith(f"│ {after}"))
    return [cell.strip() for cell in line.strip("│").split("│")]


@given(reports())
def test_every_finding_is_shown_in_full_and_no_text_breaks_a_line(report: DivergenceReport) -> None:
    lines = printed(render_findings(report, report.findings), width=100_000).split("\n")
    steps = sum(len(each.program.steps) for each in report.findings)
    expected = sum(len(each.expected) for each in report.findings)
    elsewhere = sum(len(each.elsewhere) for each in report.findings)
    assert len(lines) == steps + expected + elsewhere + 6 * len(report.findings) + 1


@given(CURVES)
def test_a_sparkline_grows_to_its_highest_bar(curve: list[tuple[int, int]]) -> None:
    line = sparkline(curve)
    assert line == "".join(sorted(line, key=BARS.index))
    if curve:
        assert len(line) == 24
        assert line[-1] == (BARS[-1] if curve[-1][1] else BARS[0])
    else:
        assert line == ""


def test_a_table_holds_behaviours_against_fixtures_in_words() -> None:
    one, flaky = finding("one", actual=EMPTY), replace(finding("three", actual=EMPTY), verdict=Verdict.FLAKY)
    report = DivergenceReport(
        (
            exploration("one", "red", one),
            exploration("two", "blue"),
            exploration("three", "green", flaky),
            replace(exploration("four", "grey", seen="put -> ok"), not_offered=frozenset({"get"})),
            exploration("five", "grey", seen="put -> ok"),
        )
    )
    text = printed(render_divergences(report))
    assert of(text, after="get/here") == [one.group, "diverges", "ok", "flaky", "not offered", "not seen"]
    assert of(text, after="one")[-1] == "1 diverges"
    assert of(text, after="three")[-1] == "1 flaky"
    assert of(text, after="two")[-1] == "none"


def test_that_nothing_diverges_is_said() -> None:
    assert printed(render_divergences(DivergenceReport((exploration("one", "red"),)))).startswith("Nothing diverges.\n")


def test_behaviours_without_a_trace_are_listed_and_with_coverage_all_are() -> None:
    seen = {"get -> ok": 3, "put -> ok": 1}
    half = replace(exploration("one", "red"), signatures=seen, covered={"get -> ok": "box/ab.toml"})
    text = printed(render_divergences(DivergenceReport((half,))))
    assert "one, box@1: 1 of 2 behaviours are shown by NO trace\n  UNCOVERED  put -> ok\n" in text
    assert "box/ab.toml" not in text
    text = printed(render_divergences(DivergenceReport((half,)), with_coverage=True))
    assert "  ok         get -> ok\n             box/ab.toml\n  UNCOVERED  put -> ok\n" in text
    whole = replace(half, covered=dict.fromkeys(seen, "box/ab.toml"))
    text = printed(render_divergences(DivergenceReport((whole,))))
    assert text.endswith("one, box@1: all 2 behaviours are shown by traces\n")


def test_two_clients_of_one_service_that_differ_are_told_with_the_program() -> None:
    one = finding("one", actual=EMPTY, elsewhere={"two": GONE})
    report = DivergenceReport((exploration("one", "red", one), exploration("two", "red")))
    assert (
        "client divergence on red: get/here: data empty\n    1. put(key='a', data=b'x')\n    2. get(key='a')\n"
        "    one: ok: data = b''\n    two: not_found (404 Gone): two\\nlines\n"
    ) in printed(render_divergences(report))


def test_a_finding_is_shown_with_steps_expectations_and_what_came() -> None:
    steps = (
        Step("put", {"key": "a" * 100, "data": b"x" * 5000}),
        Step("get", {"keys": ["b"], "etag": Ref(1, "etag"), "tags": {"a": 1}}),
    )
    found = replace(
        finding("one", actual=Outcome({"etag": Chosen("$1")}), elsewhere={"two": GONE}),
        program=Program(CONTRACT, steps),
        expected=(Expected(Outcome({})), Expected(Outcome(error="conflict"), "some do")),
        trace="box/ab.toml",
    )
    report = DivergenceReport((exploration("one", "red", found),))
    assert printed(render_findings(report, [found])).split("\n") == [
        "diverges  get/here: data empty",
        f"  one, box@1, program {found.program.id}",
        f"    1. put(key='{'a' * 60}'… (100 characters), data=b'{'x' * 60}'… (5.0 kB))",
        "  > 2. get(keys=['b'], etag=<etag of step 1>, tags={'a': 1})",
        "  expected  ok",
        "  or        conflict [some do]",
        "  got       ok: etag = <$1>",
        "  elsewhere two: not_found (404 Gone): two\\nlines",
        "  met 3 times, shown again 2 times in a fresh process",
        "  trace     box/ab.toml",
        "",
        "",
    ]


def test_what_is_new_is_told_first() -> None:
    found = finding("one", actual=EMPTY)
    other = replace(found, group="get/here: not_found instead of ok", actual=GONE)
    changed = replace(found, verdict=Verdict.FLAKY)
    old = DivergenceReport((exploration("one", "red", found),))
    new = DivergenceReport((exploration("one", "red", changed, other),))
    assert printed(render_report_difference(diff_reports(old, new))).split("\n") == [
        "new            one  get/here: not_found instead of ok",
        "changed        one  get/here: data empty",
        "1 new, 1 changed, 0 fixed, 0 not seen again",
        "",
    ]
    assert printed(render_report_difference(ReportDifference(fixed=(found,), unseen=(other,)))).split("\n")[:2] == [
        "fixed          one  get/here: data empty",
        "not seen again one  get/here: not_found instead of ok",
    ]
