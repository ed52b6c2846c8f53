"""What differs between runs is found, and nothing else."""

from __future__ import annotations

import itertools
import json
import re
from urllib.parse import unquote

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import Interaction, Request, Response
from conformance.compare import Finding, Normalizer, Place, Volatility, find_volatility, propose
from conformance.registry import MatchSpec
from conformance.report import render_normalizers, render_volatility_json
from tests.slow.compare.programs import SHAPES, Plant, Program, programs

RUNS = st.lists(st.integers(0, 1000), min_size=2, max_size=3, unique=True)
UNCLOCKED = sorted(shape for shape in SHAPES if not shape.startswith(("date", "epoch")))


def learn(*tapes: list[Interaction]) -> Volatility:
    return find_volatility([{"test.yaml": tape} for tape in tapes])


def rules_of(found: Volatility, *, with_responses: bool = False) -> list[Normalizer]:
    proposals = propose(found, prefix="box", with_responses=with_responses)
    return [proposal.normalizer for proposal in proposals if proposal.normalizer]


def ask(uri: str, *, answer: str = "", status: int = 200, **headers: str) -> Interaction:
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Interaction(Request("GET", f"http://box.test{uri}", pairs), Response(status, body=answer.encode()))


def by_place(found: Volatility) -> dict[Place, Finding]:
    return {finding.place: finding for finding in found.findings}


@given(programs(), RUNS)
def test_exactly_the_places_where_something_was_planted_are_found(program: Program, seeds: list[int]) -> None:
    found = find_volatility([program.run(seed) for seed in seeds])
    assert {finding.place: finding.shape.name for finding in found.findings} == {
        plant.place: plant.shape for plant in program.plants
    }
    assert found.unstable == ()
    assert not found.stable.keys() & by_place(found).keys()
    assert len(found.aligned) == 3


@given(programs(), st.integers(0, 1000))
def test_runs_that_are_the_same_show_nothing(program: Program, seed: int) -> None:
    found = find_volatility([program.run(seed)] * 3)
    assert (found.findings, found.unstable, len(found.aligned)) == ((), (), 3)


@given(programs(), RUNS, st.integers(0, 3))
def test_the_order_of_the_runs_does_not_matter(program: Program, seeds: list[int], lacking: int) -> None:
    told = set()
    for order in itertools.permutations(seeds):
        runs = {seed: program.run(seed) for seed in order}
        del runs[seeds[0]]["program.yaml"][lacking : lacking + 1]
        found = find_volatility(list(runs.values()))
        proposals = propose(found, prefix="box", with_responses=True)
        rules = render_normalizers(found, proposals, fixture="box_live")
        told.add((rules, render_volatility_json(found, proposals)))
    assert len(told) == 1


@pytest.mark.parametrize("order", list(itertools.permutations(["one", "two", "none"])))
def test_what_a_run_lacks_is_told_in_the_same_way_in_whatever_order(order: list[str]) -> None:
    found = learn(*([ask("/"), *([] if run == "none" else [ask(f"/items/{run}")])] for run in order))
    (unstable,) = found.unstable
    assert unstable.what == "was asked for in 2 of 3 runs"


@given(programs(), RUNS)
def test_the_rules_are_toml_with_one_place_each_and_examples_that_they_find(program: Program, seeds: list[int]) -> None:
    found = find_volatility([program.run(seed) for seed in seeds])
    proposals = propose(found, prefix="box", with_responses=True)
    rules = tomli.loads(render_normalizers(found, proposals, fixture="box_live")).get("scrub", {}).get("rules", [])
    places = {"header", "query", "url", "body", "json", "xml", "form", "part"}
    assert [len(places & rule.keys()) for rule in rules] == [1] * len(rules)
    assert len({rule["name"] for rule in rules}) == len(rules)
    assert {rule["sort"] for rule in rules} <= {"normalizer"}
    patterns = {rule.get("url") or rule.get("body"): rule.get("example") for rule in rules}
    assert [pattern for pattern, example in patterns.items() if pattern and not re.search(pattern, example)] == []


@given(programs(), RUNS)
def test_what_a_request_has_anew_gets_a_rule_and_what_an_answer_has_gets_none(
    program: Program, seeds: list[int]
) -> None:
    proposals = propose(find_volatility([program.run(seed) for seed in seeds]), prefix="box")
    verdicts = {(proposal.finding.place.side, proposal.verdict) for proposal in proposals}
    assert verdicts <= {("request", "normalized"), ("response", "answered")}


