"""`conformance serve`, as a process of its own."""

from __future__ import annotations

import io
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from azure.storage.filedatalake import DataLakeServiceClient
from click.testing import CliRunner
from rich.console import Console

from conformance.cassette import Request, Response
from conformance.cli._main import conformance
from conformance.cli._serving import _printed
from conformance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = [sys.executable, "-c", "from conformance.cli import main; main()", "serve", "--hns", "--port=0"]
NEEDS_SIGNALS = pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be sent these signals there")


@contextmanager
def serving(*options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Run it, and yield what it said of itself."""
    process = subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = {}
    for line in process.stdout:
        if not line.strip():
            break
        name, value = re.split(r" {2,}", line.strip(), maxsplit=1)
        said[name] = value
    try:
        yield process, said
    finally:
        process.kill()
        process.communicate()


@NEEDS_SIGNALS
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_end_and_shows_each_request(number: int) -> None:
    with serving() as (process, said):
        with DataLakeServiceClient.from_connection_string(said["connection string"], retry_total=0) as client:
            client.create_file_system("lake").create_file("a b")
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{said['url']}/lake/a?x=1&sig=secret&y")
        process.send_signal(number)
        assert process.stdout is not None
        shown = process.stdout.read()
        assert process.wait(30) == 0
    lines = shown.splitlines()[-3:]
    assert lines == [
        "201 PUT /devstoreaccount1/lake?restype=container",
        "201 PUT /devstoreaccount1/lake/a%20b?resource=file",
        "403 GET /devstoreaccount1/lake/a?x=1&sig=...&y AuthenticationFailed",
    ]
    pasted = next(line for line in shown.splitlines() if line.startswith("client = "))
    assert said["connection string"] in pasted
    assert said["key"] in said["connection string"]


@NEEDS_SIGNALS
def test_options_say_what_the_account_is() -> None:
    options = ("--flat", "--account=mine", "--key=a2V5", "--open", "--quiet", "--seed=1", "--host=localhost")
    with serving(*options) as (process, said):
        assert (said["account"], said["key"]) == ("mine", "a2V5")
        request = urllib.request.Request(f"{said['url']}/box?restype=container", method="PUT")
        with urllib.request.urlopen(request) as answer:
            assert answer.headers["Date"] == "Thu, 01 Jan 2026 00:00:00 GMT"
        with urllib.request.urlopen(f"{said['url']}?restype=account&comp=properties") as answer:
            assert answer.headers["x-ms-is-hns-enabled"] in (None, "false")
        process.send_signal(signal.SIGTERM)
        assert process.stdout is not None
        assert "201 PUT" not in process.stdout.read()


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(conformance, ["serve", "--hns", f"--port={port}"])
    assert isinstance(result.exception, UsageError)
    assert result.exception.fault.slug == "no-address"
    assert str(result.exception).startswith(f"127.0.0.1:{port} cannot be had: ")
    assert result.output == ""


@pytest.mark.parametrize(
    ("option", "slug"), [("--account=Bad Name", "bad-account"), ("--account=ab", "bad-account"), ("--key=", "bad-key")]
)
def test_credentials_that_no_account_has_are_refused(option: str, slug: str) -> None:
    result = CliRunner().invoke(conformance, ["serve", "--hns", "--port=0", option])
    assert isinstance(result.exception, UsageError)
    assert result.exception.fault.slug == slug


def test_what_is_served_must_be_said() -> None:
    result = CliRunner().invoke(conformance, ["serve"])
    assert isinstance(result.exception, UsageError)
    assert "--hns" in str(result.exception)


def test_a_line_shows_nothing_that_a_terminal_would_obey_and_outlives_its_reader() -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError(text)

    request, shown = Request("GET", "http://h/a\u009b[31m"), io.StringIO()
    _printed(Console(file=shown))(request, Response(200))
    assert shown.getvalue() == "200 GET /a\\x9b[31m\n"
    _printed(Console(file=Closed()))(request, Response(200))
