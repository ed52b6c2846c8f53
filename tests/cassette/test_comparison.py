"""In what two messages differ by meaning."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import Difference, Folding, Headers, Interaction, Request, Response, compare, compare_requests
from tests.cassette.strategies import INTERACTIONS, RESPONSES

JSON = (("Content-Type", "application/json"),)
XML = (("Content-Type", "application/xml"),)
HEX = st.text("0123456789abcdef", min_size=16, max_size=40)
UUIDS = st.uuids().map(str)
DATES = st.datetimes().map(lambda moment: moment.replace(microsecond=0).isoformat() + "Z")
IMF_DATES = ["Sat, 31 Jan 2026 10:00:00 GMT", "Sun, 01 Feb 2026 00:00:01 GMT"]


def differing(old: Response, new: Response, folding: Folding | None = None) -> dict[str, tuple[str, str]]:
    return {found.part: (found.recorded, found.sent) for found in compare(old, new, folding=folding)}


def answer(body: str, headers: Headers = ()) -> Response:
    return Response(200, "OK", headers, body.encode())


@given(INTERACTIONS)
def test_a_message_does_not_differ_from_itself(item: Interaction) -> None:
    folding = Folding()
    for how in (None, folding):
        assert compare(item.response, item.response, folding=how) == []
        assert compare_requests(item.request, item.request, folding=how) == []
    assert not folding.counts


@given(RESPONSES, RESPONSES)
def test_without_folding_nothing_that_a_client_sees_is_passed_over(one: Response, other: Response) -> None:
    def seen(response: Response) -> tuple[object, ...]:
        names: dict[str, list[str]] = {}
        for name, value in response.headers:
            names.setdefault(name.lower(), []).append(value.strip())
        joined = {name: ", ".join(values) for name, values in names.items()}
        return response.status, response.reason, joined, response.body

    assert (compare(one, other) == []) == (seen(one) == seen(other))


@given(RESPONSES, RESPONSES)
def test_what_differs_differs_both_ways(one: Response, other: Response) -> None:
    there, back = compare(one, other, folding=Folding()), compare(other, one, folding=Folding())
    assert bool(there) == bool(back)


def test_status_headers_and_body_are_told_each_by_name() -> None:
    old = Response(200, "OK", (("ETag", "x"), ("A", "1"), ("a", "2"), ("Gone", "g")), b"one\ntwo\n")
    new = Response(201, "OK", (("etag", "x"), ("A", "1"), ("New", "n")), b"one\nthree\n")
    assert compare(old, new) == [
        Difference("status", "200", "201"),
        Difference("header a", "1, 2", "1"),
        Difference("header gone", "g", "(absent)"),
        Difference("header new", "(absent)", "n"),
        Difference("body line 2", "two", "three"),
    ]


def test_a_difference_in_json_has_its_path() -> None:
    old = answer(json.dumps({"b": [1, {"c d": "x"}], "a": None}), JSON)
    new = answer(json.dumps({"a": None, "b": [1.0, {"c d": "y"}], "new": {}}, indent=2), JSON)
    assert differing(old, new) == {
        "body $.b[0]": ("1", "1.0"),
        'body $.b[1]["c d"]': ('"x"', '"y"'),
        "body $.new": ("(absent)", "{}"),
    }


def test_a_difference_in_xml_has_its_path_and_white_space_between_elements_is_none() -> None:
    old = answer("<L><K>a</K><K>b</K></L>", XML)
    assert differing(old, answer("<L>\n  <K>a</K>\n  <K>c</K>\n</L>", XML)) == {"body /L/K[2]": ('"b"', '"c"')}
    assert differing(old, answer("<L>\n  <K>a</K>\n  <K>b</K>\n</L>", XML)) == {}


def test_elements_in_another_order_differ_though_each_is_there() -> None:
    one, other = answer("<L><A/><B/></L>", XML), answer("<L><B/><A/></L>", XML)
    assert differing(one, other) == {"body order": ("/L/A", "/L/B")}


def test_bodies_that_are_no_text_differ_from_the_first_byte_that_does() -> None:
    ((part, values),) = differing(Response(200, body=b"\xff\x00abc"), Response(200, body=b"\xff\x00abd!")).items()
    assert part == "body from byte 4"
    assert values[0].startswith("5 bytes, sha256 ")
    assert values[1].startswith("6 bytes, sha256 ")


def test_a_body_that_is_not_what_its_type_says_is_text() -> None:
    assert differing(answer('{"a": 1, "a": 2}', JSON), answer('{"a": 2}', JSON)) == {
        "body line 1": ('{"a": 1, "a": 2}', '{"a": 2}')
    }


def test_bodies_of_two_sorts_are_compared_as_text() -> None:
    assert differing(answer("<a/>", XML), answer("<a />", JSON)) == {
        "header content-type": ("application/xml", "application/json"),
        "body line 1": ("<a/>", "<a />"),
    }


@given(st.binary(max_size=40), st.binary(max_size=9), st.binary(max_size=9))
def test_the_first_byte_that_differs_is_found(same: bytes, one: bytes, other: bytes) -> None:
    old, new = b"\xff" + same + one, b"\xff" + same + other
    at = next((at for at, (was, now) in enumerate(zip(old, new, strict=False)) if was != now), min(len(old), len(new)))
    parts = [found.part for found in compare(Response(200, body=old), Response(200, body=new))]
    assert parts == ([f"body from byte {at}"] if old != new else [])


def test_compression_is_no_difference_beyond_its_header() -> None:
    plain = answer('{"a": 1}', JSON)
    packed = Response(200, "OK", (*JSON, ("Content-Encoding", "gzip")), gzip.compress(b'{"a":1}', mtime=0))
    assert list(differing(plain, packed)) == ["header content-encoding"]


def test_long_values_are_cut_around_what_differs() -> None:
    old, new = "x" * 5000 + "a" + "y" * 500, "x" * 5000 + "b" + "y" * 500
    ((was, now),) = differing(answer(old), answer(new)).values()
    assert len(was) <= 202
    assert was.replace("a", "b") == now != was


@pytest.mark.parametrize("sort", [HEX, UUIDS], ids=["hex", "uuid"])
@given(st.data())
def test_an_id_is_renamed_alike_everywhere_or_not_at_all(sort: st.SearchStrategy[str], data: st.DataObject) -> None:
    a, b, x, y = data.draw(st.lists(sort, min_size=4, max_size=4, unique=True))
    folding = Folding()
    assert compare(answer(f"{a} {b}"), answer(f"{x} {y}"), folding=folding) == []
    assert sum(folding.counts.values()) == 2
    old = answer(json.dumps({"made": f"/{a}"}), JSON)
    assert compare(old, answer(json.dumps({"made": f"/{x}"}), JSON), folding=folding) == []
    for other in (y, a):
        new = answer(json.dumps({"made": f"/{other}"}), JSON)
        assert differing(old, new, folding) == {"body $.made": (f'"/{a}"', f'"/{other}"')}
    assert sum(folding.counts.values()) == 3


@given(HEX, HEX)
def test_two_ids_do_not_become_one(one: str, other: str) -> None:
    same = compare(answer(f"{one} {other}"), answer(f"{'a' * 16} {'a' * 16}"), folding=Folding()) == []
    assert same == (one == other)


@given(DATES, DATES, DATES)
def test_any_date_stands_for_another_of_its_notation(one: str, other: str, third: str) -> None:
    folding = Folding()
    assert compare(answer(f"{one} {one}"), answer(f"{other} {third}"), folding=folding) == []
    assert folding.counts["date"] == (one != other) + (one != third)
    assert compare(answer(one), answer(IMF_DATES[0]), folding=Folding()) != []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (IMF_DATES[0], IMF_DATES[1]),
        ("Saturday, 31-Jan-26 10:00:00 GMT", "Sunday, 01-Feb-26 00:00:01 GMT"),
        ("Sat Jan 31 10:00:00 2026", "Sun Feb  1 00:00:01 2026"),
        ("2026-01-31T10:00:00.1234567Z", "2026-02-01T00:00:01.12Z"),
        ("2026-01-31 10:00+01:00", "2026-02-01 00:00-12:30"),
        ("20260131T100000Z", "20260201T000001Z"),
    ],
)
def test_every_notation_of_a_date_is_folded_and_shown(one: str, other: str) -> None:
    assert differing(answer(one), answer(other), Folding()) == {}
    assert differing(answer(f"a {one}"), answer(f"b {other}"), Folding()) == {"body line 1": ("a <date>", "b <date>")}
    assert differing(answer(one), answer(other)) == {"body line 1": (one, other)}


@pytest.mark.parametrize("value", ["2021-06-08", "123456789012345", "abcdefghijklmnopqr", "12:00:00"])
def test_a_day_a_number_and_a_word_are_what_they_are(value: str) -> None:
    other = value.replace("1", "2").replace("b", "c")
    assert differing(answer(value), answer(other), Folding()) == {"body line 1": (value, other)}


@pytest.mark.parametrize("name", ["ETag", "x-request-id", "Request-Id", "x-box-id-2", "uploadId"])
def test_an_etag_and_a_request_id_are_known_by_their_name(name: str) -> None:
    old, new = (Response(200, "OK", ((name, f'"{value}-1"'),)) for value in ("short", "brief"))
    folding = Folding()
    assert (compare(old, new, folding=folding), folding.counts["id"]) == ([], 1)
    assert [found.part for found in compare(old, new)] == [f"header {name.lower()}"]


def test_an_etag_is_the_same_in_header_json_xml_and_condition() -> None:
    def messages(etag: str) -> tuple[Request, list[Response]]:
        listed = answer(f"<L><C><ETag>&quot;{etag}&quot;</ETag></C></L>", XML)
        return Request("GET", "http://box.test/", (("If-Match", f'"{etag}"'),)), [
            Response(200, "OK", (("ETag", f'"{etag}"'),)),
            replace(listed),
            answer(json.dumps({"etag": f'"{etag}"'}), JSON),
        ]

    folding = Folding()
    (sent, old), (asked, new), (other, third) = messages("one"), messages("two"), messages("three")
    assert compare_requests(sent, asked, folding=folding) == []
    assert [compare(*pair, folding=folding) for pair in zip(old, new, strict=True)] == [[], [], []]
    assert len(compare_requests(sent, other, folding=folding)) == 1
    assert [len(compare(*pair, folding=folding)) for pair in zip(old, third, strict=True)] == [1, 1, 1]


def test_a_weak_etag_is_not_a_strong_one() -> None:
    assert differing(Response(200, "", (("ETag", '"a"'),)), Response(200, "", (("ETag", 'W/"b"'),)), Folding()) == {
        "header etag": ('"<id>"', 'W/"<id>"')
    }


def test_a_length_that_tells_the_size_of_its_body_is_no_difference_of_its_own() -> None:
    def sized(text: str, size: int) -> Response:
        return answer(text, (("Content-Length", str(size)), *XML))

    assert differing(sized("<a/>", 4), sized("<a />", 5), Folding()) == {}
    assert differing(sized("<a/>", 4), sized("<a />", 6), Folding()) == {"header content-length": ("4", "6")}
    assert differing(sized("<a/>", 4), sized("<a />", 5)) == {"header content-length": ("4", "5")}


def test_a_boundary_is_no_difference() -> None:
    def form(boundary: str, value: str) -> Request:
        body = f"--{boundary}\r\nContent-Disposition: form-data; name=x\r\n\r\n{value}\r\n--{boundary}--\r\n"
        headers = (("Content-Type", f"multipart/form-data; boundary={boundary}"),)
        return Request("POST", "http://box.test/", headers, body.encode())

    assert compare_requests(form("one", "1"), form("another", "1"), folding=Folding()) == []
    assert compare_requests(form("one", "1"), form("another", "2"), folding=Folding()) == [
        Difference("body part 1 body", '"1"', '"2"')
    ]


def test_requests_differ_in_the_parts_of_their_uri() -> None:
    old = Request("GET", "http://box.test/a%20b?x=1&x=2&y=")
    new = Request("PUT", "https://box.test:8443/a?y=&x=1&x=3")
    assert [(found.part, found.recorded, found.sent) for found in compare_requests(old, new)] == [
        ("method", "GET", "PUT"),
        ("scheme", "http", "https"),
        ("port", "80", "8443"),
        ("path", "/a b", "/a"),
        ("query x[2]", '"2"', '"3"'),
    ]
