"""Traces as items: on every fixture that keeps their contract, recorded and replayed as tests are."""

from __future__ import annotations

import pytest

REGISTRY = """
[backend.shelf]
contract = "shelf_contract:SHELF"
driver = "shelf_backend:remote"
capabilities = ["labels"]

[fixture.local]
backend = "shelf"
kind = "local"
driver = "shelf_backend:local"
options = { shelf = "top" }

[fixture.local_async]
backend = "shelf"
kind = "local"
driver = "shelf_backend:local_async"
is_async = true
capabilities = []

[fixture.remote]
backend = "shelf"
kind = "service"
service = "shelf_backend:server"

[fixture.remote_replay]
replays = "remote"
"""
CONTRACT = """
from conformance.contract import choice, contract, maybe, ok, operation, refused

@contract("shelf", errors=["not_found", "conflict"])
class Shelf:
    def start(self, capabilities):
        return {}

    @operation(key=choice("a"), data=choice(b""), label=maybe(choice("x")), needs_for={"label": "labels"})
    def put(self, state, key, data, label=None):
        return ok({**state, key: data})

    @operation(key=choice("a"))
    def get(self, state, key):
        if key not in state:
            return [refused(state, "not_found"), ok(state, data=b"", because="a shelf may make empty things up")]
        return ok(state, data=state[key])

SHELF = Shelf
"""
BACKEND = """
import http.client, threading
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from conformance.contract import NotOffered, Refused, Unreachable


class Local:
    def __init__(self):
        self.kept = {}

    def put(self, key, data, label=None):
        self.kept[key] = data

    def get(self, key):
        if key not in self.kept:
            raise Refused("not_found")
        return {"data": self.kept[key]}


class LocalAsync:
    def __init__(self):
        self.inner = Local()

    async def put(self, key, data):
        self.inner.put(key, data)

    async def get(self, key):
        return self.inner.get(key)


@contextmanager
def local(opening):
    assert opening.options == {"shelf": "top"}
    yield Local()


@asynccontextmanager
async def local_async(opening):
    yield LocalAsync()


class Remote:
    def __init__(self, netloc, shelf):
        self.netloc, self.shelf = netloc, shelf

    def put(self, key, data, label=None):
        self.send("PUT", key, data)

    def get(self, key):
        status, data = self.send("GET", key)
        if status == 404:
            raise Refused("not_found", status=404)
        return {"data": data}

    def send(self, method, key, data=None):
        connection = http.client.HTTPConnection(self.netloc, timeout=5)
        try:
            connection.request(method, f"/{self.shelf}/{key}", data)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@contextmanager
def remote(opening):
    netloc = opening.value("netloc", live=lambda: opening.service, stand_in="shelf.test:80")
    yield Remote(netloc, opening.unique_name("shelf"))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    kept = {}

    def do_GET(self):
        data = self.kept.get(self.path)
        self.answer(404 if data is None else 200, data or b"")

    def do_PUT(self):
        self.kept[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200, b"")

    def answer(self, status, data):
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@contextmanager
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
"""
TRACE = """\
schema = 1
contract = "shelf@1"

[[step]]
op = "get"
args = { key = "a" }
expect = { error = "not_found" }

[[step]]
op = "put"
args = { key = "a", data = { bytes = "hi" } }
expect = { ok = {} }

[[step]]
op = "get"
args = { key = "a" }
expect = { ok = { data = { bytes = "hi" } } }
"""
LABELLED = TRACE.replace('"hi" } }\n', '"hi" }, label = "x" }\n', 1)
RECORD = ("--stage=2", "--fixture=remote", "--record")
REPLAY = ("--fixture=remote_replay",)


