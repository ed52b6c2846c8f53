"""Recordings that would not replay."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import PRESETS, Interaction, Matcher, ReplaceValue, Request, Response, Scrubber, prove
from conformance.errors import RecordingError
from tests.cassette.strategies import TAPES

MATCHER = Matcher(["method", "host", "path", "query", "body"])
PATH = Path("tape.yaml")


@dataclass
class Suffix:
    """A rule that never has enough: it scrubs what it has scrubbed."""

    name: str = "box.suffix"

    def request(self, request: Request) -> Request:
        return replace(request, uri=request.uri + "-scrubbed")

    def response(self, response: Response) -> Response:
        return response


@given(TAPES)
def test_what_the_presets_scrubbed_replays(tape: tuple[Interaction, ...]) -> None:
    rules = [rule for preset in PRESETS.values() for rule in preset()]
    scrubber = Scrubber(rules)
    stored = tuple(Interaction(scrubber.request(item.request), scrubber.response(item.response)) for item in tape)
    fresh = Scrubber(rule for preset in PRESETS.values() for rule in preset())
    prove(stored, path=PATH, matcher=MATCHER, scrubber=fresh)
    assert sum(fresh.fired.values()) == 0


def test_a_rule_that_scrubs_twice_is_refused_by_name_with_the_request() -> None:
    stored = (Interaction(Request("GET", "http://box.test/key-scrubbed"), Response(200)),)
    with pytest.raises(RecordingError) as caught:
        prove(stored, path=PATH, matcher=MATCHER, scrubber=Scrubber([Suffix()]))
    assert caught.value.fault.slug == "unproven"
    assert "#1 GET http://box.test/key-scrubbed" in str(caught.value)
    assert "box.suffix" in str(caught.value)
    assert "path differs" in str(caught.value)


@given(st.integers(8, 20), st.integers(8, 20))
def test_the_other_values_of_two_rules_are_not_parts_of_each_other(one: int, other: int) -> None:
    values = [
        ReplaceValue("box.key", f"k-{'y' * one}", "KEY"),
        ReplaceValue("box.host", f"h-{'t' * other}", "box.test"),
    ]
    sent = Request("GET", f"http://{values[1].value}/?key={values[0].value}")
    scrubber = Scrubber(values)
    stored = (Interaction(scrubber.request(sent), Response(200)),)
    prove(stored, path=PATH, matcher=MATCHER, scrubber=Scrubber([]), sent=[sent], values=values)
    assert stored[0].request.uri == "http://box.test/?key=KEY"
