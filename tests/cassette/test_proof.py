"""Recordings that would not replay."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import (
    PRESETS,
    Interaction,
    Matcher,
    Recorder,
    ReplaceValue,
    Request,
    Response,
    Scrubber,
    prove,
)
from conformance.cassette.scrubbing import Condition, Unstored
from conformance.errors import RecordingError
from tests.cassette.strategies import TAPES

if TYPE_CHECKING:
    from conformance.cassette._journal import Journal

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


def recorded(scrubber: Scrubber, *sent: Request) -> Recorder:
    recorder = Recorder(scrubber=scrubber)
    for request in sent:
        recorder.keep(recorder.begin(), request, Response(200))
    return recorder


@given(st.from_regex(r"\A[a-z]{6}[0-9]{4}\Z"), st.sampled_from(["", "?key={}", "?key=%2F{}"]))
def test_a_recording_with_live_values_replays_with_others(value: str, query: str) -> None:
    live = ReplaceValue("box.account", value, "account")
    sent = Request("PUT", f"http://{value}.box.test/a" + query.format(value), (), f"<{value}>".encode())
    recorder = recorded(Scrubber([live]), sent)
    assert value not in repr(recorder.interactions)
    asleep = Scrubber([])
    prove(recorder.interactions, path=PATH, matcher=MATCHER, scrubber=asleep, sent=recorder.sent, values=[live])
    assert recorder.sent == [sent]


def test_a_recording_that_keeps_a_live_value_is_refused_with_the_rule() -> None:
    live = ReplaceValue("box.account", "someaccount1", "account")
    recorder = recorded(Scrubber([]), Request("PUT", "http://box.test/someaccount1"))
    with pytest.raises(RecordingError) as caught:
        prove(
            recorder.interactions, path=PATH, matcher=MATCHER, scrubber=Scrubber([]), sent=recorder.sent, values=[live]
        )
    assert caught.value.fault.slug == "unproven"
    assert "with other values for box.account" in str(caught.value)


@given(st.lists(st.sampled_from(["/kept", "/left-out"]), max_size=5))
def test_what_a_rule_keeps_out_is_neither_stored_nor_in_the_journal(paths: list[str]) -> None:
    class Lines:
        def __init__(self) -> None:
            self.uris: list[str] = []

        def append(self, _place: int, item: Interaction) -> None:
            self.uris.append(item.request.uri)

    lines = Lines()
    scrubber = Scrubber([Unstored("box.noise", Condition(path="/left-out"))])
    recorder = Recorder(scrubber=scrubber, journal=cast("Journal", lines))
    for path in paths:
        recorder.keep(recorder.begin(), Request("GET", f"http://box.test{path}"), Response(200))
    expected = [f"http://box.test{path}" for path in paths if path == "/kept"]
    assert [item.request.uri for item in recorder.interactions] == lines.uris == expected
    assert [request.uri for request in recorder.sent] == expected
