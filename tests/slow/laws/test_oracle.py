"""The oracle finds every planted secret where nothing scrubs, and none where nothing was planted."""

from __future__ import annotations

import base64
import zlib

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conformance.cassette import Interaction, Request, Response
from conformance.laws import ENCODINGS, PLACES, Planted, Secret, cassettes, find_leaks, planted, secrets, stored
from conformance.laws._planting import pairs_with

ABC = Secret("Abc+de/fgh=1")


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(max_examples=2, deadline=None)
@given(st.data())
def test_every_place_is_found_in_the_cassette_and_in_the_journal(encoding: str, data: st.DataObject) -> None:
    example = data.draw(planted(pairs_with(encoding)))
    for pair in example.pairs:
        leaks = find_leaks(example.secret, stored(example.only(pair).interactions()))
        assert {"cassette", "journal"} <= {leak.part for leak in leaks}, pair
        side = PLACES[pair[0]].side
        assert {leak.side for leak in leaks if leak.side} == {side}, pair


@settings(deadline=None)
@given(cassettes(), secrets())
def test_nothing_is_found_where_nothing_was_planted(tape: tuple[Interaction, ...], secret: Secret) -> None:
    assert find_leaks(secret, stored(tape)) == []


@settings(deadline=None)
@given(planted())
def test_the_other_secret_is_not_taken_for_the_secret(example: Planted) -> None:
    assert find_leaks(example.secret, stored(example.interactions_of_other())) == []


@pytest.mark.parametrize(
    ("body", "encoding", "offset"),
    [
        (b"ab " + b"Abc+de/fgh=1", "raw", 3),
        (b"a%20b Abc%2Bde%2ffgh%3D1", "percent", 6),
        (b"\\u0061 " + b'"Abc+de\\/fgh=1"', "json", 8),
        (b"&amp; &#65;bc+de/fgh=1", "xml", 6),
        (b"::" + b"Abc+de/fgh=1".hex().encode(), "hex", 2),
        (b"f:" + b"Abc+de/fgh=1".hex().upper().encode(), "hex", 2),
        (b"key=" + base64.b64encode(b"uvwAbc+de/fgh=1"), "base64", 8),
        (zlib.compress(b"Abc+de/fgh=1"), "deflate", 0),
        (base64.b64encode(b"Abc%2Bde/fgh=1"), "base64 > percent", 0),
    ],
)
def test_a_leak_says_what_to_undo_and_where_it_begins(body: bytes, encoding: str, offset: int) -> None:
    item = Interaction(Request("PUT", "http://box.test/", body=body), Response(200))
    leaks = [leak for leak in find_leaks(ABC, stored([item])) if leak.field == "body"]
    assert [(leak.part, leak.interaction, leak.side) for leak in leaks] == [
        ("cassette", 1, "request"),
        ("journal", 1, "request"),
    ]
    assert {(leak.encoding, leak.offset) for leak in leaks} == {(encoding, offset)}


def test_the_caret_stands_below_the_first_letter_of_the_leak() -> None:
    item = Interaction(Request("PUT", "http://box.test/", body=b"a body that has Abc+de/fgh=1 in it"), Response(200))
    shown, caret = find_leaks(ABC, stored([item]))[0].shown.split("\n")
    assert shown[caret.index("^") :].startswith("Abc+de/fgh=1")


def test_a_large_body_beside_the_cassette_is_looked_into() -> None:
    body = bytes(range(256)) * 300 + b"Abc+de/fgh=1" + b"\xff" * 300
    found = stored([Interaction(Request("GET", "http://box.test/"), Response(200, "", (), body))])
    assert found.beside
    assert {leak.part for leak in find_leaks(ABC, found)} == {"journal", *found.beside}


@settings(deadline=None)
@given(secrets(), st.sampled_from(["upper", "lower"]))
def test_the_case_of_a_secret_counts_unless_it_says_nothing(secret: Secret, case: str) -> None:
    other = getattr(secret.text, case)()
    assume(other != secret.text)
    item = Interaction(Request("GET", "http://box.test/", (("X-A", other),)), Response(200))
    assert bool(find_leaks(secret, stored([item]))) == secret.is_case_free