@given(programs(), RUNS)
def test_the_rules_of_the_addresses_make_those_of_all_runs_one(program: Program, seeds: list[int]) -> None:
    runs = [program.run(seed) for seed in seeds]
    rules = [rule for rule in rules_of(find_volatility(runs)) if rule.key == "url"]

    def without(uri: str) -> str:
        uri = uri.partition("?")[0]
        for rule in rules:
            uri = re.sub(rule.value, lambda match: match[0].replace(match[1], "*"), uri)
        return unquote(uri)

    paths = [[without(item.request.uri) for item in run["program.yaml"]] for run in runs]
    assert paths == [paths[0]] * len(paths)
    assert not any(rule.is_wide for rule in rules)


@given(
    st.sampled_from(UNCLOCKED),
    st.sampled_from(["header", "json", "xml", "text"]),
    st.sampled_from(["path", "query", "header", "json", "form", "part", "text"]),
    RUNS,
)
def test_what_the_server_chose_and_the_client_sends_back_needs_no_rule(
    shape: str, answered: str, sent: str, seeds: list[int]
) -> None:
    first, second = Plant(0, "response", answered, 0, shape), Plant(1, "request", sent, 1, shape)
    bodies = ("text", answered if answered != "header" else "text"), (sent if sent in SENT_BODIES else "text", "text")
    runs = []
    for seed in seeds:
        (value,) = Program((("text", "text"),), (first,)).values(seed).values()
        runs.append(Program(bodies, (first, second)).run_with({first: value, second: value}))
    found = find_volatility(runs)
    verdicts = {proposal.finding.place: proposal.verdict for proposal in propose(found, prefix="box")}
    assert verdicts == {first.place: "answered", second.place: "replayed"}
    assert rules_of(found) == rules_of(found, with_responses=True) == []


SENT_BODIES = ("json", "form", "part", "text")


@given(programs(), RUNS, st.sampled_from([404, 503]))
def test_a_status_that_differs_is_no_volatility(program: Program, seeds: list[int], status: int) -> None:
    runs = [program.run(seed) for seed in seeds]
    last = runs[0]["program.yaml"][2]
    runs[0]["program.yaml"][2] = Interaction(last.request, Response(status, "", last.response.headers, b"gone"))
    (unstable,) = find_volatility(runs).unstable
    assert unstable.what == f"was answered 200 in {len(runs) - 1}, {status} in 1 of {len(runs)} runs"


@given(programs(), RUNS, st.integers(0, 2))
def test_a_request_that_some_runs_alone_have_is_no_volatility(program: Program, seeds: list[int], at: int) -> None:
    runs = [program.run(seed) for seed in seeds]
    del runs[-1]["program.yaml"][at]
    found = find_volatility(runs)
    (unstable,) = found.unstable
    assert unstable.what == f"was asked for in {len(runs) - 1} of {len(runs)} runs"
    assert {finding.place for finding in found.findings} == {
        plant.place for plant in program.plants if plant.step != at
    }


def test_ids_that_count_up_are_those_of_the_same_request() -> None:
    found = learn(*([ask(f"/items/{start + step}", X_Step=str(step)) for step in range(3)] for start in (7, 8)))
    assert (list(by_place(found)), found.unstable) == ([Place("request", "path", "/items/*")], ())


def test_a_value_that_a_client_invents_and_needs_again_is_numbered() -> None:
    def tape(one: str, other: str) -> list[Interaction]:
        committed = Request("PUT", "http://box.test/blob", (("X-First", one),), f"list: {one}, {other}".encode())
        return [ask(f"/blob?block={one}"), ask(f"/blob?block={other}"), Interaction(committed, Response(200))]

    found = learn(tape("a1b2c3", "d4e5f6"), tape("g7h8i9", "j1k2l3"))
    verdicts = {proposal.finding.place.key: proposal.verdict for proposal in propose(found, prefix="box")}
    assert verdicts == {"block": "normalized", "x-first": "normalized", "list: ": "repeated"}
    assert [(rule.key, rule.value, rule.is_numbered, rule.stand_in) for rule in rules_of(found)] == [
        ("header", "x-first", True, None),
        ("query", "block", True, None),
    ]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("id", "$.data[*].id"),
        ("an id", "$.data[*]['an id']"),
        ("id[0]", "$.data[*]['id[0]']"),
        ("7\n", "$.data[*]['7\n']"),
        ("don't", None),
        ('"', None),
    ],
)
def test_a_json_path_is_as_a_rule_names_it_or_there_is_none(name: str, path: str | None) -> None:
    def tape(value: str) -> list[Interaction]:
        body = json.dumps({"data": [{"stable": 1}, {name: value}]}).encode()
        return [
            Interaction(Request("PUT", "http://box.test/", (("Content-Type", "text/json"),), body), Response(200)),
        ]

    found = learn(tape("one"), tape("other"))
    assert [rule.value for rule in rules_of(found)] == ([] if path is None else [path])
    assert len(found.findings) == 1


