"""How what differs between runs is told."""

from __future__ import annotations

import io
import json

import tomli
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from conformance.cassette import Interaction, Request, Response
from conformance.compare import Volatility, find_volatility, propose
from conformance.registry import MatchSpec
from conformance.report import render_normalizers, render_volatility, render_volatility_json

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def learn(*runs: list[Interaction]) -> Volatility:
    return find_volatility([{"test.yaml": run} for run in runs])


def asked(value: str, *, answer: str = "", status: int = 200) -> Interaction:
    return Interaction(Request("GET", "http://box.test/", (("X-Id", value),)), Response(status, body=answer.encode()))


def table_of(found: Volatility) -> str:
    told = io.StringIO()
    Console(width=160, file=told).print(render_volatility(found, propose(found, prefix="box")))
    return told.getvalue()


@given(ANY, ANY, ANY, ANY)
def test_whatever_is_recorded_the_rules_are_toml_and_the_table_is_text(
    name: str, one: str, other: str, between: str
) -> None:
    def run(value: str) -> list[Interaction]:
        body = f"{between}: {value}\nend".encode()
        form = Request(
            "PUT", "http://box.test/", (("Content-Type", "application/json"),), json.dumps({name: value}).encode()
        )
        return [
            Interaction(Request("GET", "http://box.test/", ((name, value),), body), Response(200)),
            Interaction(form, Response(200)),
        ]

    found = learn(run(one), run(other))
    proposals = propose(found, prefix="box")
    rules = tomli.loads(render_normalizers(found, proposals, fixture="box")).get("scrub", {}).get("rules", [])
    assert [rule["name"] for rule in rules] == [each.normalizer.name for each in proposals if each.normalizer]
    assert [rule.get("example") for rule in rules] == [each.normalizer.example for each in proposals if each.normalizer]
    told = json.loads(render_volatility_json(found, proposals))
    assert len(told["places"]) == len(found.findings)
    assert f"{len(found.findings)} places differ" in table_of(found)


def test_a_rule_stands_below_what_it_is_founded_on() -> None:
    found = learn([asked("a1b2c3d4e5f6a7b8")], [asked("b2c3d4e5f6a7b8a1")], [asked("c3d4e5f6a7b8a1b2")])
    proposals = propose(found, prefix="box", match=MatchSpec(headers=("x-*",)))
    assert render_normalizers(found, proposals, fixture="box_live").splitlines()[2:] == [
        "scrub.rules = [",
        "  # request header x-id: differs in 1 of the 1 interactions that have it, of 1",
        '  # "a1b2c3d4e5f6a7b8", "b2c3d4e5f6a7b8a1": hex of 16, seen once, chosen by the client',
        '  { name = "box.x_id", header = "x-id", stand_in = "0000000000000000", sort = "normalizer", on = "request" },',
        "]",
    ]
    unmatched = render_normalizers(found, propose(found, prefix="box"), fixture="box_live")
    assert "  # the fixture does not match on it: without the rule it replays as well\n" in unmatched


def test_where_nothing_differs_no_rule_is_written() -> None:
    found = learn([asked("same")], [asked("same")])
    assert render_normalizers(found, [], fixture="box").splitlines() == [
        "# box: 2 runs of 1 interactions in 1 cassettes, with the rules that it had.",
        "# No rule is needed.",
    ]
    assert table_of(found) == "0 places differ, 4 places never differ.\n"


def test_why_a_place_gets_no_rule_stands_in_the_table() -> None:
    tapes = [
        [asked("same", answer=f"job: {job}"), Interaction(Request("GET", f"http://box.test/jobs/{job}"), Response(200))]
        for job in ("a1b2c3d4e5f6a7b8", "b2c3d4e5f6a7b8a1")
    ]
    told = table_of(learn(*tapes))
    assert "none: replayed as recorded, and sent back" in told
    assert "none: answers are not matched on" in told


def test_what_is_unstable_is_told_of_below_the_table() -> None:
    told = table_of(learn([asked("same")], [asked("same", status=404)]))
    assert told.splitlines()[-2:] == [
        "The program was another, which no rule mends:",
        "  test.yaml: GET http://box.test/ was answered 200 in 1, 404 in 1 of 2 runs",
    ]


def test_a_rule_that_finds_too_much_says_so() -> None:
    tapes = [
        [Interaction(Request("GET", f"http://box.test/files/{name}"), Response(200)) for name in (run, "stable")]
        for run in ("one", "other")
    ]
    found = learn(*tapes)
    assert "CHECK: also finds what never differs" in render_normalizers(
        found, propose(found, prefix="box"), fixture="b"
    )
