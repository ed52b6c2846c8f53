"""Writes a trace as TOML that people read and edit: the same trace is always the same text."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from conformance.errors import UsageError
from conformance.trace._forms import (
    UnwritableError,
    render_key,
    render_list,
    render_table,
    render_text,
    render_value,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.trace._program import Outcome, Step
    from conformance.trace._trace import Bug, Observed, Trace
    from conformance.trace._values import Value

SCHEMA = 1
LONGEST_LIST = 100


def render_trace(trace: Trace) -> str:
    """Return the text of a trace; ``detail`` of outcomes is left out.

    Raises:
        UsageError: It holds a value that is no plain data (see ``docs/reference/traces.md``).
    """
    with _refusing():
        return "\n".join(_lines(trace)) + "\n"


def render_step(step: Step) -> str:
    """Return a step in one line: ``put(key = "a", data = { bytes = "hi" })``.

    Raises:
        UsageError: It holds a value that is no plain data.
    """
    with _refusing():
        args = (f"{name} = {render_value(each, is_outcome=False)}" for name, each in step.args.items())
        return f"{step.op}({', '.join(args)})"


def render_observed(observed: Observed) -> str:
    """Return what stands behind ``step.N =`` in a table of what was observed.

    Raises:
        UsageError: It holds a value that is no plain data.
    """
    with _refusing():
        return render_table(_observed(observed))


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except UnwritableError as error:
        what = f"A trace cannot hold {error}."
        cure = "Drivers take and return text, bytes, numbers, booleans, lists, mappings and Chosen values."
        raise UsageError(what, cure, slug="unwritable-value") from error


def _lines(trace: Trace) -> Iterator[str]:
    yield f"schema = {SCHEMA}"
    yield f"contract = {render_text(trace.program.contract)}"
    if trace.covers:
        yield from _list("covers", [render_text(each) for each in trace.covers])
    if trace.families:
        yield from _list("families", [render_text(each) for each in trace.families])
    for step, expected in zip(trace.program.steps, trace.expect, strict=True):
        yield from ("", "[[step]]", f"op = {render_text(step.op)}")
        if step.args:
            args = {name: render_value(each, is_outcome=False) for name, each in step.args.items()}
            yield f"args = {render_table(args)}"
        yield f"expect = {render_table(_outcome(expected))}"
    for family, known in trace.observed.items():
        yield from ("", f"[observed.{render_key(family)}]")
        for number, observed in sorted(known.items()):
            yield f"step.{number} = {render_table(_observed(observed))}"
    if trace.bug:
        yield from _bug(trace.bug)


def _list(name: str, items: list[str]) -> Iterator[str]:
    line = f"{name} = {render_list(items)}"
    if len(line) <= LONGEST_LIST:
        yield line
    else:
        yield from (f"{name} = [", *(f"    {each}," for each in items), "]")


def _outcome(outcome: Outcome) -> dict[str, str]:
    said: dict[str, str] = {}
    if outcome.error:
        said["error"] = render_text(outcome.error)
    else:
        said["ok"] = _fields(outcome.value or {})
    if outcome.status is not None:
        said["status"] = str(outcome.status)
    if outcome.code:
        said["code"] = render_text(outcome.code)
    return said


def _fields(value: Mapping[str, Value]) -> str:
    return render_table({name: render_value(each, is_outcome=True) for name, each in value.items()})


def _observed(observed: Observed) -> dict[str, str]:
    said = _outcome(observed.outcome)
    for name, text in (("reason", observed.reason), ("bug", observed.bug)):
        if text:
            said[name] = render_text(text)
    return said


def _bug(bug: Bug) -> Iterator[str]:
    yield from ("", "[bug]", f"id = {render_text(bug.id)}", f"title = {render_text(bug.title)}")
    yield f"state = {render_text(bug.state)}"
    for mutant in bug.mutants:
        yield from ("", "[[bug.mutants]]")
        if mutant.driver:
            yield f"driver = {render_text(mutant.driver)}"
        if mutant.edit:
            yield f"edit = {render_value(mutant.edit, is_outcome=False)}"
