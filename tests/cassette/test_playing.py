"""Recording and playing, without any transport."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.cassette import (
    Absent,
    Cassette,
    Interaction,
    Matcher,
    Player,
    Recorder,
    Request,
    Response,
    Scrubber,
    load_cassette,
    write_cassette,
)
from conformance.errors import MissingCassette, NoMatch

if TYPE_CHECKING:
    from random import Random

MATCHER = Matcher(["method", "path", "query", "body"])


def player_of(tape: list[Interaction], **options: bool) -> Player:
    cassette = Cassette(Path("none.yaml"), tuple(tape), None)
    return Player(cassette, matcher=MATCHER, scrubber=Scrubber(), mend="record it", **options)


def exchange(key: int, answer: int) -> Interaction:
    return Interaction(Request("GET", f"http://box.test/{key}"), Response(200, "", (), str(answer).encode()))


@given(st.lists(st.integers(0, 3), max_size=12), st.randoms())
def test_each_key_answers_in_recorded_order_however_keys_interleave(keys: list[int], random: Random) -> None:
    tape = [exchange(key, at) for at, key in enumerate(keys)]
    waiting: dict[int, list[bytes]] = defaultdict(list)
    for item, key in zip(tape, keys, strict=True):
        waiting[key].append(item.response.body)
    sent = list(keys)
    random.shuffle(sent)
    player = player_of(tape)
    for key in sent:
        assert player.answer(exchange(key, 0).request).body == waiting[key].pop(0)
    assert player.unplayed == []
    assert player.stops == []


@given(st.lists(st.integers(0, 3), min_size=1, max_size=8), st.integers(0, 7))
def test_what_no_request_asked_for_is_unplayed(keys: list[int], count: int) -> None:
    tape = [exchange(key, at) for at, key in enumerate(keys)]
    player = player_of(tape)
    for key in keys[:count]:
        player.answer(exchange(key, 0).request)
    assert len(player.unplayed) == max(0, len(keys) - count)


@given(st.lists(st.integers(0, 2), max_size=6), st.lists(st.integers(0, 2), max_size=6))
def test_in_order_exactly_the_next_recorded_request_is_answered(keys: list[int], sent: list[int]) -> None:
    player = player_of([exchange(key, at) for at, key in enumerate(keys)], is_ordered=True)
    answers = [player.find(exchange(key, 0).request) for key in sent]
    expected: list[bytes | None] = []
    for key in sent:
        at = sum(answer is not None for answer in expected)
        expected.append(str(at).encode() if at < len(keys) and keys[at] == key else None)
    assert [answer and answer.body for answer in answers] == expected


CALLS = st.lists(st.tuples(st.sampled_from(["GET", "PUT"]), st.integers(0, 1)), max_size=8)


@given(CALLS, CALLS)
@example([("GET", 0), ("PUT", 0)], [("GET", 0), ("PUT", 0), ("GET", 0)])
@example([("GET", 0), ("PUT", 0)], [("GET", 0), ("GET", 0), ("PUT", 0)])
def test_a_safe_request_is_answered_again_until_a_recorded_change_was_played(
    recorded: list[tuple[str, int]], sent: list[tuple[str, int]]
) -> None:
    tape = [called(call, at) for at, call in enumerate(recorded)]
    player = player_of(tape, is_elastic=True)
    played: list[int] = []
    last: dict[tuple[str, int], int] = {}
    for call in sent:
        unplayed = [at for at, one in enumerate(recorded) if one == call and at not in played]
        again = last.get(call)
        expected = None
        if unplayed:
            expected = last[call] = unplayed[0]
            played.append(expected)
        elif again is not None and call[0] == "GET":
            between = recorded[again + 1 : max(played) + 1]
            expected = None if any(method == "PUT" for method, _ in between) else again
        answer = player.find(called(call, 0).request)
        assert (answer and answer.body) == (None if expected is None else str(expected).encode())


def called(call: tuple[str, int], answer: int) -> Interaction:
    method, key = call
    return Interaction(Request(method, f"http://box.test/{key}"), Response(200, "", (), str(answer).encode()))


def test_a_request_that_was_played_already_is_stopped_and_said_so() -> None:
    player = player_of([exchange(1, 1)])
    player.answer(exchange(1, 0).request)
    with pytest.raises(NoMatch, match="agrees in every part, but was played already"):
        player.answer(exchange(1, 0).request)


def test_a_miss_names_cassette_nearest_line_part_and_cure(tmp_path: Path) -> None:
    path = tmp_path / "test_copy.yaml"
    tape = (
        Interaction(Request("GET", "http://box.test/other"), Response(200)),
        Interaction(Request("PUT", "http://box.test/key?partNumber=1"), Response(200)),
    )
    write_cassette(path, tape, None)
    player = Player(load_cassette(path), matcher=MATCHER, scrubber=Scrubber(), mend="pytest --record")
    with pytest.raises(NoMatch) as caught:
        player.answer(Request("PUT", "http://box.test/key?uploads="))
    assert str(caught.value) == (
        f"{path}: No recorded interaction answers PUT /key?uploads=.\n"
        f"  cassette  2 interactions, 0 played\n"
        f"  nearest   #2, line {line_of_second(path)}: method, path and body agree; query differs\n"
        f"            recorded ?partNumber=1\n"
        f"            sent     ?uploads=\n"
        f"  mend      re-record with `pytest --record` (no-match)"
    )
    assert player.stops == [caught.value]


def test_a_miss_shows_where_in_the_bodies_two_requests_differ() -> None:
    typed = (("Content-Type", "application/json"),)
    player = player_of([Interaction(Request("PUT", "http://box.test/", typed, b'{"a": 1, "b": 2}'), Response(200))])
    with pytest.raises(NoMatch) as caught:
        player.answer(Request("PUT", "http://box.test/", typed, b'{"b": 3, "a": 1}'))
    assert caught.value.fault.details[1:] == (
        "nearest   #1: method, path and query agree; body differs",
        "          body $.b",
        "          recorded 2",
        "          sent     3",
    )


def line_of_second(path: Path) -> int:
    starts = [at for at, text in enumerate(path.read_text().split("\n"), 1) if text.startswith("- request")]
    return starts[1]


def test_no_exception_handler_of_a_client_catches_a_miss() -> None:
    player = player_of([])
    with pytest.raises(NoMatch):
        try:
            player.answer(exchange(1, 1).request)
        except Exception:  # noqa: BLE001
            pytest.fail("it was caught")


def test_an_absent_cassette_stops_the_first_request(tmp_path: Path) -> None:
    absent = Absent(tmp_path / "none.yaml", mend="pytest --record")
    with pytest.raises(MissingCassette, match="pytest --record"):
        absent.answer(exchange(1, 1).request)
    assert len(absent.stops) == 1


@given(st.permutations([("B", "1"), ("a", "1"), ("c", "1"), ("A", "2")]))
def test_header_names_are_kept_in_one_order_and_the_values_of_a_name_in_theirs(order: list[tuple[str, str]]) -> None:
    recorder = Recorder(scrubber=Scrubber())
    recorder.keep(1, Request("GET", "http://box.test/"), Response(200, "", tuple(order)))
    kept = recorder.interactions[0].response.headers
    assert [name.lower() for name, _ in kept] == ["a", "a", "b", "c"]
    assert list(kept[:2]) == [pair for pair in order if pair[0] in "aA"]


@given(st.permutations(range(6)))
def test_a_recording_is_in_order_of_sending_whatever_the_order_of_answers(order: list[int]) -> None:
    recorder = Recorder(scrubber=Scrubber())
    places = [recorder.begin() for _ in range(6)]
    for at in order:
        item = exchange(at, at)
        recorder.keep(places[at], item.request, item.response)
    assert [item.response.body for item in recorder.interactions] == [str(at).encode() for at in range(6)]
