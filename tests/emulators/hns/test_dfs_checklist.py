"""Every sort of request and outcome that was recorded at the dfs endpoint comes about."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from tests.cassette.formats.corpus import CORPUS
from tests.emulators.hns.checklist import ROWS, Row, signed
from tests.emulators.hns.dfs_client import Client, code, header

STEP = re.compile(r"(?P<method>\w+) (?P<target>\S+)(?: \{(?P<headers>.*?)\})?(?: \| (?P<body>.*))?")
TOLD_BY = ("resource", "action", "mode", "recursive")
TUPLES = Path(CORPUS) / "hns-tuples.tsv"


def operation_of(target: str, headers: dict[str, str]) -> tuple[str, str]:
    """Return level and operation of a request, as the checklist names them."""
    url = urlsplit(target)
    query = {name.lower(): value for name, value in parse_qsl(url.query)}
    words = [f"{name}={query[name]}" for name in TOLD_BY if name in query]
    words += [f"lease:{headers[name]}" for name in ("x-ms-lease-action",) if name in headers]
    words += ["rename"] * ("x-ms-rename-source" in headers) + ["cont"] * ("continuation" in query)
    return "path" if "/" in url.path else "container", " ".join(words).lower()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.operation} {row.status} {row.code}")
def test_what_was_recorded_comes_about(row: Row) -> None:
    client, continuation = Client(), ""
    for step in row.steps:
        said = STEP.fullmatch(step)
        assert said is not None, step
        method = said["method"]
        headers = dict(part.split(": ", 1) for part in (said["headers"] or "").split("; ") if part)
        target = signed(said["target"].replace("CONTINUATION", quote(continuation, safe="")), client.account)
        answer = client.send(method, target, headers, (said["body"] or "").encode())
        continuation = header(answer, "x-ms-continuation")
        assert step is row.steps[-1] or answer.status < 300, step
    assert (row.method, row.level, row.operation) == (method, *operation_of(target, headers))
    assert code(answer) == (row.status, row.code)


@pytest.mark.skipif(not TUPLES.exists(), reason="the recordings are not here")
def test_the_checklist_has_all_that_was_recorded() -> None:
    """A rename of which a format kept no header is a rename all the same: nothing else has a mode."""
    listed = {(row.method, row.level, row.operation, str(row.status), row.code) for row in ROWS}
    with TUPLES.open(encoding="utf-8") as lines:
        recorded = {
            (row["method"], row["level"], _plain(row["params"]), row["status"], row["error"])
            for row in csv.DictReader(lines, delimiter="\t")
            if row["endpoint"] == "dfs"
        }
    assert recorded - listed == set()


def _plain(parameters: str) -> str:
    return parameters.lower().replace("mode=legacy", "mode=legacy rename").replace("rename rename", "rename")
