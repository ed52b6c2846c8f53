"""verify: a server on loopback is held against a recording."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from conformance.cassette import Interaction, Request, Response, load_cassette, write_cassette
from conformance.cli._main import conformance
from conformance.errors import ConformanceError, FileError, RegistryError, Unavailable, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

HOST = "https://recorded.blob.core.windows.net"
ANSWERS = {
    ("PUT", "/c?restype=container"): Response(201, "", (("ETag", '"0x1111"'),)),
    ("PUT", "/c/a"): Response(201, "", (("ETag", '"0x2222"'), ("x-kept", "yes"))),
    ("GET", "/c/a"): Response(200, "", (("ETag", '"0x2222"'), ("Content-Type", "text/plain")), b"hi"),
}
TAPE = tuple(Interaction(Request(method, HOST + path), answer) for (method, path), answer in ANSWERS.items())


@contextmanager
def serving(answers: dict[tuple[str, str], Response]) -> Iterator[tuple[str, list[str]]]:
    """A server of an emulator's account in path style, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            path = self.path.removeprefix("/devstoreaccount1")
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            asked.append(f"{self.command} {path}")
            answer = answers.get((self.command, path), Response(202))
            self.send_response_only(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_PUT = do_DELETE = do_POST = answer  # noqa: N815  (the names that the base class looks for)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def cassettes(tmp_path: Path) -> Path:
    folder = tmp_path / "cassettes"
    for name in ("one.yaml", "two[b].yaml"):
        write_cassette(folder / name, TAPE, None)
    return folder


def verify(*words: object) -> Result:
    return CliRunner().invoke(conformance, ["verify", *map(str, words)], env={"COLUMNS": "200"})


WORSE = {**ANSWERS, ("GET", "/c/a"): Response(404, "", (("x-ms-error-code", "BlobNotFound"),))}


@pytest.mark.parametrize(
    ("answers", "threshold", "code"), [(ANSWERS, 1.0, 0), (WORSE, 1.0, 1), (WORSE, 0.67, 1), (WORSE, 0.66, 0)]
)
def test_the_exit_code_says_whether_the_score_is_enough(
    cassettes: Path, answers: dict[tuple[str, str], Response], threshold: float, code: int
) -> None:
    with serving(answers) as (url, _):
        found = verify("--cassettes", cassettes, "--url", url, "--threshold", threshold)
    assert found.exit_code == code, found.output
    assert ("4 of 6 conform (66.66 %)" if answers is WORSE else "6 of 6 conform (100.00 %)") in found.output
    assert ("BlobNotFound" in found.output) is (answers is WORSE)


def test_the_report_has_everything(cassettes: Path, tmp_path: Path) -> None:
    with serving(WORSE) as (url, _):
        verify("--cassettes", cassettes, "--url", url, "--json", tmp_path / "report.json", "--show", 0)
    told = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert told["score"] == {"conforming": 4, "compared": 6, "ratio": 4 / 6}
    assert [(each["behaviour"], each["conforming"]) for each in told["behaviours"]] == [
        ("GET blob path -> 200", 0),
        ("PUT blob container restype=container -> 201", 2),
        ("PUT blob path -> 201", 2),
    ]
    (group,) = told["groups"]
    assert (group["count"], group["behaviour"]) == (2, "GET blob path -> 200")
    assert group["differences"][0] == {"part": "status", "recorded": "200", "answered": "404", "accepted": None}
    assert [name.rpartition("/")[2] for name in group["members"]] == ["one.yaml#3", "two[b].yaml#3"]


def test_only_some_files_are_verified(cassettes: Path) -> None:
    with serving(ANSWERS) as (url, asked):
        found = verify("--cassettes", cassettes, "--url", url, "--only", "two[b].*")
    assert "1 recordings: 3 of 3 conform" in found.output
    assert asked[:3] == [f"{method} {path}" for method, path in ANSWERS]
    assert asked[3:] == ["PUT /c?comp=lease&restype=container", "DELETE /c?restype=container"]


def test_what_is_left_stays_and_the_server_is_emptied_where_that_is_asked(cassettes: Path) -> None:
    with serving(ANSWERS) as (url, asked):
        verify("--cassettes", cassettes / "one.yaml", "--url", url, "--keep")
        assert len(asked) == 3
        verify("--cassettes", cassettes, "--url", url, "--reset", f"{url}/reset")
    assert asked[3:] == 2 * ["POST /reset", *(f"{method} {path}" for method, path in ANSWERS)]


ACCEPTED = '[[accepted]]\nreason = "it forgets"\nbehaviour = "GET *"\n'
UNUSED = f'{ACCEPTED}[[accepted]]\nreason = "no more"\nindex = 9\n'


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        (ACCEPTED, [], 1),
        (ACCEPTED, ["--count-accepted"], 0),
        (UNUSED, ["--count-accepted"], 0),
        (UNUSED, ["--count-accepted", "--strict-accepted"], 1),
        (ACCEPTED, ["--count-accepted", "--strict-accepted"], 0),
    ],
)
def test_what_is_accepted_counts_where_that_is_asked(
    cassettes: Path, tmp_path: Path, text: str, words: list[str], code: int
) -> None:
    accept = tmp_path / "accepted.toml"
    accept.write_text(text, "utf-8")
    with serving(WORSE) as (url, _):
        found = verify("--cassettes", cassettes, "--url", url, "--accept", accept, *words)
    assert found.exit_code == code, found.output
    assert "4 of 6 conform (66.66 %); 6 of 6 conform (100.00 %) with what is accepted" in found.output
    assert "it forgets" in found.output
    assert ("accepted, but fits nothing: line 4: no more" in found.output) is (text is UNUSED)


