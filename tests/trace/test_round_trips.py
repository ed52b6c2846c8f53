"""What is written is read back: any trace, as text and as a file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.errors import UsageError
from conformance.trace import (
    Digest,
    Observed,
    Outcome,
    Program,
    Ref,
    Step,
    Trace,
    load_trace,
    load_traces,
    parse_trace,
    pattern,
    render_trace,
    write_trace,
)
from tests.trace.strategies import BYTES, traces

if TYPE_CHECKING:
    from pathlib import Path

UNTIMED = settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
READABLE = """\
schema = 1
contract = "file_system@1"
covers = ["read/a directory -> is_a_directory"]

[[step]]
op = "write"
args = { path = "d/a.txt", data = { bytes = "hi" } }
expect = { ok = { etag = "$1", size = 2 } }

[[step]]
op = "read"
args = { path = "d", if_match = { step = 1, field = "etag" } }
expect = { error = "is_a_directory" }

[observed.adls_remote_store]
step.2 = { ok = { data = { bytes = "" } }, bug = "BUG-197" }

[bug]
id = "BUG-197"
title = "reading a directory returns no bytes instead of failing"
state = "open"

[[bug.mutants]]
edit = { at = 2, status = 200 }
"""


def told(trace: Trace) -> list[Any]:
    """Return what equality of outcomes leaves out."""
    known = [observed.outcome for steps in trace.observed.values() for _, observed in sorted(steps.items())]
    return [(outcome.status, outcome.code) for outcome in (*trace.expect, *known)]


def sorts(value: Any) -> Any:
    """Return the types of a value's parts: to Python, True is 1 and 1.0."""
    if isinstance(value, dict):
        return {name: sorts(each) for name, each in value.items()}
    if isinstance(value, list):
        return [sorts(each) for each in value]
    return bytes if isinstance(value, Digest) else type(value)


@given(traces())
@UNTIMED
def test_a_trace_is_read_as_it_was_written(trace: Trace) -> None:
    read = parse_trace(render_trace(trace))
    assert read == trace
    assert told(read) == told(trace)
    assert [sorts(step.args) for step in read.program.steps] == [sorts(step.args) for step in trace.program.steps]
    assert [sorts(each.value) for each in read.expect] == [sorts(each.value) for each in trace.expect]
    assert read.program.id == trace.program.id


@given(traces())
@UNTIMED
def test_what_is_read_is_written_as_it_was(trace: Trace) -> None:
    text = render_trace(trace)
    assert render_trace(parse_trace(text)) == text


def test_every_character_that_needs_an_escape_has_one() -> None:
    text = "".join(map(chr, (*range(256), 0x2028, 0xD800, 0xDFFF, 0x10FFFF)))
    args = {"key": text, "metadata": {each: each for each in text}, "others": [text[:255], text[92:93]]}
    trace = Trace(Program("box@1", (Step("put", args),)), (Outcome({}),))
    assert parse_trace(render_trace(trace)) == trace


def test_a_trace_is_written_to_be_read() -> None:
    trace = parse_trace(READABLE)
    assert trace.program.steps[1] == Step("read", {"path": "d", "if_match": Ref(1, "etag")})
    assert trace.observed == {"adls_remote_store": {2: Observed(Outcome({"data": b""}), bug="BUG-197")}}
    assert render_trace(trace) == READABLE


@given(st.lists(st.tuples(st.sampled_from(["b/a", "a", "b/c", "é"]), traces()), max_size=3, unique_by=lambda it: it[0]))
@settings(UNTIMED, max_examples=5)
def test_a_folder_of_traces_is_read_in_the_order_of_their_paths(
    tmp_path_factory: pytest.TempPathFactory, named: list[tuple[str, Trace]]
) -> None:
    folder = tmp_path_factory.mktemp("traces")
    for name, trace in named:
        write_trace(folder / f"{name}.toml", trace)
    written = sorted(((folder / f"{name}.toml", trace) for name, trace in named), key=lambda each: each[0])
    read = load_traces(folder)
    assert read == [trace for _, trace in written]
    assert [trace.path for trace in read] == [path for path, _ in written]
    assert {path.suffix for path in folder.rglob("*") if path.is_file()} <= {".toml"}


def test_a_folder_that_is_not_there_has_no_traces(tmp_path: Path) -> None:
    assert load_traces(tmp_path / "none") == []


def test_a_trace_takes_the_place_of_the_one_before_it(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("old")
    write_trace(path, parse_trace(READABLE))
    assert path.read_text("utf-8") == READABLE
    assert load_trace(path).path == path
    assert list(tmp_path.iterdir()) == [path]


def with_data(data: bytes) -> Trace:
    return Trace(Program("box@1", (Step("put", {"data": data}),)), (Outcome({"data": data}),))


def test_large_bytes_are_written_short_where_nothing_is_lost() -> None:
    text = render_trace(with_data(pattern(8388608)))
    assert text.count("{ pattern = 8388608 }") == 2
    odd = pattern(5000)[1:]
    text = render_trace(with_data(odd))
    assert odd.hex() in text
    assert f'expect = {{ ok = {{ data = {{ sha256 = "{hashlib.sha256(odd).hexdigest()}", size = 4999 }} }} }}' in text


@given(BYTES, BYTES)
def test_a_digest_equals_the_bytes_that_it_is_of_and_no_others(data: bytes, other: bytes) -> None:
    digest = Digest(hashlib.sha256(data).hexdigest(), len(data))
    assert digest == data
    assert data == digest
    assert (digest == other) == (data == other)
    assert digest != Digest(digest.sha256, len(data) + 1)


@pytest.mark.parametrize("value", [object(), {1: 2}, {"a": {2}}, "x"])
def test_what_no_trace_can_hold_is_refused(value: Any) -> None:
    trace = Trace(Program("box@1" if value != "x" else "\ud800@1", (Step("put", {"a": [value]}),)), (Outcome({}),))
    with pytest.raises(UsageError) as caught:
        render_trace(trace)
    assert caught.value.fault.slug == "unwritable-value"
