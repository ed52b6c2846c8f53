"""What makes two requests the same."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import Matcher, Request
from tests.cassette.strategies import REQUESTS

if TYPE_CHECKING:
    from random import Random

EVERYTHING = Matcher(["method", "scheme", "host", "port", "path", "query", "body"], ["range", "x-meta-*"])
BASE = Request(
    "GET", "http://box.test/a/b?x=1&y=2", (("Range", "bytes=0-1"), ("X-Meta-A", "1"), ("Date", "now")), b"data"
)


@given(REQUESTS)
def test_a_request_matches_itself(request_: Request) -> None:
    fingerprint = EVERYTHING.fingerprint(request_)
    assert EVERYTHING.differences(fingerprint, EVERYTHING.fingerprint(request_)) == []


@given(REQUESTS, REQUESTS)
def test_fingerprints_are_equal_exactly_where_no_part_differs(one: Request, other: Request) -> None:
    first, second = EVERYTHING.fingerprint(one), EVERYTHING.fingerprint(other)
    assert (first == second) == (EVERYTHING.differences(first, second) == [])


@pytest.mark.parametrize(
    ("part", "changed"),
    [
        ("method", replace(BASE, method="HEAD")),
        ("scheme", replace(BASE, uri="https://box.test:80/a/b?x=1&y=2")),
        ("host", replace(BASE, uri="http://bax.test/a/b?x=1&y=2")),
        ("port", replace(BASE, uri="http://box.test:81/a/b?x=1&y=2")),
        ("path", replace(BASE, uri="http://box.test/a/c?x=1&y=2")),
        ("query", replace(BASE, uri="http://box.test/a/b?x=1&y=3")),
        ("query", replace(BASE, uri="http://box.test/a/b?x=1&y=2&y=2")),
        ("query", replace(BASE, uri="http://box.test/a/b?x=1&y=2&z=")),
        ("body", replace(BASE, body=b"atad")),
        ("header range", replace(BASE, headers=(("Range", "bytes=0-2"), ("X-Meta-A", "1")))),
        ("header x-meta-a", replace(BASE, headers=(("Range", "bytes=0-1"),))),
        ("header x-meta-b", replace(BASE, headers=(*BASE.headers, ("x-meta-b", "2")))),
    ],
)
def test_each_declared_part_discriminates_and_is_named(part: str, changed: Request) -> None:
    differences = EVERYTHING.differences(EVERYTHING.fingerprint(BASE), EVERYTHING.fingerprint(changed))
    assert [difference.part for difference in differences] == [part]


@pytest.mark.parametrize(
    "same",
    [
        replace(BASE, uri="http://box.test:80/a/b?x=1&y=2"),
        replace(BASE, uri="http://BOX.test/a/b?y=2&x=1"),
        replace(BASE, uri="http://box.test/a%2Fb?x=%31&y=2"),
        replace(BASE, headers=(("X-META-A", "1"), ("range", " bytes=0-1"), ("Date", "later"))),
        replace(BASE, method="get"),
    ],
    ids=["port", "order", "encoding", "headers", "case"],
)
def test_what_means_the_same_matches(same: Request) -> None:
    assert EVERYTHING.fingerprint(same) == EVERYTHING.fingerprint(BASE)


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_query_values_that_look_alike_when_joined_stay_apart(one: str, other: str) -> None:
    matcher = Matcher(["query"])
    joined = Request("GET", f"http://box.test/?a={quote(one + '&b=' + other, safe='')}")
    apart = Request("GET", f"http://box.test/?a={quote(one, safe='')}&b={quote(other, safe='')}")
    assert matcher.fingerprint(joined) != matcher.fingerprint(apart)


VALUES = st.text("01&= é", max_size=3)
KEPT = st.lists(st.tuples(st.sampled_from(["a", "b"]), VALUES), max_size=3)
INVENTED = st.lists(st.tuples(st.sampled_from(["nonce", "x-id", "x-date"]), VALUES), max_size=3)


@given(KEPT, KEPT, INVENTED, INVENTED, st.randoms())
def test_what_a_client_invents_is_left_out_of_the_query_and_the_rest_discriminates(
    one: list[tuple[str, str]],
    other: list[tuple[str, str]],
    first: list[tuple[str, str]],
    second: list[tuple[str, str]],
    random: Random,
) -> None:
    matcher = Matcher(["query"], ignore_query=["nonce", "x-*"])

    def fingerprint(pairs: list[tuple[str, str]]) -> object:
        random.shuffle(pairs)
        return matcher.fingerprint(Request("GET", f"http://box.test/?{urlencode(pairs)}"))

    assert fingerprint([*one, *first]) == fingerprint([*one, *second])
    assert (fingerprint([*one, *first]) == fingerprint([*other, *second])) == (sorted(one) == sorted(other))


def typed(content_type: str, body: bytes) -> Request:
    return Request("PUT", "http://box.test/", (("Content-Type", content_type),), body)


MEANING = Matcher(["body"], ["content-type"], by_meaning=["form", "json", "multipart", "xml"])
PART = b'--%b\r\nContent-Disposition: form-data; name="a"\r\n\r\n%b\r\n--%b--\r\n'


@pytest.mark.parametrize(
    ("one", "same", "other"),
    [
        (
            typed("application/json", b'{"a": 1, "b": [1, 2]}'),
            typed("application/json", b'{"b":[1,2],"a":1}'),
            typed("application/json", b'{"b":[2,1],"a":1}'),
        ),
        (
            typed("application/xml", b'<a x="1" y="2"> <b/></a>'),
            typed("application/xml", b'<a y="2" x="1"><b></b></a>'),
            typed("application/xml", b'<a y="2" x="1"><c></c></a>'),
        ),
        (
            typed("application/x-www-form-urlencoded", b"a=1&b=2"),
            typed("application/x-www-form-urlencoded", b"b=2&a=%31"),
            typed("application/x-www-form-urlencoded", b"b=1&a=2"),
        ),
        (
            typed("multipart/form-data; boundary=one", PART % (b"one", b"data", b"one")),
            typed("multipart/form-data; boundary=two", PART % (b"two", b"data", b"two")),
            typed("multipart/form-data; boundary=two", PART % (b"two", b"atad", b"two")),
        ),
    ],
    ids=["json", "xml", "form", "multipart"],
)
def test_bodies_that_mean_the_same_match_only_where_that_is_declared(
    one: Request, same: Request, other: Request
) -> None:
    assert MEANING.fingerprint(one) == MEANING.fingerprint(same)
    assert MEANING.fingerprint(one) != MEANING.fingerprint(other)
    by_bytes = Matcher(["body"])
    assert by_bytes.fingerprint(one) != by_bytes.fingerprint(same)


@given(st.binary(max_size=20), st.binary(max_size=20))
def test_bodies_that_are_not_what_their_type_says_match_by_their_bytes(one: bytes, other: bytes) -> None:
    first, second = (typed("application/json", b"not json " + body) for body in (one, other))
    assert (MEANING.fingerprint(first) == MEANING.fingerprint(second)) == (one == other)


def test_parts_of_a_projects_own_discriminate_and_never_raise() -> None:
    def scope(request: Request) -> str:
        return dict(request.headers)["X-Scope"]

    matcher = Matcher(["method", "parts:scope"], parts={"parts:scope": scope})
    one, other = (Request("GET", "http://box.test/", (("X-Scope", value),)) for value in "ab")
    assert matcher.fingerprint(one) == matcher.fingerprint(replace(one, uri="http://box.test/other"))
    (difference,) = matcher.differences(matcher.fingerprint(one), matcher.fingerprint(other))
    assert (difference.part, difference.recorded, difference.sent) == ("parts:scope", "a", "b")
    without = replace(one, headers=())
    assert matcher.fingerprint(without) != matcher.fingerprint(without)


@given(st.binary(min_size=1), st.integers(0, 9), st.integers(0, 2**31))
def test_a_compressed_body_matches_itself_compressed_otherwise_and_nothing_else(
    body: bytes, level: int, time: int
) -> None:
    coded = (("Content-Encoding", "gzip"),)
    sent = Request("PUT", "http://box.test/a", coded, gzip.compress(body, level, mtime=time))
    again = replace(sent, body=gzip.compress(body, mtime=0))
    other = replace(sent, body=gzip.compress(body + b"x", mtime=0))
    assert EVERYTHING.fingerprint(sent) == EVERYTHING.fingerprint(again) != EVERYTHING.fingerprint(other)
    assert EVERYTHING.fingerprint(replace(sent, headers=())) != EVERYTHING.fingerprint(sent)
