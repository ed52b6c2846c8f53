"""What one replayed request costs, against its peers and against the same client on a transport that does nothing."""

from __future__ import annotations

import gc
import json
import statistics
import tempfile
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import vcr

from benchmarks import say
from benchmarks.clients import BODY, CLIENTS
from conformance.cassette import Cassette, Interaction, Matcher, Player, Request, Response, Scrubber
from conformance.transport import open_http

try:
    import cassetter
except ImportError:  # a peer, not a requirement: python -m benchmarks says that it is left out
    cassetter = None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.clients import Urls

HOST = "http://box.test"
SIZES = (100, 1000, 10_000)
SAMPLED = 100  # requests that are timed at each size, spread over the cassette
SAMPLED_SLOW = 20  # of a peer whose requests take a fifth of a second each
HEADERS = {"Content-Type": "text/plain", "Content-Length": str(len(BODY))}


def measure_replay(count: int, rounds: int) -> list[dict[str, object]]:
    """Time each client at each size up to ``count``; medians a request in milliseconds, ratios round by round.

    In each round the floor is timed right before each size, so that what else the machine does falls on both.
    """
    rows = []
    sizes = [size for size in SIZES if size <= count]
    for name, (send, floor) in CLIENTS.items():
        found: dict[int, list[tuple[float, float]]] = {size: [] for size in sizes}
        for number in range(rounds):
            say(f"{name}: round {number + 1} of {rounds}")
            for size in sizes:
                urls = _sample(size, SAMPLED)
                found[size].append((_median_ms(floor(urls)), _replayed(conformance, send, size, urls)))
        ours = {size: statistics.median(time for _, time in found[size]) for size in sizes}
        for size in sizes:
            say(f"{name}: peers at {size}")
            floor_ms = statistics.median(time for time, _ in found[size])
            row: dict[str, object] = {
                "client": name,
                "interactions": size,
                "floor_ms": round(floor_ms, 3),
                "conformance_ms": round(ours[size], 3),
                "to_floor": round(statistics.median(time / floor for floor, time in found[size]), 2),
                "to_fastest_size": round(ours[size] / min(ours.values()), 2),
            }
            for peer in PEERS:
                time = _peer_ms(peer, send, size)
                row[f"{peer}_ms"] = time and round(time, 3)
                row[f"{peer}_to_conformance"] = time and round(time / ours[size], 2)
            rows.append(row)
    return rows


def _peer_ms(peer: str, send: Any, size: int) -> float | None:
    """Return the median of a request; None where the peer cannot run the work."""
    urls = _sample(size, SAMPLED_SLOW if peer == "vcrpy" and size == SIZES[-1] else SAMPLED)
    try:
        return _replayed(PEERS[peer], send, size, urls)
    except Exception:  # noqa: BLE001  (whatever a peer does about a client that it does not serve)
        return None


def _replayed(player: Callable[[int], AbstractContextManager[object]], send: Any, size: int, urls: Urls) -> float:
    with player(size):
        gc.collect()
        return _median_ms(send(urls))


def _sample(size: int, count: int) -> Urls:
    """Return the addresses that are timed: in recorded order, spread over the whole cassette."""
    return [f"{HOST}/{key}" for key in range(0, size, max(1, size // count))]


def _median_ms(times: list[float]) -> float:
    return statistics.median(times) * 1000


@contextmanager
def conformance(size: int) -> Iterator[None]:
    """Replay a cassette of ours."""
    headers = tuple(HEADERS.items())
    tape = tuple(
        Interaction(Request("GET", f"{HOST}/{key}"), Response(200, "OK", headers, BODY)) for key in range(size)
    )
    matcher = Matcher(["method", "scheme", "host", "port", "path", "query", "body"])
    player = Player(Cassette(Path("none.yaml"), tape, None), matcher=matcher, scrubber=Scrubber(), mend="")
    with open_http(player):
        yield


@contextmanager
def vcrpy(size: int) -> Iterator[None]:
    """Replay the same with vcrpy; from JSON, because it takes long over YAML and only the replay is timed."""
    interactions = [
        {
            "request": {"method": "GET", "uri": f"{HOST}/{key}", "body": None, "headers": {}},
            "response": {
                "status": {"code": 200, "message": "OK"},
                "headers": {name: [value] for name, value in HEADERS.items()},
                "body": {"string": BODY.decode()},
            },
        }
        for key in range(size)
    ]
    with ExitStack() as stack:
        path = Path(stack.enter_context(tempfile.TemporaryDirectory()), "tape.json")
        path.write_text(json.dumps({"version": 1, "interactions": interactions}))
        stack.enter_context(vcr.VCR(serializer="json", record_mode="none").use_cassette(str(path)))
        yield


@contextmanager
def cassetter_(size: int) -> Iterator[None]:
    """Replay the same with cassetter."""
    from cassetter import _core as core  # noqa: PLC0415  (a peer that may not be there)

    tape = core.Cassette()
    content = core.Body("text", BODY.decode())
    for key in range(size):
        request = core.HttpRequest("GET", f"{HOST}/{key}")
        response = core.HttpResponse(200, {name: [value] for name, value in HEADERS.items()}, content)
        tape.add_interaction(core.HttpInteraction(request, response, "2026-01-01T00:00:00Z"))
    with ExitStack() as stack:
        path = Path(stack.enter_context(tempfile.TemporaryDirectory()), "tape.yaml")
        tape.save(str(path))
        stack.enter_context(cassetter.use_cassette(path, record_mode="none"))
        yield


PEERS: dict[str, Callable[[int], AbstractContextManager[object]]] = {"vcrpy": vcrpy}
if cassetter is not None:
    PEERS["cassetter"] = cassetter_
