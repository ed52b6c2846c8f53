"""Values that a server chose stand for the recorded ones, wherever and however these are written."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import Request
from conformance.compare.verification import Correlation

CHOSEN = st.text("abcdefXYZ0123456789-_/+=.!%&:* ~", min_size=6, max_size=24).filter(
    lambda text: text.strip() == text and text[0].isalnum() and text[-1].isalnum() and unquote(text) == text
)
PLAIN = st.text("abcdefXYZ0123456789-_.", min_size=6, max_size=24).filter(lambda text: text[0].isalnum())
URI = "https://account.service.test/container/path"


def known(recorded: str, live: str) -> Correlation:
    correlation = Correlation()
    correlation.pair([("header id", recorded)], [("header id", live)])
    return correlation


@given(CHOSEN, CHOSEN, st.sampled_from(["", "/", "~", "!*"]), st.integers(1, 2))
def test_a_live_value_stands_in_the_query_however_the_recorded_one_was_encoded(
    recorded: str, live: str, safe: str, times: int
) -> None:
    encoded = recorded
    for _ in range(times):
        encoded = quote(encoded, safe=safe)
    sent = known(recorded, live).placed(Request("GET", f"{URI}?a=1&id={encoded}&b=2"))
    query = sent.uri.partition("?")[2].split("&")
    assert query[0] == "a=1"
    assert query[2] == "b=2"
    assert live in (unquote(query[1][3:]), unquote(unquote(query[1][3:])))
    assert not set(query[1][3:]) & set("/+=&: ")


@given(CHOSEN, CHOSEN, st.sampled_from(["{}", '"{}"', 'W/"{}"', '"none", "{}"', "(<{}>)"]))
def test_a_live_value_stands_in_headers_with_the_quotes_that_were_there(recorded: str, live: str, form: str) -> None:
    sent = known(recorded, live).placed(Request("PUT", URI, (("If-Match", form.format(recorded)), ("Other", "kept"))))
    assert sent.headers == (("If-Match", form.format(live)), ("Other", "kept"))


@given(PLAIN, PLAIN)
def test_a_live_value_stands_in_a_body_and_what_was_said_of_the_body_stays_true(recorded: str, live: str) -> None:
    def digest(body: bytes) -> str:
        return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()

    old, new = (f"<Id>{value}</Id>".encode() for value in (recorded, live))
    headers = (("Content-MD5", digest(old)), ("Content-Length", str(len(old))))
    sent = known(recorded, live).placed(Request("PUT", URI, headers, old))
    assert sent.body == new
    assert sent.headers == (("Content-MD5", digest(new)), ("Content-Length", str(len(new))))


@given(PLAIN, PLAIN)
def test_what_only_holds_a_recorded_value_within_a_longer_word_is_left_alone(recorded: str, live: str) -> None:
    request = Request("GET", f"{URI}?id=0{recorded}0", (("Id", f"x{recorded}x"),), f"y{recorded}y".encode())
    assert known(recorded, live).placed(request) == request


@given(st.lists(PLAIN, min_size=2, max_size=6, unique=True))
def test_values_that_change_places_are_each_put_in_place_once(values: list[str]) -> None:
    turned = [*values[1:], values[0]]
    correlation = Correlation()
    places = [f"place {at}" for at in range(len(values))]
    correlation.pair(zip(places, values, strict=True), zip(places, turned, strict=True))
    request = Request("GET", URI, tuple(("Id", value) for value in values))
    assert correlation.placed(request).headers == tuple(("Id", value) for value in turned)


def test_a_value_that_is_chosen_again_stands_for_the_later_one() -> None:
    correlation = known("recorded", "first")
    correlation.pair([("header id", "recorded")], [("header id", "second")])
    assert correlation.placed(Request("GET", f"{URI}?id=recorded")).uri == f"{URI}?id=second"


def test_a_value_that_the_server_did_not_choose_is_sent_as_it_was_recorded() -> None:
    correlation = Correlation()
    correlation.pair([("header id", "recorded")], [("header other", "live")])
    assert correlation.placed(Request("GET", f"{URI}?id=recorded")).uri == f"{URI}?id=recorded"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Fri, 06 Aug 2021 16:35:45 GMT", "Sun, 22 Nov 2026 01:00:00 GMT"),  # a Last-Modified of the recording
        ("Fri, 06 Aug 2021 16:20:45 GMT", "Fri, 06 Aug 2021 17:20:45 GMT"),
        ("no date", "no date"),
    ],
)
def test_a_conditional_date_is_the_live_one_or_else_later_by_as_much_as_the_request(value: str, expected: str) -> None:
    correlation = known("Fri, 06 Aug 2021 16:35:45 GMT", "Sun, 22 Nov 2026 01:00:00 GMT")
    request = Request("GET", URI, (("If-Modified-Since", value), ("X-Other", "Fri, 06 Aug 2021 16:20:45 GMT")))
    sent = correlation.placed(correlation.dated(request, {"if-modified-since"}, shift_s=3600))
    assert sent.headers == (("If-Modified-Since", expected), ("X-Other", "Fri, 06 Aug 2021 16:20:45 GMT"))