REGISTRY = """
[backend.box]
driver = "box:store"
[fixture.box]
backend = "box"
kind = "service"
stage = 2
service = "{service}"
[fixture.box_live]
backend = "box"
kind = "live"
requires = { env = ["AZURE_STORAGE_ACCOUNT"] }
[fixture.box_memory]
backend = "box"
kind = "local"
stage = 1
"""


@contextmanager
def declared(
    folder: Path, answers: dict[tuple[str, str], Response], monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Path, list[str]]]:
    """A registry whose fixture has a service, and what that was asked."""
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "verified_service", raising=False)
    with serving(answers) as (url, asked):
        source = f"""
from contextlib import contextmanager
from types import SimpleNamespace
@contextmanager
def service():
    yield SimpleNamespace(netloc={url.removeprefix("http://")!r})
"""
        (folder / "verified_service.py").write_text(source, "utf-8")
        registry = folder / "fixtures.toml"
        registry.write_text(REGISTRY.replace("{service}", "verified_service:service"), "utf-8")
        yield registry, asked


def test_the_service_of_a_fixture_is_verified(cassettes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with declared(tmp_path, ANSWERS, monkeypatch) as (registry, asked):
        found = verify("--cassettes", cassettes / "one.yaml", "--fixture", "box", "--registry", registry)
    assert found.exit_code == 0, found.output
    assert asked[:3] == [f"{method} {path}" for method, path in ANSWERS]


def test_a_service_that_says_its_account_is_asked_as_that_account(tmp_path: Path) -> None:
    made = Response(201, "Created", (("ETag", '"0x8DF0000000000"'), ("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")))
    request = Request("PUT", f"{HOST}/box?restype=container", (("x-ms-version", "2024-08-04"),))
    write_cassette(tmp_path / "one.yaml", (Interaction(request, made),), None)
    registry = tmp_path / "fixtures.toml"
    registry.write_text(REGISTRY.replace("{service}", "conformance.emulators.hns:service"), "utf-8")
    found = verify("--cassettes", tmp_path / "one.yaml", "--fixture", "box", "--registry", registry)
    assert found.exit_code == 0, found.output
    assert "1 of 1 conform" in found.output


DRIFTED = {**ANSWERS, ("PUT", "/c/a"): Response(201, "", (("ETag", '"0x3333"'), ("x-kept", "no")))}
BUSY = {**DRIFTED, ("GET", "/c/a"): Response(503)}


@pytest.mark.parametrize(
    ("answers", "typed", "is_new"),
    [(DRIFTED, "--yes", True), (DRIFTED, "y", True), (DRIFTED, "n", False), (BUSY, "y", False), (ANSWERS, "", False)],
)
def test_what_has_drifted_is_recorded_again_where_that_is_agreed(
    cassettes: Path,
    monkeypatch: pytest.MonkeyPatch,
    answers: dict[tuple[str, str], Response],
    typed: str,
    *,
    is_new: bool,
) -> None:
    target = cassettes / "one.yaml"
    before = target.read_bytes()
    with declared(cassettes.parent, answers, monkeypatch) as (registry, _):
        options = ["--cassettes", str(target), "--fixture", "box", "--registry", str(registry), "--record"]
        options += [typed] if typed.startswith("--") else []
        found = CliRunner().invoke(conformance, ["verify", *options], input=typed)
    assert found.exit_code == int(answers is not ANSWERS), found.output
    assert (target.read_bytes() != before) is is_new
    kept = [dict(item.response.headers).get("x-kept") for item in load_cassette(target).interactions]
    assert kept == [None, "no" if is_new else "yes", None]
    assert [item.request.uri for item in load_cassette(target).interactions] == [item.request.uri for item in TAPE]
    assert ("skipped-answer" in found.output) is (answers is BUSY)


@pytest.mark.parametrize(
    ("words", "error", "told"),
    [
        ([], UsageError, "exactly one"),
        (["--url", "http://127.0.0.1:1", "--fixture", "box"], UsageError, "exactly one"),
        (["--url", "127.0.0.1:1"], UsageError, "is no address"),
        (["--url", "https://account.blob.core.windows.net"], UsageError, "--account and --key"),
        (["--url", "http://127.0.0.1:1", "--account", "a"], UsageError, "one --key for each"),
        (["--url", "http://127.0.0.1:1", "--accept", "none.toml"], FileError, "cannot be read"),
        (["--url", "http://127.0.0.1:1", "--record"], UsageError, "Give --fixture"),
        (["--fixture", "box", "--record", "--unique"], UsageError, "leave --unique out"),
        (["--fixture", "bax"], RegistryError, "Did you mean box"),
        (["--fixture", "box_live"], Unavailable, "AZURE_STORAGE_ACCOUNT"),
        (["--fixture", "box_memory"], UsageError, "has no service"),
    ],
)
def test_options_that_say_too_little_are_told(
    cassettes: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], error: type[ConformanceError], told: str
) -> None:
    for name in ("AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_KEY"):
        monkeypatch.delenv(name, raising=False)
    registry = cassettes.parent / "fixtures.toml"
    registry.write_text(REGISTRY.replace("{service}", "nowhere:service"), "utf-8")
    found = verify("--cassettes", cassettes, "--registry", registry, *words)
    assert isinstance(found.exception, error), found.output
    assert told in str(found.exception)


