"""Traces that are wrong: every fault has its line, its key, its slug and a cure; none is taken for empty."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.errors import TraceError
from conformance.trace import load_trace, load_traces, parse_trace

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.errors import Fault

UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
WHOLE = """\
schema = 1
contract = "box@1"
covers = ["get/a key -> ok"]

[[step]]
op = "put"
args.key = "a"
args.data = { bytes = "hi" }
expect.ok = { etag = "$1" }

[[step]]
op = "get"
args.key = "a"
args.if_match = { step = 1, field = "etag" }
expect.error = "not_found"
expect.status = 404
expect.code = "NoSuchKey"

[observed.moto.step.2]
error = "gone"
reason = "it is allowed to"
bug = "BUG-1"

[bug]
id = "BUG-1"
title = "what is wrong"
state = "open"

[[bug.mutants]]
driver = "mutants:one"

[[bug.mutants]]
edit.at = 3
edit.status = 500
"""
ROWS = WHOLE.split("\n")
PAIRS = [at for at, row in enumerate(ROWS) if " = " in row]
OF_OURS = [at for at in PAIRS if not ROWS[at].startswith(("args.", "expect.ok"))]


def faults_of(text: str) -> tuple[Fault, ...]:
    with pytest.raises(TraceError) as caught:
        parse_trace(text)
    return caught.value.faults


def with_row(at: int, row: str) -> str:
    return "\n".join([*ROWS[:at], row, *ROWS[at + 1 :]])


def test_the_whole_trace_is_whole() -> None:
    assert [step.op for step in parse_trace(WHOLE).program.steps] == ["put", "get"]


@pytest.mark.parametrize(
    ("old", "new", "slug", "said"),
    [
        ("schema = 1", "schema = 2", "newer-trace", "schema = 2 is newer than this version of conformance"),
        ("schema = 1", "schema = 0", "bad-value", "schema = 0 is no schema of a trace. Write schema = 1."),
        ("schema = 1", "schema = true", "wrong-type", "schema = true is not a whole number."),
        ('"box@1"', '"box"', "bad-value", 'contract = "box" names no contract and version.'),
        ('["get/a key -> ok"]', "[1]", "wrong-type", "covers[0] = 1 is not a string."),
        ("{ step = 1,", "{ step = 2,", "late-reference", "args.if_match refers to step 2, and this is step 2."),
        ("{ step = 1,", "{ step = 0,", "late-reference", "args.if_match refers to step 0, and this is step 2."),
        ('"hi"', "1", "wrong-type", "args.data.bytes = 1 is not a string."),
        ('{ bytes = "hi" }', '{ hex = "0g" }', "bad-value", 'args.data.hex = "0g" is not hexadecimal.'),
        ('{ bytes = "hi" }', "{ hex = 0 }", "wrong-type", "args.data.hex = 0 is not a string."),
        ('{ bytes = "hi" }', "{ pattern = -1 }", "bad-value", "args.data.pattern = -1 is not a size."),
        ('{ bytes = "hi" }', "{ pattern = 1.0 }", "wrong-type", "args.data.pattern = 1.0 is not a whole number."),
        ('{ bytes = "hi" }', '{ sha256 = "0", size = 0 }', "bad-value", 'args.data.sha256 = "0" is no SHA-256.'),
        ('{ bytes = "hi" }', "{ sha256 = 0, size = 0 }", "wrong-type", "args.data.sha256 = 0 is not a string."),
        ('{ bytes = "hi" }', "{ escaped = '\\n' }", "bad-value", "has an unknown escape. Write a backslash twice"),
        ('{ bytes = "hi" }', "{ escaped = 0 }", "wrong-type", "args.data.escaped = 0 is not a string."),
        ('{ bytes = "hi" }', "{ pairs = 0 }", "wrong-type", "args.data.pairs = 0 is not a list."),
        ('{ bytes = "hi" }', "{ pairs = [[1, 2, 3]] }", "bad-value", "args.data.pairs[0] = [1, 2, 3] is no pair."),
        ('{ bytes = "hi" }', "{ pairs = [[1, 2]] }", "bad-value", "args.data.pairs[0] = 1 is no name."),
        ('{ bytes = "hi" }', "{ none = false }", "bad-value", "args.data.none = false says nothing."),
        ('{ bytes = "hi" }', "2026-01-01", "bad-value", 'args.data = "2026-01-01" is a date or time.'),
        ('"$1"', '"$a"', "bad-value", 'expect.ok.etag = "$a" is no chosen value. Write "$$a" for this text'),
        ('"$1"', '{ step = 1, field = "etag" }', "late-reference", "expect.ok.etag refers to step 1, in an outcome."),
        ('"not_found"', '""', "bad-value", 'expect.error = "" is no error.'),
        ('expect.error = "not_found"', "", "bad-outcome", "expect has neither ok nor error."),
        ('expect.code = "NoSuchKey"', "expect.ok = {}", "bad-outcome", "expect has both ok and error."),
        ('op = "get"', "", "missing-key", "op is missing."),
        ("observed.moto.step.2", "observed.moto.step.3", "no-step", "step.3 is not a step. Steps are 1 to 2."),
        ("observed.moto.step.2", "observed.moto.step.02", "no-step", "step.02 is not a step."),
        ("observed.moto.step.2", "observed.moto.steps.2", "unknown-key", "steps is not a known key. Did you mean"),
        ('"open"', '"done"', "bad-value", 'state = "done" is no state of a bug.'),
        ('driver = "mutants:one"', "", "bad-value", "mutants[0] = {} is not one fault."),
        ("edit.at = 3", "edit.on = 3", "unknown-key", "edit.on is not a known key."),
        ("covers = ", "cover = ", "unknown-key", "cover is not a known key. Did you mean covers?"),
        ("covers = ", "schema = ", "duplicate", "schema is declared twice."),
        ('op = "get"', "op = get", "bad-toml", "Invalid value: op = get"),
    ],
)  # fmt: skip
def test_a_fault_says_what_is_wrong_and_how_to_mend_it(old: str, new: str, slug: str, said: str) -> None:
    text = WHOLE.replace(old, new, 1)
    (fault,) = faults_of(text)
    assert fault.slug == slug
    assert said in f"{fault.what} {fault.cure}"
    word = re.sub(r"[\d.]+$", "", (fault.key or "")).rpartition(".")[2]
    assert word in text.split("\n")[(fault.line or 0) - 1] or slug in ("missing-key", "bad-value", "bad-outcome")


def test_a_trace_without_steps_is_refused() -> None:
    for text in ('schema = 1\ncontract = "box@1"\n', 'schema = 1\ncontract = "box@1"\nstep = []\n'):
        (fault,) = faults_of(text)
        assert (fault.slug, fault.key) == ("missing-key", "step")


@pytest.mark.parametrize("text", ["", "step = []\n", "observed = 1\n"])
def test_a_file_that_does_not_say_its_schema_is_no_trace(text: str) -> None:
    (fault,) = faults_of(text)
    assert (fault.slug, fault.key, fault.cure) == ("missing-key", "schema", "Add schema = 1.")


@given(st.sets(st.sampled_from(OF_OURS[1:]), min_size=1))
@UNTIMED
def test_all_values_that_are_wrong_are_reported_in_the_order_of_the_lines(places: set[int]) -> None:
    rows = [f"{row.partition(' = ')[0]} = 1979-05-27" if at in places else row for at, row in enumerate(ROWS)]
    lines = [fault.line for fault in faults_of("\n".join(rows))]
    assert lines == [place + 1 for place in sorted(places)]


@given(st.sampled_from(OF_OURS), st.data())
@UNTIMED
def test_a_key_with_two_letters_swapped_is_answered_with_the_key(place: int, data: st.DataObject) -> None:
    dotted, _, value = ROWS[place].partition(" = ")
    key = dotted.rpartition(".")[2]
    at = data.draw(st.integers(0, len(key) - 2))
    swapped = key[:at] + key[at + 1] + key[at] + key[at + 2 :]
    if swapped == key:
        return
    faults = faults_of(with_row(place, f"{dotted.removesuffix(key)}{swapped} = {value}"))
    if key == "schema":
        assert [fault.key for fault in faults] == ["schema"]
    elif key not in ("op", "id", "at"):  # too short for a nearest word
        assert (f"Did you mean {key}?", place + 1) in [(fault.cure, fault.line) for fault in faults]


def test_a_folder_reports_the_faults_of_all_its_traces(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(WHOLE.replace("schema = 1", "schema = 2"))
    (tmp_path / "b.toml").write_text(WHOLE)
    (tmp_path / "c.toml").write_bytes(b"schema = 1\n# \xff\n")
    with pytest.raises(TraceError) as caught:
        load_traces(tmp_path)
    found = [(fault.path, fault.line, fault.slug) for fault in caught.value.faults]
    assert found == [(tmp_path / "a.toml", 1, "newer-trace"), (tmp_path / "c.toml", 2, "unreadable-trace")]
    with pytest.raises(TraceError, match=r"cannot be read: .*\n.*\(unreadable-trace\)"):
        load_trace(tmp_path / "none.toml")
