"""In-process HTTP through every client that has a seam, and one that vcr's stubs serve."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import httplib2
import httpx
import pytest
import requests
import urllib3

from conformance.cassette import Cassette, Extender, Matcher, PassingHosts, Player, Recorder, RetryPolicy, Scrubber
from conformance.errors import NoMatch
from conformance.transport import open_http

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.cassette import Interaction

PATCHED: list[tuple[type, str]] = [
    (urllib3.HTTPConnectionPool, "urlopen"),
    (urllib3.HTTPConnectionPool, "_make_request"),
    (urllib3.HTTPSConnectionPool, "_prepare_proxy"),
    (http.client.HTTPConnection, "connect"),
    (http.client.HTTPSConnection, "connect"),
    (aiohttp.BaseConnector, "connect"),
    (httpx.HTTPTransport, "handle_request"),
    (httpx.AsyncHTTPTransport, "handle_async_request"),
    (threading.Thread, "start"),
    (ThreadPoolExecutor, "submit"),
]
BEFORE = [owner.__dict__[name] for owner, name in PATCHED]
Answer = tuple[int, bytes, list[str]]


def by_urllib3(url: str) -> Answer:
    with urllib3.PoolManager(retries=False) as pool:
        answer = pool.request("PUT", url, body=b"data")
        return answer.status, answer.data, answer.headers.getlist("X-Twice")


def by_requests(url: str) -> Answer:
    with requests.put(url, data=b"data", timeout=5) as answer:
        return answer.status_code, answer.content, answer.raw.headers.getlist("X-Twice")


def by_http_client(url: str) -> Answer:
    host, _, path = url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=5)
    connection.request("PUT", f"/{path}", body=b"data")
    answer = connection.getresponse()
    told = answer.status, answer.read(), answer.headers.get_all("X-Twice", [])
    connection.close()
    return told


def by_aiohttp(url: str) -> Answer:
    async def put() -> Answer:
        async with aiohttp.ClientSession() as session, session.put(url, data=b"data") as answer:
            return answer.status, await answer.content.read(), answer.headers.getall("X-Twice")

    return asyncio.run(put())


def by_httpx(url: str) -> Answer:
    with httpx.Client() as client:
        answer = client.put(url, content=b"data")
        return answer.status_code, answer.content, answer.headers.get_list("X-Twice")


def by_httpx_async(url: str) -> Answer:
    async def put() -> Answer:
        async with httpx.AsyncClient() as client:
            answer = await client.put(url, content=b"data")
            return answer.status_code, answer.content, answer.headers.get_list("X-Twice")

    return asyncio.run(put())


def by_urllib_request(url: str) -> Answer:
    request = urllib.request.Request(url, data=b"data", method="PUT")
    with urllib.request.urlopen(request, timeout=5) as answer:
        return answer.status, answer.read(), answer.headers.get_all("X-Twice")


def by_httplib2(url: str) -> Answer:
    with contextlib.closing(httplib2.Http()) as client:
        answer, body = client.request(url, "PUT", body=b"data")
    return answer.status, body, answer["x-twice"].split(", ")


SEAMED = [by_urllib3, by_requests, by_http_client, by_urllib_request, by_aiohttp, by_httpx, by_httpx_async]
CLIENTS = [*SEAMED, by_httplib2]


def player_of(tape: tuple[Interaction, ...]) -> Player:
    matcher = Matcher(["method", "host", "port", "path", "query", "body"])
    return Player(Cassette(Path("none.yaml"), tape, None), matcher=matcher, scrubber=Scrubber(), mend="record it")


@pytest.mark.parametrize("send", CLIENTS)
def test_what_was_recorded_is_replayed_to_the_last_byte(send: Callable[[str], Answer], echo: str) -> None:
    recorder = Recorder(scrubber=Scrubber())
    with open_http(recorder):
        live = [send(f"http://{echo}/key?x=1"), send(f"http://{echo}/key?x=1")]
    player = player_of(recorder.interactions)
    with open_http(player):
        assert [send(f"http://{echo}/key?x=1"), send(f"http://{echo}/key?x=1")] == live
    assert live[0] != live[1]
    assert live[0][2] == ["one", "two"]
    assert player.unplayed == []


@pytest.mark.parametrize("send", CLIENTS)
def test_what_was_not_recorded_is_stopped_and_reaches_no_server(send: Callable[[str], Answer], echo: str) -> None:
    player = player_of(())
    with open_http(player), pytest.raises(NoMatch):
        send(f"http://{echo}/key")
    assert len(player.stops) == 1
    assert b'"count": 1' in send(f"http://{echo}/key")[1]


@pytest.mark.parametrize("send", CLIENTS)
def test_what_is_recorded_is_answered_and_the_rest_is_sent_and_kept(send: Callable[[str], Answer], echo: str) -> None:
    first = Recorder(scrubber=Scrubber())
    with open_http(first):
        known = send(f"http://{echo}/known")
    extender = Extender(player_of(first.interactions), Recorder(scrubber=Scrubber()))
    with open_http(extender):
        assert send(f"http://{echo}/known") == known
        new = send(f"http://{echo}/new")
    assert b'"count": 2' in new[1]
    assert [item.request.uri for item in extender.recorder.interactions] == [f"http://{echo}/new"]


@pytest.mark.parametrize("send", CLIENTS)
def test_a_host_that_is_let_through_is_reached_in_replay_and_in_recording(
    send: Callable[[str], Answer], echo: str
) -> None:
    player, recorder = player_of(()), Recorder(scrubber=Scrubber())
    for exchange in (player, recorder):
        with open_http(PassingHosts(["127.0.0.1:*"], exchange)):
            assert send(f"http://{echo}/key")[0] == 201
    assert (player.stops, recorder.interactions) == ([], ())
    with open_http(PassingHosts(["*.other"], player)), pytest.raises(NoMatch):
        send(f"http://{echo}/key")


@pytest.mark.parametrize("send", SEAMED)
def test_an_answer_that_says_nothing_of_the_service_is_asked_for_again(
    send: Callable[[str], Answer], echo: str
) -> None:
    recorder = Recorder(scrubber=Scrubber(), policy=RetryPolicy(frozenset({503}), waits_s=(0.001,)))
    with open_http(recorder):
        status, body, _ = send(f"http://{echo}/failing-first")
    assert (status, b'"body": "data"' in body, b'"count": 2' in body) == (201, True, True)
    assert [item.response.status for item in recorder.interactions] == [201]


@pytest.mark.parametrize("send", CLIENTS)
def test_nothing_is_patched_once_it_is_closed(send: Callable[[str], Answer], echo: str) -> None:
    with open_http(player_of(())), open_http(player_of(())):
        pass
    assert [owner.__dict__[name] for owner, name in PATCHED] == BEFORE
    assert send(f"http://{echo}/key")[0] == 201


def test_a_client_that_is_imported_while_a_cassette_is_open_gets_its_seam(pytester: pytest.Pytester) -> None:
    code = """
import sys
from conformance.cassette import Recorder, Scrubber
from conformance.transport import open_http
assert not {"urllib3", "aiohttp", "httpx", "vcr"} & set(sys.modules)
with open_http(Recorder(scrubber=Scrubber())):
    import urllib3
    print(hasattr(urllib3.HTTPConnectionPool._make_request, "__wrapped__"))
print(hasattr(urllib3.HTTPConnectionPool._make_request, "__wrapped__"), "vcr" in sys.modules)
"""
    assert pytester.runpython_c(code).outlines == ["True", "False False"]
