"""A project with a tiny contract, a subject that keeps it, one that has a bug, and a server with the same bug."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from conformance.contract import call_of, run_program
from conformance.errors import ConformanceError
from conformance.fixtures import Opener
from conformance.registry import load_registry
from conformance.report import load_guards, runs_of

if TYPE_CHECKING:
    from pathlib import Path

REGISTRY = """
[backend.box]
contract = "guarded_box:BOX"
[fixture.box_good]
backend = "box"
kind = "local"
driver = "guarded_box:good"
[fixture.box_bad]
backend = "box"
kind = "local"
driver = "guarded_box:bad"
[fixture.box_http]
backend = "box"
kind = "service"
driver = "guarded_box:http_box"
service = "guarded_box:server"
[fixture.box_replay]
replays = "box_http"
[fixture.plain]
backend = "box"
kind = "local"
driver = "guarded_box:good"
contract = "a word"
"""
MODULE = """
import http.client, threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from conformance.contract import NotOffered, Refused, choice, contract, ok, operation, refused

KEYS = choice("a", "a/")


@contract("box", errors=["not_found"])
class BOX:
    def start(self, capabilities):
        return {}

    @operation(key=KEYS, data=choice(b"hi"))
    def put(self, state, *, key, data):
        return ok({**state, key: data})

    @operation(key=KEYS)
    def get(self, state, *, key):
        return ok(state, data=state[key]) if key in state else refused(state, "not_found")


class Box:
    def __init__(self, is_bad):
        self.kept, self.is_bad = {}, is_bad

    def put(self, key, data):
        self.kept[key] = b"" if self.is_bad and key.endswith("/") else data

    def get(self, key):
        if key not in self.kept:
            raise Refused("not_found", status=404)
        return {"data": self.kept[key]}


@contextmanager
def good(opening):
    yield Box(False)


@contextmanager
def bad(opening):
    yield Box(True)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.kept[self.path] = b"" if self.path.endswith("/") else data
        self.answer(201, b"")

    def do_GET(self):
        data = self.server.kept.get(self.path)
        self.answer(404 if data is None else 200, data or b"")

    def answer(self, status, data):
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Kind", "box")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@contextmanager
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.kept = {}
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class HttpBox:
    def __init__(self, netloc):
        self.netloc = netloc

    def put(self, key, data):
        status, _ = self.ask("PUT", key, data)
        if status != 201:
            raise RuntimeError(f"the server answers {status}")

    def get(self, key):
        status, data = self.ask("GET", key, None)
        if status == 404:
            raise Refused("not_found", status=404)
        return {"data": data}

    def ask(self, method, key, data):
        connection = http.client.HTTPConnection(self.netloc, timeout=5)
        try:
            connection.request(method, "/" + key, data)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@contextmanager
def http_box(opening):
    netloc = opening.value("netloc", live=lambda: opening.service, stand_in="box.test:80")
    HttpBox(netloc).put("ready", b"1")
    yield HttpBox(netloc)


class Wrapped:
    def __init__(self, subject):
        self.subject = subject

    def __getattr__(self, name):
        return getattr(self.subject, name)


def upper_case(subject):
    class UpperCase(Wrapped):
        def get(self, key):
            return {"data": self.subject.get(key)["data"].upper() + b"!"}

    return UpperCase(subject)


def harmless(subject):
    return subject


def of_another_client(subject):
    raise NotOffered("it is for another client")


def forgets_to_put(subject):
    class Forgets(Wrapped):
        def put(self, key, data):
            pass

    return Forgets(subject)
"""
TRACE = """\
schema = 1
contract = "box@1"
covers = ["get -> ok (data none)"]

[[step]]
op = "put"
args = { key = "a/", data = { bytes = "hi" } }
expect = { ok = {} }

[[step]]
op = "get"
args = { key = "a/" }
expect = { ok = { data = { bytes = "hi" } } }

[observed.box_bad]
step.2 = { ok = { data = { bytes = "" } } }

[observed.box_http]
step.2 = { ok = { data = { bytes = "" } } }
"""


def write_project(folder: Path) -> None:
    """Write the project into an empty folder."""
    sys.modules.pop("guarded_box", None)
    (folder / "fixtures.toml").write_text(REGISTRY)
    (folder / "guarded_box.py").write_text(MODULE)
    (folder / "traces").mkdir()
    (folder / "traces" / "slash.toml").write_text(TRACE)


def record(folder: Path) -> None:
    """Record every guard of the project against its server."""
    registry = load_registry(folder / "fixtures.toml")
    opener = Opener(registry)
    try:
        for guard in load_guards(registry):
            (run,) = [each for each in runs_of(guard, registry) if each.spec.name == "box_http"]
            opened = opener.open(run.spec, "record", module=run.module, test=run.test, mend="")
            run_program(run.contract, guard.program, call_of(opened.subject), capabilities=frozenset())
            opened.close()
            if not opened.place():
                raise ConformanceError("Nothing was recorded.", "Look at the project of this test.")
            opened.finish()
    finally:
        opener.close()