@pytest.fixture
def shelf(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with a contract, its drivers and one trace."""
    pytester.makefile(".toml", fixtures=REGISTRY)
    pytester.makepyfile(shelf_contract=CONTRACT, shelf_backend=BACKEND)
    pytester.makeini(
        "[pytest]\npythonpath = .\naddopts = -p no:cacheprovider -p no:hypothesispytest\ntestpaths = tests\n"
    )
    (pytester.path / "tests").mkdir()
    (pytester.path / "tests" / "test_plain.py").write_text("def test_plain():\n    assert True\n")
    add(pytester, "box/a", TRACE)
    return pytester


def add(shelf: pytest.Pytester, name: str, text: str) -> None:
    path = shelf.path / "traces" / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def changed(shelf: pytest.Pytester, old: str, new: str) -> None:
    """Put another client in the place of the drivers."""
    assert old in BACKEND
    (shelf.path / "shelf_backend.py").write_text(BACKEND.replace(old, new))


def collected(shelf: pytest.Pytester, *args: str) -> list[str]:
    return [line for line in shelf.runpytest("--collect-only", "-q", *args).outlines if "::" in line]


ITEMS = ["traces/box/a.toml::local", "traces/box/a.toml::local_async", "traces/box/a.toml::remote_replay"]


def test_a_trace_is_an_item_for_every_fixture_that_keeps_its_contract(shelf: pytest.Pytester) -> None:
    assert collected(shelf) == ["tests/test_plain.py::test_plain", *ITEMS]
    assert collected(shelf, "traces/box/a.toml") == ITEMS
    assert collected(shelf, "traces/box/a.toml::local") == ITEMS[:1]
    assert collected(shelf, "tests/test_plain.py") == ["tests/test_plain.py::test_plain"]
    assert collected(shelf, ".") == [*ITEMS[:0], "tests/test_plain.py::test_plain", *ITEMS]


def test_a_bare_run_without_test_paths_collects_each_trace_once(shelf: pytest.Pytester) -> None:
    shelf.makeini("[pytest]\npythonpath = .\n")
    assert collected(shelf) == ["tests/test_plain.py::test_plain", *ITEMS]


def test_traces_pass_on_sync_and_async_subjects_and_are_recorded_and_replayed(shelf: pytest.Pytester) -> None:
    result = shelf.runpytest()
    result.assert_outcomes(passed=3, skipped=1)
    result.stdout.fnmatch_lines(
        ["missing     1 test: remote_replay has no recording; record it with `pytest --stage=2 --record*"]
    )
    result = shelf.runpytest(*RECORD)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["recorded    1 test: remote changed"])
    assert (shelf.path / "cassettes" / "remote" / "traces" / "box" / "a.yaml").is_file()
    shelf.runpytest(*REPLAY, "traces").assert_outcomes(passed=1)


@pytest.mark.parametrize("is_recorded", [True, False], ids=["replayed", "direct"])
def test_a_subject_that_does_something_else_fails_with_the_program_and_the_cure(
    shelf: pytest.Pytester, *, is_recorded: bool
) -> None:
    if is_recorded:
        shelf.runpytest(*RECORD).assert_outcomes(passed=2)
    changed(shelf, 'return {"data": data}', 'return {"data": data[::-1]}')
    if not is_recorded:
        changed(shelf, 'return {"data": self.kept[key]}', 'return {"data": self.kept[key][::-1]}')
    fixture, family = ("remote_replay", "remote") if is_recorded else ("local", "local")
    result = shelf.runpytest("traces", f"--fixture={fixture}")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            f"*a.toml: Step 3 of 3 does not do what is expected of {family}.",
            '*   2. put(key = "a", data = { bytes = "hi" })',
            '*-> 3. get(key = "a")',
            '*expected  { ok = { data = { bytes = "hi" } } }',
            '*got       { ok = { data = { bytes = "ih" } } }',
            "*verdict   diverges",
            f'*write `step.3 = {{ ok = {{ data = {{ bytes = "ih" }} }} }}` under [[]observed.{family}], *(diverges)',
        ]
    )


LAZY = """    def put(self, key, data, label=None):
        self.get = lambda key: {"data": data}
"""
OTHERWISE = ('raise Refused("not_found")', 'return {"data": b""}')


def test_what_the_contract_allows_passes_until_something_is_observed_of_the_family(shelf: pytest.Pytester) -> None:
    changed(shelf, *OTHERWISE)
    shelf.runpytest("traces", "--fixture=local").assert_outcomes(passed=1)
    add(
        shelf,
        "box/a",
        TRACE + '\n[observed.local]\nstep.3 = { ok = { data = { bytes = "hi" } }, reason = "it is so" }\n',
    )
    shelf.runpytest("traces", "--fixture=local").assert_outcomes(failed=1)
    add(shelf, "box/a", TRACE + '\n[observed.local]\nstep.1 = { ok = { data = { bytes = "" } }, reason = "it may" }\n')
    shelf.runpytest("traces", "--fixture=local").assert_outcomes(passed=1)
    shelf.runpytest("traces", "--fixture=local_async").assert_outcomes(passed=1)


def test_a_known_divergence_passes_on_its_family_and_fails_when_it_is_gone(shelf: pytest.Pytester) -> None:
    add(shelf, "box/a", TRACE + '\n[observed.local]\nstep.3 = { error = "conflict", bug = "BUG-1" }\n')
    shelf.runpytest("traces", "--fixture=local", "--fixture=local_async").assert_outcomes(failed=1, passed=1)
    changed(shelf, 'return {"data": self.kept[key]}', 'raise Refused("conflict")')
    shelf.runpytest("traces", "--fixture=local", "--fixture=local_async").assert_outcomes(failed=1, passed=1)


def test_a_client_that_no_longer_sends_a_request_fails(shelf: pytest.Pytester) -> None:
    shelf.runpytest(*RECORD).assert_outcomes(passed=2)
    changed(shelf, 'self.send("PUT", key, data)', "self.put = lambda *_, **__: None\n        self.get = Local().get")
    shelf.runpytest("traces", *REPLAY).assert_outcomes(failed=1)
    changed(
        shelf, "        status, data = self.send", "        self.send('GET', key)\n        status, data = self.send"
    )
    result = shelf.runpytest("traces", *REPLAY)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*No recorded interaction answers GET*"])


def test_unplayed_interactions_fail_a_trace(shelf: pytest.Pytester) -> None:
    shelf.runpytest(*RECORD).assert_outcomes(passed=2)
    changed(shelf, "    def put(self, key, data, label=None):\n        self.send", f"{LAZY}        self.send")
    result = shelf.runpytest("traces", *REPLAY)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*1 unplayed, the first GET http://shelf.test*", "*(unplayed)*"])


def test_a_recording_of_a_subject_that_diverges_is_not_put_in_place(shelf: pytest.Pytester) -> None:
    changed(shelf, 'return {"data": data}', 'return {"data": data[::-1]}')
    shelf.runpytest(*RECORD).assert_outcomes(passed=1, failed=1)
    assert not list((shelf.path / "cassettes").rglob("*.yaml"))


def test_a_recording_that_does_not_replay_is_not_put_in_place(shelf: pytest.Pytester) -> None:
    shelf.runpytest(*RECORD).assert_outcomes(passed=2)
    (path,) = (shelf.path / "cassettes").rglob("*.yaml")
    before = path.read_bytes()
    once = 'self.send("PUT", key + str(time.monotonic_ns()), b"")\n        self.send("PUT", key, data)'
    changed(shelf, 'self.send("PUT", key, data)', f"import time\n        {once}")
    result = shelf.runpytest("traces", *RECORD)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*not put in place: something else comes of the trace*", "*(unrepeatable)*"])
    assert path.read_bytes() == before
    assert len(list(path.parent.iterdir())) == 1


def test_a_fixture_without_a_capability_is_counted_as_not_offering_it(shelf: pytest.Pytester) -> None:
    add(shelf, "box/a", LABELLED)
    assert collected(shelf, "traces") == ["traces/box/a.toml::local", "traces/box/a.toml::remote_replay"]
    result = shelf.runpytest("traces", "-v", "--fixture=local", "--fixture=local_async")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["not offered 1 test: local_async does not offer labels"])
    result = shelf.runpytest("traces", "--fixture=local_async", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*none of the fixtures of this run offers labels*"])


def test_a_client_that_cannot_express_a_step_is_skipped_and_counted(shelf: pytest.Pytester) -> None:
    changed(shelf, "        self.kept[key] = data", '        raise NotOffered("no such call")')
    result = shelf.runpytest("traces", "-v", "-rs", "--fixture=local")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*local does not offer put: no such call*"])
    result.stdout.fnmatch_lines(["not offered 1 test: local does not offer put"])


def test_a_service_that_cannot_be_reached_says_nothing_of_the_subject(shelf: pytest.Pytester) -> None:
    changed(shelf, "        self.kept[key] = data", '        raise Unreachable("it is down")')
    result = shelf.runpytest("traces", "--fixture=local")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*local could not be reached: *it is down*", "*(unreachable)*"])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("schema = 1", "schema = 2", "*a.toml:1: schema = 2 is newer than this version of conformance*"),
        ('op = "put"', 'op = "putt"', "*a.toml:10: [[][[]step]] op: 'putt' names no operation of shelf@1.*"),
        (
            'key = "a", data',
            'kee = "a", data',
            "*a.toml:11: [[][[]step]] args.kee: 'kee' is no argument of put*",
        ),
    ],
)
def test_a_trace_that_is_wrong_is_an_error_with_its_line(shelf: pytest.Pytester, old: str, new: str, said: str) -> None:
    add(shelf, "box/a", TRACE.replace(old, new))
    result = shelf.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([said])


def test_a_trace_that_no_fixture_is_for_is_skipped_by_name(shelf: pytest.Pytester) -> None:
    add(shelf, "box/a", TRACE.replace("shelf@1", "shelf@2"))
    result = shelf.runpytest("traces", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*none of the fixtures of this run keeps shelf@2: they keep shelf@1*"])


def test_a_contract_that_is_not_there_is_an_error_with_its_line(shelf: pytest.Pytester) -> None:
    shelf.makefile(".toml", fixtures=REGISTRY.replace(":SHELF", ":SHELV"))
    result = shelf.runpytest("traces")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            '*fixtures.toml:2: [[]fixture.local] contract = "shelf_contract:SHELV"*has no contract*',
            '*Did you mean "shelf_contract:SHELF"? (bad-driver)*',
        ]
    )


def test_a_cassette_whose_trace_is_gone_is_an_orphan_and_no_other(shelf: pytest.Pytester) -> None:
    add(shelf, "box/b", TRACE)
    add(shelf, "box/c", TRACE)
    shelf.runpytest(*RECORD).assert_outcomes(passed=4)
    (shelf.path / "traces" / "box" / "b.toml").unlink()
    result = shelf.runpytest("--orphans", "traces/box/a.toml")
    result.stdout.fnmatch_lines(["orphan      cassettes/remote/traces/box/b.yaml: no test of this run asks for it"])
    assert result.stdout.str().count("orphan      ") == 1
