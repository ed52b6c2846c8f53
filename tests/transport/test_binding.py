"""Which cassette a request belongs to: that of the context that it was sent from."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import requests
import urllib3

from conformance.cassette import Cassette, Interaction, Matcher, Player, Recorder, Request, Response, Scrubber
from conformance.errors import NetworkClosed
from conformance.transport import closed_network, open_http
from conformance.transport._binding import current

if TYPE_CHECKING:
    from collections.abc import Callable


def player_of(name: str, count: int) -> Player:
    """Return a player whose answer to each request tells its own name and the key that was asked for."""
    tape = tuple(
        Interaction(Request("GET", f"http://box.test/{key}"), Response(200, "OK", (), f"{name} {key}".encode()))
        for key in range(count)
    )
    matcher = Matcher(["method", "host", "path"])
    return Player(Cassette(Path("none.yaml"), tape, None), matcher=matcher, scrubber=Scrubber(), mend="record it")


def by_requests(key: int) -> str:
    return requests.get(f"http://box.test/{key}", timeout=5).text


def by_urllib3(key: int) -> str:
    with urllib3.PoolManager() as pool:
        return pool.request("GET", f"http://box.test/{key}").data.decode()


def by_httpx(key: int) -> str:
    return httpx.get(f"http://box.test/{key}").text


CLIENTS = [by_requests, by_urllib3, by_httpx]


def many_threads(get: Callable[[int], str], *, threads: int = 12, each: int = 10) -> None:
    """Replay in threads; every answer is right, and none is asked of the network."""
    player = player_of("a", threads * each)
    answers: list[str] = []

    def work(first: int) -> None:
        answers.extend(get(key) for key in range(first, first + each))

    with closed_network() as escapes, open_http(player):
        workers = [threading.Thread(target=work, args=(at * each,)) for at in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert sorted(answers) == sorted(f"a {key}" for key in range(threads * each))
    assert (escapes, player.stops, player.unplayed) == ([], [], [])


@pytest.mark.parametrize("get", CLIENTS)
def test_threads_started_inside_get_every_answer_and_nothing_leaves(get: Callable[[int], str]) -> None:
    many_threads(get)


@pytest.mark.parametrize("get", CLIENTS)
def test_two_cassettes_in_two_threads_never_mix(get: Callable[[int], str]) -> None:
    answers: dict[str, list[str]] = {}

    def work(name: str) -> None:
        with open_http(player_of(name, 60)):
            answers[name] = [get(key) for key in range(60)]

    with closed_network() as escapes:
        workers = [threading.Thread(target=work, args=(name,)) for name in "ab"]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert answers == {name: [f"{name} {key}" for key in range(60)] for name in "ab"}
    assert escapes == []


def test_two_cassettes_in_two_tasks_never_mix() -> None:
    async def work(name: str) -> list[str]:
        with open_http(player_of(name, 30)):
            async with httpx.AsyncClient() as client:
                answers = []
                for key in range(30):
                    answers.append((await client.get(f"http://box.test/{key}")).text)
                    await asyncio.sleep(0)
                return answers

    async def both() -> list[list[str]]:
        return list(await asyncio.gather(work("a"), work("b")))

    with closed_network() as escapes:
        assert asyncio.run(both()) == [[f"{name} {key}" for key in range(30)] for name in "ab"]
    assert escapes == []


def test_a_hundred_requests_at_once_in_one_loop_are_answered_each_by_its_own() -> None:
    async def gather() -> list[str]:
        async with httpx.AsyncClient() as client:
            answers = await asyncio.gather(*(client.get(f"http://box.test/{key}") for key in range(100)))
            return [answer.text for answer in answers]

    with closed_network() as escapes, open_http(player_of("a", 100)):
        assert asyncio.run(gather()) == [f"a {key}" for key in range(100)]
    assert escapes == []


def test_an_inner_cassette_answers_until_it_is_closed() -> None:
    with open_http(player_of("outer", 2)):
        assert by_requests(0) == "outer 0"
        with open_http(player_of("inner", 1)):
            assert by_requests(0) == "inner 0"
        assert by_requests(1) == "outer 1"


def test_what_a_pool_is_given_is_bound_to_the_one_who_gave_it() -> None:
    with ThreadPoolExecutor(1) as pool:
        with open_http(player_of("first", 1)):
            assert pool.submit(by_requests, 0).result() == "first 0"
        with open_http(player_of("second", 1)):
            assert pool.submit(by_requests, 0).result() == "second 0"


def test_a_thread_from_before_gets_the_only_cassette_that_is_open() -> None:
    ask, answers = threading.Event(), []

    def work() -> None:
        ask.wait(5)
        answers.append(by_requests(0))

    thread = threading.Thread(target=work)
    thread.start()
    with open_http(player_of("a", 1)):
        ask.set()
        thread.join()
    assert answers == ["a 0"]


def test_a_thread_that_could_belong_to_several_is_stopped_and_each_of_them_told() -> None:
    ask, raised = threading.Event(), []

    def work() -> None:
        ask.wait(5)
        try:
            by_requests(0)
        except NetworkClosed as stop:
            raised.append(stop)

    thread = threading.Thread(target=work)
    thread.start()
    players = [player_of("a", 1), player_of("b", 1)]
    with ExitStack() as stack:
        for player in players:
            stack.enter_context(open_http(player))
        ask.set()
        thread.join()
    assert len(raised) == 1
    assert [player.stops for player in players] == [raised, raised]


def test_a_live_request_is_sent_as_if_nothing_were_open() -> None:
    seen = []

    def forward() -> Response:
        seen.append(current())
        return Response(200)

    with open_http(Recorder(scrubber=Scrubber())):
        binding = current()
        assert binding is not None
        binding.run(Request("GET", "http://box.test/"), forward)
        assert current() is binding
    assert seen == [None]


def test_threads_record_every_request_with_its_own_answer(echo: str) -> None:
    recorder = Recorder(scrubber=Scrubber())

    def work(first: int) -> None:
        for key in range(first, first + 15):
            requests.get(f"http://{echo}/{key}", timeout=10)

    with open_http(recorder):
        workers = [threading.Thread(target=work, args=(at * 15,)) for at in range(8)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    tape = recorder.interactions
    assert sorted(int(item.request.uri.rpartition("/")[2]) for item in tape) == list(range(120))
    for item in tape:
        assert f'"path": "/{item.request.uri.rpartition("/")[2]}"'.encode() in item.response.body
