"""What was not recorded is unknown: it is kept as such, and never taken for empty."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vcr.serialize import deserialize
from vcr.serializers import yamlserializer

from conformance.cassette import (
    Cassette,
    DropHeaders,
    Folding,
    FormatFault,
    Interaction,
    Matcher,
    Player,
    Request,
    Response,
    Scrubber,
    compare,
    compare_requests,
    parse_cassette,
    render_cassette,
)
from conformance.cassette._compiled import parse_compiled, render_compiled
from conformance.cassette._interaction import UNRECORDED
from conformance.cassette.formats import FORMATS, write_as
from tests.cassette.strategies import BODIES, REQUESTS, RESPONSES, chunked_responses, headers

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

REQUEST_PARTS, RESPONSE_PARTS = (
    st.frozensets(st.sampled_from(sorted(UNRECORDED[side]))) for side in ("request", "response")
)
PARTIAL_REQUESTS = st.builds(lambda item, parts: replace(item, unrecorded=parts), REQUESTS, REQUEST_PARTS)
PARTIAL_RESPONSES = st.builds(lambda item, parts: replace(item, unrecorded=parts), chunked_responses(), RESPONSE_PARTS)
PARTIAL_TAPES: SearchStrategy[tuple[Interaction, ...]] = st.lists(
    st.builds(Interaction, PARTIAL_REQUESTS, PARTIAL_RESPONSES), min_size=1, max_size=4
).map(tuple)
EVERYTHING = Matcher(
    ["method", "host", "path", "query", "body"], ["*"], by_meaning=["json"], parts={"own": lambda _: "1"}
)


@given(PARTIAL_TAPES)
def test_what_was_not_recorded_is_still_not_when_it_is_read_back(tape: tuple[Interaction, ...]) -> None:
    assert parse_cassette(render_cassette(tape, None)) == (tape, None)
    assert parse_compiled(render_compiled((tape, None))) == (tape, None)


@given(PARTIAL_TAPES)
def test_vcrpy_reads_a_cassette_that_says_so(tape: tuple[Interaction, ...]) -> None:
    requests, _ = deserialize(render_cassette(tape, None), yamlserializer)
    assert [request.uri for request in requests] == [item.request.uri for item in tape]


@pytest.mark.parametrize(
    "told", ["{request: [status]}", "{response: [uri]}", "{other: [body]}", "{request: body}", "[body]", "null"]
)
def test_a_part_that_there_is_none_of_is_refused(told: str) -> None:
    item = f"- request: {{method: GET, uri: a}}\n  response: {{status: {{code: 200}}}}\n  unrecorded: {told}\n"
    text = f"interactions:\n{item}version: 1\n"
    with pytest.raises(FormatFault, match="an interaction that is not whole"):
        parse_cassette(text)


def player_of(*tape: Interaction) -> Player:
    return Player(Cassette(Path("none.yaml"), tape, None), matcher=EVERYTHING, scrubber=Scrubber(), mend="record it")


@given(request_=REQUESTS, sent=BODIES, pairs=headers())
def test_no_request_is_matched_on_a_part_that_one_of_them_has_not_recorded(
    request_: Request, sent: bytes, pairs: tuple[tuple[str, str], ...]
) -> None:
    first, second = Response(200), Response(201)
    whole = Interaction(Request("GET", "http://whole.test/", (("A", "1"),), b"whole"), first)
    partial = Interaction(replace(request_, unrecorded=frozenset({"body", "headers"})), second)
    player = player_of(whole, partial)
    assert player.find(replace(request_, body=sent, headers=pairs)) is second
    assert player.find(replace(whole.request, body=sent, headers=pairs)) is first


@pytest.mark.parametrize(
    ("unrecorded", "changed", "is_found"),
    [
        ({"body"}, {"body": b"2"}, True),
        ({"body"}, {"headers": (("A", "2"),)}, False),
        ({"headers"}, {"headers": (("A", "2"),)}, True),
        ({"headers"}, {"body": b"2"}, False),
        ({"headers", "body"}, {"method": "POST"}, False),
        ({"headers", "body"}, {"uri": "http://box.test/other"}, False),
        (set(), {"body": b"2"}, False),
    ],
)
def test_what_was_recorded_still_has_to_agree(unrecorded: set[str], changed: dict[str, object], is_found: bool) -> None:
    request = Request("PUT", "http://box.test/key", (("A", "1"),), b"1")
    player = player_of(Interaction(replace(request, unrecorded=frozenset(unrecorded)), Response(200)))
    assert (player.find(replace(request, **changed)) is not None) is is_found  # type: ignore[arg-type]


@given(REQUESTS)
def test_an_interaction_without_a_request_answers_nothing(sent: Request) -> None:
    named = Request("", "service.Operation_1", unrecorded=UNRECORDED["request"])
    assert player_of(Interaction(named, Response(200))).find(sent) is None


@given(RESPONSES, RESPONSES, RESPONSE_PARTS)
def test_a_comparison_leaves_out_what_one_side_has_not_recorded(
    one: Response, other: Response, parts: frozenset[str]
) -> None:
    common = replace(one, headers=other.headers) if "headers" not in parts else one
    for pair in ((replace(common, unrecorded=parts), other), (common, replace(other, unrecorded=parts))):
        for folding in (None, Folding()):
            told = {difference.part.split()[0] for difference in compare(*pair, folding=folding)}
            assert not ("body" in parts and "body" in told)
            both = {name.lower() for name, _ in common.headers} & {name.lower() for name, _ in other.headers}
            assert not ("headers" in parts and "header" in told and not both)


def test_headers_that_both_have_are_compared_and_a_body_that_both_have() -> None:
    one = Request("GET", "http://box.test/", (("A", "1"), ("B", "2")), b"x", unrecorded=frozenset({"headers"}))
    other = replace(one, headers=(("A", "3"), ("C", "4")), body=b"y", unrecorded=frozenset())
    assert [found.part for found in compare_requests(one, other)] == ["header a", "body line 1"]


def test_scrubbing_keeps_what_was_not_recorded() -> None:
    request = Request("GET", "http://box.test/", (("Date", "now"),), unrecorded=frozenset({"body"}))
    rule = DropHeaders("date", frozenset({"date"}))
    assert rule.request(request) == replace(request, headers=())


def test_a_format_that_cannot_say_so_has_it_noted(tmp_path: Path) -> None:
    request = Request("GET", "http://box.test/", unrecorded=frozenset({"body", "headers"}))
    tape = (
        Interaction(request, Response(200, "OK", unrecorded=frozenset({"headers"}))),
        Interaction(request, Response(204)),
    )
    notes = Counter[str]()
    write_as(tmp_path / "tape.har", FORMATS["har"], tape, notes=notes)
    assert notes == {
        "that body and headers of a request were not recorded is not carried": 2,
        "that headers of a response were not recorded is not carried": 1,
    }
    write_as(tmp_path / "tape.yaml", FORMATS["vcr-yaml"], tape, notes=notes)
    assert notes.total() == 3


@pytest.mark.parametrize("name", [name for name, item in FORMATS.items() if item.render and name != "vcr-yaml"])
def test_an_interaction_without_a_request_is_refused_by_every_other_format(tmp_path: Path, name: str) -> None:
    named = Request("", "service.Operation_1", unrecorded=UNRECORDED["request"])
    with pytest.raises(FormatFault, match=r"#1: the request of 'service.Operation_1' was not recorded.") as caught:
        write_as(tmp_path / "tape", FORMATS[name], (Interaction(named, Response(200)),), notes=Counter())
    assert caught.value.slug == "cannot-carry"
