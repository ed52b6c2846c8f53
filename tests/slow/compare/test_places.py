"""Places that are read in a way of their own."""

from __future__ import annotations

import gzip

import pytest

from conformance.cassette import Interaction, Request, Response
from conformance.compare import Place, find_volatility, propose
from conformance.compare import _runs as runs_module


def put(kind: str, body: bytes, *, query: str = "", **headers: str) -> Interaction:
    pairs = (("Content-Type", kind), *((name.replace("_", "-"), value) for name, value in headers.items()))
    return Interaction(Request("PUT", f"http://box.test/{query}", pairs, body), Response(200))


def found_in(*items: Interaction) -> list[tuple[Place, str | None]]:
    proposals = propose(find_volatility([{"test.yaml": [item]} for item in items]), prefix="box")
    return [(each.finding.place, each.normalizer.value if each.normalizer else None) for each in proposals]


def test_a_part_without_a_name_is_text() -> None:
    def batch(value: str) -> Interaction:
        part = f"--b\r\nContent-Type: application/http\r\n\r\nDELETE /a HTTP/1.1\r\nx-id: {value}\r\n\r\n--b--\r\n"
        return put("multipart/mixed; boundary=b", part.encode())

    assert found_in(batch("one"), batch("other")) == [(Place("request", "text", "x-id: "), r"x-id: ([\w.~+/=-]+)")]


def test_a_named_part_of_json_is_one_place() -> None:
    def form(value: str) -> Interaction:
        head = 'Content-Disposition: form-data; name="meta"\r\nContent-Type: application/json'
        return put("multipart/form-data; boundary=b", f'--b\r\n{head}\r\n\r\n{{"id": "{value}"}}\r\n--b--\r\n'.encode())

    assert found_in(form("one"), form("other")) == [(Place("request", "part", "meta"), "meta")]


def test_what_is_not_what_its_type_says_is_text() -> None:
    items = [put("application/json", body) for body in (b"id: one {", b"id: other {")]
    assert found_in(*items) == [(Place("request", "text", "id: "), r"id: ([\w.~+/=-]+)")]


def test_a_compressed_body_is_read_without_its_coding() -> None:
    items = [
        put("application/json", gzip.compress(body), Content_Encoding="gzip")
        for body in (b'{"id": "one"}', b'{"id": "other"}')
    ]
    assert found_in(*items) == [(Place("request", "json", "$.id"), "$.id")]


def test_a_parameter_that_some_runs_have_is_dropped() -> None:
    items = [put("text/plain", b"", query=query) for query in ("?retry=1", "")]
    (proposal,) = propose(find_volatility([{"test.yaml": [item]} for item in items]), prefix="box")
    assert proposal.normalizer is not None
    assert (proposal.normalizer.value, proposal.normalizer.is_dropped) == ("retry", True)


def test_values_of_one_parameter_are_held_against_each_other_in_their_order() -> None:
    assert found_in(*(put("text/plain", b"", query=f"?id={value}&id=same") for value in ("one", "other"))) == [
        (Place("request", "query", "id"), "id")
    ]


def test_a_word_of_json_is_replaced_by_no_rule() -> None:
    assert found_in(*(put("application/json", b'{"is_new": %b}' % word) for word in (b"true", b"false"))) == [
        (Place("request", "json", "$.is_new"), None)
    ]


@pytest.mark.parametrize(("most", "places"), [(6, ["/*"]), (5, ["/*", "/*/*"])])
def test_of_very_many_requests_those_in_step_belong_together(
    monkeypatch: pytest.MonkeyPatch, most: int, places: list[str]
) -> None:
    monkeypatch.setattr(runs_module, "MOST_PAIRS", most)
    tapes = [[put("text/plain", b"", query=f"{run}/{name}") for name in names] for run, names in RUNS.items()]
    found = find_volatility([{"test.yaml": [*tape, put("text/plain", b"the end")]} for tape in tapes])
    assert (len(found.aligned), len(found.unstable)) == (3, 1)
    assert [finding.place.key for finding in found.findings] == places


RUNS = {"one": ["a", "b", "c"], "other": ["b", "c"]}
