"""Every sort of request and outcome that was recorded at the blob endpoint comes about."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from tests.cassette.formats.corpus import CORPUS
from tests.emulators.hns.blob_client import HOST, BlobClient, code, elements
from tests.emulators.hns.checklist import signed
from tests.emulators.hns.checklist_blob import BLOB_ROWS

if TYPE_CHECKING:
    from conformance.cassette import Response
    from tests.emulators.hns.checklist import Row

STEP = re.compile(r"(?P<method>\w+) (?P<target>\S+)(?: \{(?P<headers>.*?)\})?(?: \| (?P<body>.*))?")
SAID = {"MARKER": "NextMarker", "VERSION": "Version", "DELETION": "DeletionId"}
TUPLES = Path(CORPUS) / "hns-tuples.tsv"


def operation_of(target: str, headers: dict[str, str]) -> tuple[str, str]:
    """Return level and operation of a request, as the checklist names them."""
    url = urlsplit(target)
    query = {name.lower(): value for name, value in parse_qsl(url.query)}
    words = [f"{name}={query[name]}" for name in ("comp", "restype") if name in query]
    words += ["copy"] * ("x-ms-copy-source" in headers) + ["marker"] * ("marker" in query)
    return "path" if "/" in url.path else "container" if url.path else "account", " ".join(words).lower()


def fill(text: str, before: Response | None) -> str:
    """Return a part of a step with what the answer before it said in the places for that."""
    text = text.replace("HOST", HOST)
    for word, name in SAID.items():
        if word in text and before is not None:
            text = text.replace(word, quote(elements(before, name)[0], safe=""))
    return text


@pytest.mark.parametrize("row", BLOB_ROWS, ids=lambda row: f"{row.method} {row.operation} {row.status} {row.code}")
def test_what_was_recorded_comes_about(row: Row) -> None:
    client, answer = BlobClient(), None
    for step in row.steps:
        said = STEP.fullmatch(step)
        assert said is not None, step
        assert answer is None or answer.status < 300, step
        target = signed(fill(said["target"], answer), client.account)
        headers = dict(part.split(": ", 1) for part in fill(said["headers"] or "", answer).split("; ") if part)
        answer = client.send(said["method"], target, headers, (said["body"] or "").encode())
    assert answer is not None
    assert (row.level, row.operation) == operation_of(target, headers)
    assert code(answer) == (row.status, row.code)


@pytest.mark.skipif(not TUPLES.exists(), reason="the recordings are not here")
def test_the_checklist_has_all_that_was_recorded() -> None:
    """What a lease is told to do has one sort of request here."""
    listed = {(row.method, row.level, row.operation, str(row.status), row.code) for row in BLOB_ROWS}
    with TUPLES.open(encoding="utf-8") as lines:
        recorded = {
            (row["method"], row["level"], _plain(row["params"]), row["status"], row["error"])
            for row in csv.DictReader(lines, delimiter="\t")
            if row["endpoint"] == "blob"
        }
    assert recorded - listed == set()


def _plain(parameters: str) -> str:
    words = [word for word in parameters.lower().split() if not word.startswith("lease:")]
    return " ".join(sorted(words, key=lambda word: word in ("marker", "copy")))
