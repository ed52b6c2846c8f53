"""A project to explore: a crate with one bug, in process, over HTTP and with coroutines, and a fault at a moment.

``MOMENT`` in the environment is ``phase:number:fault``: at the call of that number (from 1) in that phase, the fault
happens once. Phases are ``exploring``, ``shrinking``, ``recording``, ``replaying`` (calls of a subject) and ``writing``
(files that are put in place); faults are the name of a signal, which the process sends itself, ``refuses`` (the server
answers 503 from then on) and ``gone`` (it does not answer).
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.cli.guarded import MODULE

if TYPE_CHECKING:
    from pathlib import Path

PROGRAMS = 30
REGISTRY = """
[backend.crate]
contract = "crates:CRATE"
record = { waits_s = [] }
[fixture.crate_local]
backend = "crate"
kind = "local"
driver = "crates:local"
[fixture.crate_http]
backend = "crate"
kind = "service"
driver = "crates:http"
service = "crates:server"
[fixture.crate_replay]
replays = "crate_http"
[fixture.crate_async]
backend = "crate"
kind = "service"
driver = "crates:coroutines"
service = "crates:server"
is_async = true
[fixture.crate_async_replay]
replays = "crate_async"
[fixture.crate_live]
backend = "crate"
kind = "live"
driver = "crates:local"
[fixture.crate_lacking]
backend = "crate"
kind = "local"
driver = "crates:local"
requires = { env = ["CRATE_UNDER_TEST_KEY"] }
[fixture.crate_alone]
backend = "alone"
kind = "local"
driver = "crates:local"
[backend.alone]
"""
CRATES = '''
import asyncio, os, signal, threading
from contextlib import asynccontextmanager, contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
import guarded_box
from conformance.contract import choice, contract, ok, operation, pooled, refused
from conformance.trace import Step

ROOT = Path(__file__).parent
PROGRAMS = 30
MOMENT = os.environ.get("MOMENT", "::").split(":")
COUNTS = {}
SERVERS = []


@contract(
    "crate",
    errors=["not_found"],
    pools={"key": choice("a", "b", "a/")},
    canary=[Step("put", {"key": "a", "data": b"hi"}), Step("get", {"key": "a"})],
    simpler={"key": ["a"]},
)
class CRATE:
    def start(self, capabilities):
        return {}

    @operation(key=pooled("key"), data=choice(b"hi", b""))
    def put(self, state, key, data):
        return ok({**state, key: data})

    @operation(is_safe=True, key=pooled("key"))
    def get(self, state, key):
        return ok(state, data=state[key]) if key in state else refused(state, "not_found")


def happens(phase):
    COUNTS[phase] = COUNTS.get(phase, 0) + 1
    if [phase, str(COUNTS[phase])] != MOMENT[:2]:
        return
    if MOMENT[2].startswith("SIG"):
        os.kill(os.getpid(), getattr(signal, MOMENT[2]))
    for each in SERVERS:
        each.state = MOMENT[2]
        if each.state == "gone":
            each.shutdown()
            each.server_close()


def phase_of(opening):
    if opening.mode != "direct":
        return {"record": "recording", "replay": "replaying"}[opening.mode]
    journal = ROOT / ".conformance" / "generate" / f"{opening.fixture.name}.jsonl"
    return "exploring" if journal.read_bytes().count(b'"kind":"ran"') < PROGRAMS else "shrinking"


def synced(handle, sync=os.fsync):
    happens("writing")
    return sync(handle)


os.fsync = synced


class Told:
    """Tells of every call."""

    def __init__(self, subject, opening):
        self.subject, self.opening = subject, opening

    def put(self, key, data):
        happens(phase_of(self.opening))
        return self.subject.put(key, data)

    def get(self, key):
        happens(phase_of(self.opening))
        return self.subject.get(key)


class Coroutines(Told):
    """Waits a moment before each call, and swallows what would end it."""

    async def put(self, key, data):
        return await self.calling(super().put, key, data)

    async def get(self, key):
        return await self.calling(super().get, key)

    async def calling(self, call, *args):
        await asyncio.sleep(0)
        try:
            return call(*args)
        except KeyboardInterrupt:
            raise RuntimeError("swallowed") from None
        except asyncio.CancelledError:
            return call(*args)


class Handler(guarded_box.Handler):
    def answer(self, status, data):
        is_sick = self.server.state == "refuses"
        super().answer(503 if is_sick else status, b"" if is_sick else data)


@contextmanager
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.kept, server.state = {}, ""
    SERVERS.append(server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class HttpBox(guarded_box.HttpBox):
    def __init__(self, netloc, folder):
        super().__init__(netloc)
        self.folder = folder

    def ask(self, method, key, data):
        return super().ask(method, f"{self.folder}/{key}", data)


def http_box(opening):
    netloc = opening.value("netloc", live=lambda: opening.service, stand_in="crate.test:80")
    return HttpBox(netloc, opening.unique_name("crate"))


@contextmanager
def local(opening):
    yield Told(guarded_box.Box(True), opening)


@contextmanager
def http(opening):
    yield Told(http_box(opening), opening)


@asynccontextmanager
async def coroutines(opening):
    yield Coroutines(http_box(opening), opening)
'''


def write_project(folder: Path) -> None:
    """Write the project into an empty folder."""
    for name in ("guarded_box", "crates"):
        sys.modules.pop(name, None)
    (folder / "fixtures.toml").write_text(REGISTRY)
    (folder / "guarded_box.py").write_text(MODULE)
    (folder / "crates.py").write_text(CRATES)
