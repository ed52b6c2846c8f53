"""Many threads and tasks at once: every answer is right, nothing is lost or mispaired, nothing leaves, nothing stays.

``CONFORMANCE_ROUNDS`` is how often each client replays in threads; a hundred times without it.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import socket
import ssl
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import httpx
import pytest
import requests
import urllib3

from conformance.cassette import Journal, Recorder, Scrubber, load_cassette, read_journal, write_cassette
from conformance.transport import closed_network, open_http
from tests.transport.test_binding import many_threads, player_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from conformance.cassette import Interaction

ROUNDS = int(os.environ.get("CONFORMANCE_ROUNDS", "100"))
THREADS, EACH = 8, 75
REPLACED: tuple[Any, ...] = (
    ThreadPoolExecutor,
    aiohttp.BaseConnector,
    aiohttp.ClientSession,
    http.client,
    http.client.HTTPConnection,
    http.client.HTTPSConnection,
    httpx.AsyncHTTPTransport,
    httpx.HTTPTransport,
    socket,
    socket.socket,
    ssl,
    ssl.SSLContext,
    threading.Thread,
    urllib3.HTTPConnectionPool,
    urllib3.HTTPSConnectionPool,
)


class Calls:
    """The look-ups and connects of this process, to whatever host, while ``is_on``."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []
        self.is_on = False
        sys.addaudithook(self._audit)  # stays until the process ends, and does nothing then

    def _audit(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.is_on and event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.connect", "socket.sendto"}:
            self.found.append((event, repr(arguments)))


@pytest.fixture(scope="module")
def listening() -> Calls:
    return Calls()


@pytest.fixture
def calls(listening: Calls) -> Iterator[list[tuple[str, str]]]:
    """Whatever the test does: it asks nothing of the network, and leaves every client as it was."""
    before = [dict(vars(owner)) for owner in REPLACED]
    listening.found.clear()
    listening.is_on = True
    yield listening.found
    listening.is_on = False
    assert listening.found == []
    after = [dict(vars(owner)) for owner in REPLACED]
    changed = [
        (owner, name)
        for owner, was, now in zip(REPLACED, before, after, strict=True)
        for name in {*was, *now}
        if was.get(name) is not now.get(name)
    ]
    assert changed == []


@contextmanager
def by_requests() -> Iterator[Callable[[str], str]]:
    yield lambda url: requests.get(url, timeout=5).text


@contextmanager
def by_urllib3() -> Iterator[Callable[[str], str]]:
    with urllib3.PoolManager() as pool:
        yield lambda url: pool.request("GET", url).data.decode()


@contextmanager
def by_httpx() -> Iterator[Callable[[str], str]]:
    with httpx.Client() as client:
        yield lambda url: client.get(url).text


CLIENTS = [by_requests, by_urllib3, by_httpx]


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize("client", CLIENTS)
def test_threads_replay_again_and_again_and_nothing_leaves(client: Any) -> None:
    with client() as get:
        for _ in range(ROUNDS):
            many_threads(lambda key: get(f"http://box.test/{key}"), threads=16, each=25)


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize("client", CLIENTS)
def test_two_cassettes_in_two_threads_never_mix(client: Any) -> None:
    for _ in range(ROUNDS):
        replay_two(client)


def replay_two(client: Any) -> None:
    """Replay two cassettes at the same time; each thread gets the answers of its own."""
    answers: dict[str, list[str]] = {}
    players = {name: player_of(name, 60) for name in "ab"}
    together = threading.Barrier(2)

    def work(name: str) -> None:
        with open_http(players[name]), client() as get:
            together.wait(10)
            answers[name] = [get(f"http://box.test/{key}") for key in range(60)]

    with closed_network() as escapes:
        workers = [threading.Thread(target=work, args=(name,)) for name in players]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert answers == {name: [f"{name} {key}" for key in range(60)] for name in "ab"}
    assert (escapes, [player.unplayed + player.stops for player in players.values()]) == ([], [[], []])


async def gather_by_aiohttp(count: int) -> list[str]:
    async def get(session: aiohttp.ClientSession, key: int) -> str:
        async with session.get(f"http://box.test/{key}") as answer:
            return await answer.text()

    async with aiohttp.ClientSession() as session:
        return list(await asyncio.gather(*(get(session, key) for key in range(count))))


async def gather_by_httpx(count: int) -> list[str]:
    async with httpx.AsyncClient() as client:
        answers = await asyncio.gather(*(client.get(f"http://box.test/{key}") for key in range(count)))
        return [answer.text for answer in answers]


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize("gather", [gather_by_aiohttp, gather_by_httpx])
def test_a_hundred_tasks_at_once_are_answered_each_by_its_own(gather: Callable[[int], Awaitable[list[str]]]) -> None:
    async def all_at_once() -> list[str]:
        return await gather(100)

    for _ in range(ROUNDS):
        player = player_of("a", 100)
        with closed_network() as escapes, open_http(player):
            assert asyncio.run(all_at_once()) == [f"a {key}" for key in range(100)]
        assert (escapes, player.stops, player.unplayed) == ([], [], [])


def pairs_of(items: tuple[Interaction, ...]) -> list[tuple[str, str]]:
    """Return the path of each request, and the one that its answer was for, by request."""
    return sorted((item.request.uri.rpartition("/")[2], told_by(item.response.body)) for item in items)


def told_by(body: bytes) -> str:
    return str(json.loads(body)["path"]).removeprefix("/")


def test_threads_record_every_request_with_its_own_answer(tmp_path: Path, echo: str) -> None:
    path = tmp_path / "test_it.yaml"
    journal = Journal(path)
    recorder = Recorder(scrubber=Scrubber(), journal=journal)
    answers: dict[str, str] = {}

    def work(first: int) -> None:
        for key in map(str, range(first, first + EACH)):
            answers[key] = told_by(requests.get(f"http://{echo}/{key}", timeout=10).content)

    with open_http(recorder):
        workers = [threading.Thread(target=work, args=(at * EACH,)) for at in range(THREADS)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    expected = sorted((str(key), str(key)) for key in range(THREADS * EACH))
    assert sorted(answers.items()) == expected
    assert pairs_of(recorder.interactions) == expected
    assert read_journal(journal.path).interactions == recorder.interactions
    write_cassette(path, recorder.interactions, None)
    recorder.close()
    assert pairs_of(load_cassette(path).interactions) == expected
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
