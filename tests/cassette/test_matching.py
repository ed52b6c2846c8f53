"""What makes two requests the same."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import Matcher, Request
from tests.cassette.strategies import REQUESTS

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