def test_a_path_that_is_not_there_is_told(tmp_path: Path) -> None:
    found = verify("--cassettes", tmp_path / "none", "--url", "http://127.0.0.1:1")
    assert isinstance(found.exception, UsageError)
    assert found.exception.fault.slug == "no-file"


def test_a_table_of_what_differs_is_written(cassettes: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.md"
    with serving(WORSE) as (url, _):
        verify("--cassettes", cassettes, "--url", url, "--markdown", table)
    lines = table.read_text("utf-8").splitlines()
    assert lines[0].startswith("4 of 6 conform (66.66 %)")
    assert lines[4] == "| `status` | `200` | `404 BlobNotFound` | `GET blob path -> 200` | 2 | `one.yaml#3` |"


def test_a_server_of_s3_is_known_where_it_is_told(tmp_path: Path) -> None:
    tape = (Interaction(Request("GET", "http://box.test:8333/c?acl"), Response(200)),)
    write_cassette(tmp_path / "tape.yaml", tape, None)
    with serving({("GET", "/c?acl"): Response(200), ("PUT", "/c"): Response(200)}) as (url, asked):
        told = verify("--cassettes", tmp_path, "--url", url, "--s3-host", "box.test:8333", "--keep")
        other = verify("--cassettes", tmp_path, "--url", url, "--s3-host", "box.test:1", "--keep")
    assert "1 of 1 conform" in told.output
    assert asked == ["PUT /c", "GET /c?acl"]
    assert "1 left out: sent to another service" in other.output


def test_a_run_that_compares_nothing_is_no_success(tmp_path: Path) -> None:
    elsewhere = Interaction(Request("GET", "https://login.test/token"), Response(200))
    write_cassette(tmp_path / "tape.yaml", (elsewhere,), None)
    found = verify("--cassettes", tmp_path, "--emulator", "hns")
    assert isinstance(found.exception, UsageError)
    assert found.exception.fault.slug == "nothing-verified"
    assert "1 left out: sent to another service" in found.output
    mistyped = verify("--cassettes", tmp_path, "--emulator", "hns", "--only", "tap.yaml")
    assert isinstance(mistyped.exception, UsageError)
    assert "ends like tap.yaml" in str(mistyped.exception)


@pytest.mark.parametrize("option", ["--json", "--markdown"])
def test_a_report_that_cannot_be_written_is_found_before_anything_is_sent(tmp_path: Path, option: str) -> None:
    with serving({}) as (url, asked):
        found = verify("--cassettes", tmp_path, "--url", url, option, tmp_path / "none" / "report")
    assert isinstance(found.exception, UsageError)
    assert "there is no folder for it" in str(found.exception)
    assert asked == []
