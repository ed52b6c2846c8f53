"""The network outside loopback, closed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import threading
from http.client import HTTPConnection

import pytest

from conformance.errors import NetworkClosed
from conformance.transport import closed_network

OUTSIDE = "192.0.2.1"  # reserved for documentation (RFC 5737): nothing is there, were it to get through


def test_connecting_is_stopped_before_it_starts() -> None:
    with closed_network() as stops, socket.socket() as client:
        with pytest.raises(NetworkClosed, match=OUTSIDE):
            client.connect((OUTSIDE, 80))
        assert len(stops) == 1


@pytest.mark.parametrize("look_up", [socket.gethostbyname, lambda name: socket.getaddrinfo(name, 80)])
def test_looking_up_a_name_is_stopped(look_up: object) -> None:
    with closed_network(), pytest.raises(NetworkClosed, match="example.invalid"):
        look_up("example.invalid")  # type: ignore[operator]


def test_sending_a_datagram_is_stopped() -> None:
    with closed_network(), socket.socket(type=socket.SOCK_DGRAM) as client, pytest.raises(NetworkClosed):
        client.sendto(b"x", (OUTSIDE, 53))


def test_other_threads_are_stopped_and_what_they_swallow_is_known() -> None:
    def escape() -> None:
        with contextlib.suppress(BaseException):  # a client that swallows everything
            HTTPConnection(OUTSIDE, timeout=1).request("GET", "/")

    with closed_network() as stops:
        thread = threading.Thread(target=escape)
        thread.start()
        thread.join()
    assert [type(stop) for stop in stops] == [NetworkClosed]


def test_event_loops_are_stopped() -> None:
    async def escape() -> None:
        await asyncio.open_connection(OUTSIDE, 80)

    with closed_network(), pytest.raises(NetworkClosed):
        asyncio.run(escape())


def test_loopback_stays_open() -> None:
    with (
        closed_network() as stops,
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(("localhost", server.getsockname()[1])) as client,
    ):
        assert client.getpeername()[0] == "127.0.0.1"
    assert stops == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_it_is_open_again_when_the_last_has_closed_whatever_the_order(order: tuple[int, int]) -> None:
    def reach_out() -> None:
        sys.audit("socket.connect", None, (OUTSIDE, 80))  # what connect tells the hooks before it does anything

    guards = [closed_network(), closed_network()]
    for guard in guards:
        guard.__enter__()
    guards[order[0]].__exit__(None, None, None)
    with pytest.raises(NetworkClosed):
        reach_out()
    guards[order[1]].__exit__(None, None, None)
    reach_out()


ASK = f"""
import urllib.error, urllib.request
try:
    urllib.request.urlopen("http://{OUTSIDE}/", timeout=20)
except urllib.error.URLError as error:
    print(type(error.reason).__name__)
"""


@pytest.mark.parametrize("env", [None, {**os.environ, "http_proxy": "http://proxy.invalid:80"}], ids=["own", "given"])
def test_a_process_that_is_started_meanwhile_reaches_nothing_but_this_machine(
    env: dict[str, str] | None, echo: str
) -> None:
    command = [sys.executable, "-c", f"{ASK}print(urllib.request.urlopen('http://{echo}/').status)"]
    start = subprocess.Popen.__init__
    with closed_network(), closed_network():
        told = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    assert told.split() == ["ConnectionRefusedError", "201"]
    assert subprocess.Popen.__init__ is start


def test_a_process_of_an_event_loop_reaches_nothing_either() -> None:
    async def ask() -> str:
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", ASK, stdout=asyncio.subprocess.PIPE)
        return (await process.communicate())[0].decode()

    with closed_network():
        assert asyncio.run(ask()).split() == ["ConnectionRefusedError"]
