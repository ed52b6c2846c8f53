"""vcr's stubs with our player and recorder behind them."""

from __future__ import annotations

import ast
import asyncio
import http.client
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest
import requests
import urllib3
import vcr

from conformance.cassette import Cassette, Matcher, Player, Recorder, Scrubber
from conformance.errors import NoMatch
from conformance.transport import open_http
from conformance.transport._vcr import _Recording, _Replaying

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.cassette import Interaction

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


CLIENTS = [by_urllib3, by_requests, by_http_client, by_aiohttp]


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
def test_nothing_is_patched_once_it_is_closed(send: Callable[[str], Answer], echo: str) -> None:
    before = (http.client.HTTPConnection, urllib3.HTTPConnectionPool.ConnectionCls, aiohttp.ClientSession._request)
    with open_http(player_of(())):
        pass
    assert before == (
        http.client.HTTPConnection,
        urllib3.HTTPConnectionPool.ConnectionCls,
        aiohttp.ClientSession._request,
    )
    assert send(f"http://{echo}/key")[0] == 201


def test_the_stubs_ask_a_cassette_for_nothing_that_ours_lack() -> None:
    """Fails when a new vcrpy calls something else than what transport/_vcr.py answers to."""
    package = Path(vcr.__file__).parent
    sources = [package / "patch.py", *(package / "stubs").glob("*.py")]
    asked = {
        node.attr
        for source in sources
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and _is_cassette(node.value)
    }
    assert {"can_play_response_for", "play_response", "append", "write_protected"} <= asked
    recording_only = {"append", "filter_request"}
    replaying_only = {"play_response", "find_requests_with_most_matches"}
    assert asked - set(dir(_Replaying)) <= recording_only
    assert asked - set(dir(_Recording)) <= replaying_only


def _is_cassette(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name in ("cassette", "_cassette")
