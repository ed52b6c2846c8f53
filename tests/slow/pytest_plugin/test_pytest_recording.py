"""Suites that use pytest-recording: nothing of theirs changes, and our cassettes are behind them."""

from __future__ import annotations

import pytest

TELL = "print('behind:', type(vcr).__module__)"
SUITE = f"""
import urllib.request
import pytest

@pytest.mark.vcr
def test_it(vcr, httpserver_url):
    {TELL}
    print("got:", urllib.request.urlopen(httpserver_url).read().decode())
"""
SERVER = """
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
import pytest

COUNT = []

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        COUNT.append(1)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"live")

    def log_message(self, *_):
        pass

@pytest.fixture(scope="session")
def httpserver_url():
    if {is_offline}:
        yield "http://127.0.0.1:1/"
        return
    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={{"poll_interval": 0.01}})
    thread.start()
    yield f"http://127.0.0.1:{{server.server_port}}/"
    server.shutdown()
    server.server_close()
    thread.join()

@pytest.fixture
def vcr_config():
    return {{"match_on": ["method", "path"]}}
"""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with no fixtures.toml, and one marked test."""
    pytester.makeconftest(SERVER.format(is_offline=False))
    pytester.makepyfile(test_a=SUITE)
    return pytester


def go_offline(suite: pytest.Pytester) -> None:
    suite.makeconftest(SERVER.format(is_offline=True))


def test_a_marked_test_is_recorded_and_replayed_by_our_cassette(suite: pytest.Pytester) -> None:
    suite.runpytest("-s", "--record-mode=once").assert_outcomes(passed=1)
    assert (suite.path / "cassettes/test_a/test_it.yaml").is_file()
    go_offline(suite)
    result = suite.runpytest("-s", "--block-network")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*behind: conformance.transport.vcr._cassette", "got: live"])


def test_an_ini_option_turns_it_off(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\nconformance_recording = false\n")
    result = suite.runpytest("-s", "--record-mode=once")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*behind: vcr.cassette"])


def test_a_request_that_was_not_recorded_fails_as_vcr_fails_it(suite: pytest.Pytester) -> None:
    result = suite.runpytest("--block-network")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*CannotOverwriteExistingCassetteException*"])


def test_a_blocked_network_is_blocked_where_no_cassette_is_open(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import socket
        import pytest

        @pytest.mark.block_network
        @pytest.mark.vcr
        def test_it():
            with socket.socket() as client, pytest.raises(RuntimeError, match="Network is disabled"):
                client.connect(("192.0.2.1", 80))
        """
    )
    pytester.runpytest().assert_outcomes(passed=1)


def test_a_damaged_cassette_is_an_error_and_is_left_as_it_is(suite: pytest.Pytester) -> None:
    path = suite.path / "cassettes/test_a/test_it.yaml"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"interactions: [")
    result = suite.runpytest("--record-mode=all")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*test_it.yaml:2: is not YAML*"])
    assert path.read_bytes() == b"interactions: ["


def test_further_cassettes_of_a_mark_are_played_too(suite: pytest.Pytester) -> None:
    suite.runpytest("--record-mode=once").assert_outcomes(passed=1)
    further = suite.path / "cassettes/test_a/test_it.yaml"
    further.rename(suite.path / "further.yaml")
    suite.makepyfile(test_a=SUITE.replace("mark.vcr", f"mark.vcr({str(suite.path / 'further.yaml')!r}, 'none.yaml')"))
    go_offline(suite)
    result = suite.runpytest("-s", "--block-network")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["got: live"])


def test_a_persister_that_the_project_registers_stays(suite: pytest.Pytester) -> None:
    suite.makeconftest(
        SERVER.format(is_offline=False)
        + """
from vcr.persisters.filesystem import CassetteNotFoundError

class Nowhere:
    @staticmethod
    def load_cassette(*_, **__):
        raise CassetteNotFoundError
    @staticmethod
    def save_cassette(path, *_, **__):
        print("saved by mine:", path)

def pytest_recording_configure(config, vcr):
    vcr.register_persister(Nowhere)
"""
    )
    result = suite.runpytest("-s", "--record-mode=once")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*behind: conformance.*", "*saved by mine: *test_it.yaml"])
    assert not (suite.path / "cassettes").exists()
