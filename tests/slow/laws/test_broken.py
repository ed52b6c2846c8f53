"""Each way to break a law, on one example: the law sees it, says where, and shows it."""

from __future__ import annotations

import pytest

from conformance.laws import SCRUBBER_LAWS, Planted, ScrubberTarget, Secret, run_laws
from tests.slow.laws.broken_matchers import MATCHERS
from tests.slow.laws.broken_scrubbers import SCRUBBERS

SECRET, OTHER = Secret("Abc+de/fgh=1"), Secret("Zyx+de/fgh=9z+.")


@pytest.mark.parametrize(
    ("name", "place", "encoding", "where"),
    [
        ("grows each time", "url query value", "raw", "?field=STAND-IN. became"),
        ("breaks json", "request body, json value", "raw", "what is left cannot be read"),
        ("breaks xml", "response body, xml text", "raw", "what is left cannot be read: not XML"),
        ("breaks forms", "url query value", "raw", "url query names is"),
        ("breaks content-length", "request body, text", "raw", "request Content-Length is 20, the body has"),
        ("breaks chunks", "response body, across chunks", "raw", "response chunks of"),
        ("breaks hex", "request header", "hex", "request header as hex: non-hexadecimal"),
        ("changes header names", "request header", "raw", "request header names are content-planted"),
        ("breaks compression", "request body, gzip", "raw", "request compression is"),
        ("replaces whole bodies", "request body, text", "raw", "a text without what stood around"),
        ("breaks the url that a client follows", "url query value", "raw", "recorded and sent differ"),
        ("tells the length", "request header", "raw", "Content-Planted: AAAAAAAAAAAA became"),
        ("is another each time", "request header", "raw", "recorded and sent differ: Content-Planted"),
        ("has a stand-in a type", "request body, json value", "raw", "'STAND-IN-2', in a text 'STAND-IN'"),
        ("takes words for secrets", "request header", "raw", "Content-Planted: name and name became"),
        ("drops a header", "request header, second value", "raw", "Content-Repeated: first became (nothing)"),
        ("says that it fired", "request header", "raw", "fired: always"),
        ("ignores the response", "response body, json key", "raw", "cassette, response body, read as raw"),
    ],
)
def test_a_law_says_where_it_is_broken(name: str, place: str, encoding: str, where: str) -> None:
    make, slug = SCRUBBERS[name]
    (law,) = [law for law in SCRUBBER_LAWS if law.name == slug]
    broken = law.check(ScrubberTarget(name, make), Planted(SECRET, ((place, encoding),), OTHER))
    assert broken is not None
    assert where in broken.where
    assert broken.shown


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("asks for the date", "a request does not match itself"),
        ("takes what begins alike", "the right does not match the left"),
        ("depends on the order of headers", "it sees a change of what is volatile: header order"),
        ("ignores repeated parameters", "it does not see a change of what is significant: query, repeated"),
        ("finds nothing", "the index finds none, and reading them in order #1"),
        ("stamps what it scrubs", "they match, and scrubbed they do not"),
        ("doubles what it scrubs", "scrubbed once it does not match itself scrubbed twice"),
    ],
)
def test_a_matcher_is_told_what_it_did(name: str, where: str) -> None:
    target, law = MATCHERS[name]
    (broken,) = run_laws([target], seed=0, only=[law]).broken
    assert where in broken.where
    assert broken.shown
