"""What loading, recording and opening cost, against the peers that can do it."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import vcr
from vcr.persisters.filesystem import FilesystemPersister
from vcr.serializers import yamlserializer

from benchmarks import say
from conformance.cassette import (
    Cassette,
    Interaction,
    Journal,
    Matcher,
    Player,
    Recorder,
    Request,
    Response,
    Scrubber,
    load_cassette,
    write_cassette,
)
from conformance.transport import open_http

try:  # peers, not requirements: what is not there is left out
    import cassetter
except ImportError:
    cassetter = None
try:
    import interposition
except ImportError:
    interposition = None

if TYPE_CHECKING:
    from collections.abc import Callable

HEADERS = (("Content-Type", "text/plain"), ("Content-Length", "1024"))


def tape_of(count: int) -> tuple[Interaction, ...]:
    """Return interactions with bodies of 1 KB, each its own."""
    return tuple(
        Interaction(
            Request("GET", f"http://box.test/{key}", (("Accept", "*/*"),)),
            Response(200, "OK", HEADERS, b"%d " % key * (1024 // (len(str(key)) + 1))),
        )
        for key in range(count)
    )


def measure_load(count: int, rounds: int) -> list[dict[str, object]]:
    """Load a cassette of ``count`` interactions, cold and from the compiled form; the slow peers once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "tape.yaml")
        write_cassette(path, tape_of(count), None)
        seconds: dict[str, float | None] = {}
        os.environ["CONFORMANCE_CACHE"] = "off"
        seconds["conformance, cold"] = _median(lambda: load_cassette(path), rounds)
        os.environ["CONFORMANCE_CACHE"] = str(Path(folder, "cache"))
        load_cassette(path)
        seconds["conformance, compiled"] = _median(lambda: load_cassette(path), rounds)
        say("vcrpy")
        seconds["vcrpy"] = _median(lambda: FilesystemPersister.load_cassette(path, yamlserializer), 1)
        if cassetter is not None:
            seconds["cassetter"] = _of_cassetter(path)
        if interposition is not None:
            store = _stored_by_interposition(Path(folder, "tape.json"), count)
            seconds["interposition"] = _median(store.load, 1)
    theirs = seconds["vcrpy"] or 0
    return [
        {"case": case, "seconds": time and round(time, 3), "to_vcrpy": time and round(time / theirs, 4)}
        for case, time in seconds.items()
    ]


def _of_cassetter(path: Path) -> float | None:
    """Return the seconds of a load; None where the file is more than cassetter takes."""
    try:
        return _median(lambda: cassetter.Cassette(path, record_mode="none").load(), 1)
    except cassetter.CassetteLoadError:
        return None


def _stored_by_interposition(path: Path, count: int) -> Any:
    store = interposition.JsonFileCassetteStore(path, create_if_missing=True)
    items = tuple(_to_interposition(item) for item in tape_of(count))
    store.save(interposition.Cassette(interactions=items))
    return store


def _to_interposition(item: Interaction) -> Any:
    request = interposition.InteractionRequest(
        protocol="http",
        action=item.request.method,
        target=item.request.uri,
        headers=item.request.headers,
        body=item.request.body,
    )
    chunk = interposition.ResponseChunk(data=item.response.body, sequence=0)
    return interposition.Interaction(request=request, fingerprint=request.fingerprint(), response_chunks=(chunk,))


def measure_record(count: int, rounds: int) -> list[dict[str, object]]:
    """Keep ``count`` interactions so that a killed process loses none, and put the cassette in place; no client.

    interposition writes the whole file for each: it is given a quarter of them, and its time grows with the square.
    """
    tape = tape_of(count)

    def record() -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "tape.yaml")
            recorder = Recorder(scrubber=Scrubber(), journal=Journal(path))
            for item in tape:
                recorder.keep(recorder.begin(), item.request, item.response)
            write_cassette(path, recorder.interactions, None)
            recorder.close()

    rows = [_recorded("conformance", count, _median(record, rounds))]
    if interposition is not None:
        say("interposition")
        few = count // 4
        rows.append(_recorded("interposition", few, _median(lambda: _record_with_interposition(tape[:few]), 1)))
    return rows


def _recorded(case: str, count: int, seconds: float) -> dict[str, object]:
    return {
        "case": case,
        "interactions": count,
        "seconds": round(seconds, 3),
        "ms_each": round(seconds * 1e3 / count, 3),
    }


def _record_with_interposition(tape: tuple[Interaction, ...]) -> None:
    answers = {item.request.uri: _to_interposition(item).response_chunks for item in tape}
    with tempfile.TemporaryDirectory() as folder:
        broker = interposition.Broker(
            interposition.Cassette(interactions=()),
            mode="record",
            live_responder=lambda request: answers[request.target],
            cassette_store=interposition.JsonFileCassetteStore(Path(folder, "tape.json"), create_if_missing=True),
        )
        for item in tape:
            list(broker.replay(_to_interposition(item).request))


def measure_open(count: int, rounds: int) -> list[dict[str, object]]:
    """Open and close a cassette ``count`` times, the doors in use before."""
    matcher = Matcher(["method"])
    player = Player(Cassette(Path("none"), (), None), matcher=matcher, scrubber=Scrubber(), mend="")

    def ours() -> None:
        for _ in range(count):
            with open_http(player):
                pass

    def theirs() -> None:
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(count):
                with vcr.use_cassette(str(Path(folder, "none.yaml")), record_mode="none"), suppress(KeyError):
                    pass

    ours()
    times = {"vcrpy": _median(theirs, rounds), "conformance": _median(ours, rounds)}
    return [{"case": name, "ms": round(value * 1000 / count, 3)} for name, value in times.items()]


def _median(work: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)
