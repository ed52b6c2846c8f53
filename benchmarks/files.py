"""What loading, recording and opening cost, against vcrpy."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import vcr
from vcr.persisters.filesystem import FilesystemPersister
from vcr.serializers import yamlserializer

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
    """Load a cassette of ``count`` interactions cold, from the compiled form, and with vcrpy (once: it is slow)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "tape.yaml")
        write_cassette(path, tape_of(count), None)
        os.environ["CONFORMANCE_CACHE"] = "off"
        cold = _median(lambda: load_cassette(path), rounds)
        os.environ["CONFORMANCE_CACHE"] = str(Path(folder, "cache"))
        load_cassette(path)
        warm = _median(lambda: load_cassette(path), rounds)
        theirs = _median(lambda: FilesystemPersister.load_cassette(path, yamlserializer), 1)
    return [
        {"case": "vcrpy", "seconds": round(theirs, 3), "ratio": 1.0},
        {"case": "cold", "seconds": round(cold, 3), "ratio": round(cold / theirs, 4)},
        {"case": "warm", "seconds": round(warm, 3), "ratio": round(warm / theirs, 4)},
    ]


def measure_record(count: int, rounds: int) -> list[dict[str, object]]:
    """Keep ``count`` interactions with a journal, and put the cassette in place; no client is involved."""
    tape = tape_of(count)

    def record() -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "tape.yaml")
            recorder = Recorder(scrubber=Scrubber(), journal=Journal(path))
            for item in tape:
                recorder.keep(recorder.begin(), item.request, item.response)
            write_cassette(path, recorder.interactions, None)
            recorder.close()

    seconds = _median(record, rounds)
    return [{"case": "keep and place", "interactions": count, "seconds": round(seconds, 3)}]


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
