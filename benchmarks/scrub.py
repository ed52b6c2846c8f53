"""What scrubbing adds to keeping an interaction, small and large, by rule set."""

from __future__ import annotations

import base64
import json
import random
import statistics
import time
from typing import TYPE_CHECKING

from conformance.cassette import Interaction, Recorder, ReplaceValue, Request, Response, Rule, Scrubber, preset_rules

if TYPE_CHECKING:
    from collections.abc import Callable

KIB = 1024
LARGE = 8 * KIB * KIB
SEED = random.Random(20260131)  # noqa: S311  (the same bytes in every run)
LIVE = [base64.b64encode(SEED.randbytes(size)).decode() for size in (12, 15, 30, 32, 64)]
RULES: dict[str, Callable[[], list[Rule]]] = {
    "none": list,
    "default (generic)": lambda: preset_rules("generic"),
    "aws, generic": lambda: preset_rules("aws", "generic"),
    "azure, generic": lambda: preset_rules("azure", "generic"),
    "every preset": lambda: preset_rules("aws", "azure", "oauth", "paranoid", "generic"),
    "azure, generic, 5 live values": lambda: [
        *(ReplaceValue(f"live.{at}", value, f"STANDIN{at}") for at, value in enumerate(LIVE)),
        *preset_rules("azure", "generic"),
    ],
}


def measure_scrub(count: int, rounds: int) -> list[dict[str, object]]:
    """Keep ``count`` interactions of 2 KB, and bodies of 8 MiB, under each rule set in turn, ``rounds`` times.

    What a rule set adds is told against keeping the same with no rules, in the same round.
    """
    small, times = _interaction(), dict[tuple[str, str], list[float]]()
    large = {name: Response(200, "OK", _answered("application/octet-stream"), body) for name, body in _bodies().items()}
    for _ in range(rounds):
        for rules, make in RULES.items():
            times.setdefault((rules, "2 KB"), []).append(_timed(make(), [small] * count) / count)
            for name, response in large.items():
                item = Interaction(small.request, response)
                times.setdefault((rules, name), []).append(_timed(make(), [item] * 3) / 3)
    return [_row(rules, times) for rules in RULES]


def _row(rules: str, times: dict[tuple[str, str], list[float]]) -> dict[str, object]:
    row: dict[str, object] = {"rules": rules}
    for name in dict.fromkeys(name for _, name in times):
        pairs = zip(times[rules, name], times["none", name], strict=True)
        row[f"added ms, {name}"] = round(statistics.median(mine - none for mine, none in pairs) * 1000, 3)
    return row


def _timed(rules: list[Rule], items: list[Interaction]) -> float:
    recorder = Recorder(scrubber=Scrubber(rules))
    recorder.keep(0, items[0].request, Response(200))  # what is made once a process is made
    started = time.perf_counter()
    for place, item in enumerate(items, start=1):
        recorder.keep(place, item.request, item.response)
    return time.perf_counter() - started


def _interaction() -> Interaction:
    """Return an upload of 1 KB and its answer of 1 KB, as a client of Azure sends and gets them."""
    uri = "https://acct.blob.core.windows.net/box/some/key.txt?comp=block&blockid=QUFBQUFBQUE%3D&timeout=30"
    names = ("version", "date", "client-request-id", "blob-type", "meta-a", "meta-b", "range")
    signature = base64.b64encode(SEED.randbytes(32)).decode()
    sent = [
        *((f"x-ms-{name}", f"value {at} of a header") for at, name in enumerate(names)),
        ("Content-Type", "application/octet-stream"),
        ("User-Agent", "azsdk-python-storage-blob/12.30.0"),
        ("Authorization", f"SharedKey acct:{signature}"),
        ("Content-Length", str(KIB)),
    ]
    row = b"<Blob><Name>key %d</Name><Properties><Etag>0x8D</Etag></Properties></Blob>"
    rows = b"".join(row % at for at in range(13))
    body = b"<?xml version='1.0'?><EnumerationResults><Blobs>" + rows + b"</Blobs></EnumerationResults>"
    return Interaction(
        Request("PUT", uri, tuple(sent), SEED.randbytes(KIB)), Response(200, "OK", _answered("application/xml"), body)
    )


def _answered(content_type: str) -> tuple[tuple[str, str], ...]:
    names = ("version", "request-id", "client-request-id", "lease-state", "meta-a", "meta-b")
    return (
        ("Content-Type", content_type),
        ("Date", "Sat, 31 Jan 2026 12:00:00 GMT"),
        ("ETag", '"0x8DA1B2C3"'),
        *((f"x-ms-{name}", f"value {at} of a header") for at, name in enumerate(names)),
    )


def _bodies() -> dict[str, bytes]:
    """Return bodies of 8 MiB: any bytes, JSON, XML, and base64."""
    noise = random.Random(1).randbytes(LARGE)  # noqa: S311
    line = json.dumps({"id": 12345, "name": "some/key/of/an/object.txt", "etag": "0x8DA1B2C3", "size": 1024}) + ",\n"
    row = "<Contents><Key>some/key/of/an/object.txt</Key><ETag>0x8DA1B2C3</ETag><Size>1024</Size></Contents>\n"
    return {
        "8 MiB of bytes": noise,
        "8 MiB of JSON": (line.encode() * (LARGE // len(line) + 1))[:LARGE],
        "8 MiB of XML": (row.encode() * (LARGE // len(row) + 1))[:LARGE],
        "8 MiB of base64": base64.b64encode(noise[: LARGE * 3 // 4]),
    }