def test_an_xml_attribute_and_an_element_with_other_text_are_named() -> None:
    def tape(value: str) -> list[Interaction]:
        body = f"<a xmlns:n='urn:n'><b n:id='{value}1'/><b>{value}2</b><c>{value}3<d/></c></a>".encode()
        kind = (("Content-Type", "application/xml"),)
        return [Interaction(Request("PUT", "http://box.test/", kind, body), Response(200))]

    assert [rule.value for rule in rules_of(learn(tape("one"), tape("other")))] == ["/a/b", "/a/b/@id", "/a/c"]


def test_a_date_is_never_numbered_and_never_taken_for_another_of_the_same_second() -> None:
    dates = ["Sat, 21 Nov 2026 18:52:34 GMT", "Sat, 21 Nov 2026 18:52:35 GMT"]
    tapes = [
        [
            Interaction(Request("GET", "http://box.test/a", (("X-Date", date),)), Response(200, "", (("Date", date),)))
            for _ in range(2)
        ]
        for date in dates
    ]
    found = learn(*tapes)
    rules = rules_of(found)
    assert [(rule.key, rule.value, rule.is_numbered, rule.on) for rule in rules] == [
        ("header", "x-date", False, "request")
    ]


def test_dates_that_are_sent_again_are_not_numbered_and_do_not_come_from_the_date_of_an_answer() -> None:
    def at(second: int, *, sent: bool) -> Interaction:
        date = f"Sat, 21 Nov 2026 18:52:{second} GMT"
        headers = (("X-Date", date),) if sent else ()
        return Interaction(Request("GET", "http://box.test/a", headers), Response(200, "", (("Date", date),)))

    tapes = [[at(start, sent=False), *(at(start + step // 2, sent=True) for step in range(4))] for start in (30, 40)]
    (rule,) = rules_of(learn(*tapes))
    assert (rule.value, rule.is_numbered, rule.stand_in) == ("x-date", False, "Thu, 01 Jan 1970 00:00:00 GMT")
    (rule,) = rules_of(learn(*([at(start, sent=False), at(start, sent=True)] for start in (30, 40))))
    assert rule.value == "x-date"


def test_short_words_do_not_say_where_a_value_comes_from() -> None:
    tapes = [
        [ask("/", X_Try=word, answer=f"token: {word}.{token}"), ask(f"/?token={word}.{token}")]
        for word, token in (("b1", "k3m5n7p9"), ("c2", "q2w4e6r8"))
    ]
    verdicts = {proposal.finding.place.key: proposal.verdict for proposal in propose(learn(*tapes), prefix="box")}
    assert verdicts == {"x-try": "normalized", "token": "replayed", "token: ": "answered"}


def test_an_id_that_stays_in_a_run_is_not_numbered() -> None:
    (rule,) = rules_of(learn(*([ask("/a", X_Id=run), ask("/b", X_Id=run)] for run in ("a1b2c3d4", "e5f6a7b8"))))
    assert (rule.is_numbered, rule.stand_in) == (False, "00000000")


def test_boundaries_and_sizes_are_no_values() -> None:
    def tape(boundary: str, value: str) -> list[Interaction]:
        part = f'--{boundary}\r\nContent-Disposition: form-data; name="p"\r\n\r\n{value}\r\n--{boundary}--\r\n'.encode()
        kind = ("Content-Type", f"multipart/form-data; boundary={boundary}")
        request = Request("PUT", "http://box.test/", (kind, ("Content-Length", str(len(part)))), part)
        answer = f"id: {value}".encode()
        return [Interaction(request, Response(200, "", (("Content-Length", str(len(answer))),), answer))]

    found = learn(tape("abc", "17"), tape("defgh", "1234"))
    assert list(by_place(found)) == [Place("request", "part", "p"), Place("response", "text", "id: ")]


def test_it_is_told_whether_the_fixture_matches_on_a_place() -> None:
    def tape(one: str) -> list[Interaction]:
        request = Request(
            "PUT", f"http://box.test/a?q={one}&r={one}", (("X-A", one), ("X-B", one)), f"x: {one}".encode()
        )
        return [Interaction(request, Response(200, body=f"y: {one}".encode()))]

    match = MatchSpec(on=("method", "query", "body"), headers=("x-a*",), ignore_query=("r",))
    proposals = propose(learn(tape("one"), tape("other")), prefix="box", match=match)
    assert {proposal.finding.place.key: proposal.is_matched for proposal in proposals} == {
        "q": True,
        "r": False,
        "x-a": True,
        "x-b": False,
        "x: ": True,
        "y: ": False,
    }


def test_a_header_that_the_server_repeats_is_normalized_on_both_sides() -> None:
    tapes = [
        [Interaction(Request("GET", "http://box.test/", (("X-Id", one),)), Response(200, "", (("X-Id", one),)))]
        for one in ("a1b2c3d4", "e5f6a7b8")
    ]
    assert [(rule.value, rule.on) for rule in rules_of(learn(*tapes))] == [("x-id", None)]


def test_a_header_that_some_runs_have_is_dropped() -> None:
    (rule,) = rules_of(learn([ask("/", X_Retry="1")], [ask("/")]))
    assert (rule.value, rule.is_dropped) == ("x-retry", True)


def test_a_field_that_some_runs_have_is_another_program() -> None:
    def put(body: bytes) -> Interaction:
        return Interaction(
            Request("PUT", "http://box.test/", (("Content-Type", "application/json"),), body), Response(200)
        )

    found = learn([put(b'{"a": 1, "b": 2}')], [put(b'{"a": 1}')])
    assert [one.what for one in found.unstable] == ["has json $.b in some runs alone"]
    assert rules_of(found) == []


def test_an_expression_that_would_find_what_is_stable_is_narrowed() -> None:
    def tape(name: str) -> list[Interaction]:
        return [ask(f"/files/{name}"), ask("/files/stable.csv")]

    (rule,) = rules_of(learn(tape("run-a.csv"), tape("run-b.csv")))
    assert (rule.value, rule.is_wide) == ("/files/(run-[^/?#]+)", False)
    (rule,) = rules_of(learn(tape("1234567"), tape("76543")))
    assert (rule.value, rule.is_wide) == (r"/files/(-?\d+)(?![^/?#])", False)
    (rule,) = rules_of(learn(tape("some"), tape("other")))
    assert rule.is_wide


def test_paths_that_differ_below_many_folders_are_one_place() -> None:
    found = learn(*([ask(f"/folder{at}/{run}{at}") for at in range(9)] for run in ("aa", "bb")))
    assert [finding.place.key for finding in found.findings] == ["/…/*"]
    assert [rule.value for rule in rules_of(found)] == ["^[^/]+//[^/?#]+/[^/?#]+/([^/?#]+)"]


def test_a_body_of_bytes_that_differs_is_named_and_gets_no_rule() -> None:
    tapes = [
        [Interaction(Request("PUT", "http://box.test/", (), body), Response(200))] for body in (b"\xff1", b"\xff2")
    ]
    found = learn(*tapes)
    (proposal,) = propose(found, prefix="box")
    assert (proposal.finding.place, proposal.verdict) == (Place("request", "bytes"), "unnamed")


def test_a_port_and_a_host_are_places_of_their_own() -> None:
    def tape(host: str) -> list[Interaction]:
        return [Interaction(Request("GET", f"http://{host}/"), Response(200))]

    rules = rules_of(learn(tape("a1.test:9001"), tape("b2.test:9002")))
    assert [(rule.name, rule.example) for rule in rules] == [
        ("box.host", "http://a1.test"),
        ("box.port", "http://a1.test:9001"),
    ]


def test_how_often_a_place_is_seen_is_counted_in_interactions() -> None:
    found = learn(*([ask("/a", X_Id=run), ask("/b", X_Id=run), ask("/c", X_Id="same")] for run in ("one", "two")))
    (finding,) = found.findings
    assert (finding.count, len(finding.sightings), finding.within) == (3, 2, "constant")
    assert found.stable[Place("request", "host")] == 3
