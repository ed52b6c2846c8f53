"""Reads the text of a trace, checks it whole, and says everything that is wrong with its line and its key."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import tomli

from conformance.errors import TraceError
from conformance.toml import fault_of_syntax, located, located_all, toml_of
from conformance.trace._program import Outcome, Program, Step
from conformance.trace._rendering import SCHEMA
from conformance.trace._trace import Bug, Mutant, Observed, Trace
from conformance.trace._values import refs_in
from conformance.trace._values_in import Notes, read_value

if TYPE_CHECKING:
    from conformance.toml import Key
    from conformance.trace._values import Value

CONTRACT = re.compile(r"[^@\s]+@[1-9][0-9]*")
SHOWN_IN_BRACKETS = {"step": 2, "observed": 2, "bug": 1}
NUMBER = re.compile(r"[1-9][0-9]*")
STATES: dict[str, Literal["open", "fixed"]] = {"open": "open", "fixed": "fixed"}


def parse_trace(text: str, *, path: Path = Path("trace.toml")) -> Trace:
    """Check the text of a trace and return it.

    Raises:
        TraceError: It is wrong in one or more places, or newer than this version of conformance.
    """
    try:
        document = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        wrong, line = fault_of_syntax(error)
        raise TraceError([located(wrong, path, line, show=_shown)]) from error
    notes = Notes()
    if _is_of_this_schema(document, notes):
        trace = _trace(document, path, notes)
        if not notes.wrong:
            return trace
    raise TraceError(located_all(text, path, notes.wrong, show=_shown))


def _shown(key: Key) -> str:
    """Return a key behind its table: ``[[step]] args.key``, ``[observed.moto] step.2``, ``[bug] id``, ``schema``."""
    words = [str(word) if isinstance(word, str) else f"[{word}]" for word in key]
    size = min(len(words), SHOWN_IN_BRACKETS.get(words[0], 0)) if words else 0
    table = f"[{'.'.join(words[:size])}] " if size else ""
    if words[:1] == ["step"] and size > 1:
        table = "[[step]] "
    return table + ".".join(words[size:]).replace(".[", "[") + (" " if words[size:] else "")


def _is_of_this_schema(document: dict[str, Any], notes: Notes) -> bool:
    schema = notes.given(document, "schema", int, (), example=str(SCHEMA))
    if schema is not None and schema > SCHEMA:
        what = f"= {schema} is newer than this version of conformance, which reads {SCHEMA}."
        notes.fault(("schema",), what, "Upgrade conformance.", "newer-trace")
    elif schema is not None and schema < SCHEMA:
        notes.fault(("schema",), f"= {schema} is no schema of a trace.", f"Write schema = {SCHEMA}.", "bad-value")
    return bool(schema == SCHEMA)


def _trace(document: dict[str, Any], path: Path, notes: Notes) -> Trace:
    notes.known(document, ("schema", "contract", "covers", "families", "step", "observed", "bug"), ())
    contract = notes.given(document, "contract", str, (), example='"object_store@1"') or ""
    if contract and not CONTRACT.fullmatch(contract):
        cure = 'Write name@version, for example "object_store@1".'
        notes.bad_value(("contract",), contract, "names no contract and version", cure)
    covered, families = (_texts(document, name, notes) for name in ("covers", "families"))
    if document.get("step") == []:
        del document["step"]
    steps = notes.given(document, "step", list, (), example="[{ op = ..., expect = ... }], or tables [[step]]") or []
    played = [_step(each, at, notes) for at, each in enumerate(steps)]
    return Trace(
        Program(contract, tuple(step for step, _ in played)),
        tuple(expected for _, expected in played),
        covered,
        _all_observed(notes.optional(document, "observed", dict, ()) or {}, len(steps), notes),
        _bug(document["bug"], notes) if "bug" in document else None,
        path,
        families,
    )


def _texts(document: dict[str, Any], name: str, notes: Notes) -> tuple[str, ...]:
    texts = notes.optional(document, name, list, ()) or []
    return tuple(each for at, each in enumerate(texts) if notes.is_a(str, each, (name, at)))


def _step(table: Any, at: int, notes: Notes) -> tuple[Step, Outcome]:
    key = ("step", at)
    if not notes.is_a(dict, table, key):
        return Step(""), Outcome()
    notes.known(table, ("op", "args", "expect"), key)
    op = notes.given(table, "op", str, key) or ""
    args = notes.optional(table, "args", dict, key) or {}
    read = {name: read_value(each, (*key, "args", name), notes) for name, each in args.items()}
    for name, value in read.items():
        _check_references(value, at, (*key, "args", name), notes)
    expected = notes.given(table, "expect", dict, key, example="{ ok = {} }")
    return Step(op, read), Outcome() if expected is None else _outcome(expected, (*key, "expect"), notes)


def _check_references(value: Value, at: int, key: Key, notes: Notes) -> None:
    for ref in refs_in(value):
        if not 1 <= ref.step <= at:
            what = f"refers to step {ref.step}, and this is step {at + 1}."
            cure = "Name an earlier one; the first is step 1."
            notes.fault(key, what, cure if at else "The first step has none before it.", "late-reference")


def _outcome(table: dict[str, Any], key: Key, notes: Notes, *, also: tuple[str, ...] = ()) -> Outcome:
    notes.known(table, ("ok", "error", "status", "code", *also), key)
    if ("ok" in table) == ("error" in table):
        what = "has both ok and error." if "ok" in table else "has neither ok nor error."
        notes.fault(key, what, "Give the one that came: ok = { field = value }, or error = its kind.", "bad-outcome")
        return Outcome()
    status = notes.optional(table, "status", int, key)
    code = notes.optional(table, "code", str, key) or ""
    if "error" in table:
        error = notes.given(table, "error", str, key)
        if error == "":
            notes.bad_value((*key, "error"), error, "is no error", "Give its kind.")
        return Outcome(error=error or "", status=status, code=code)
    fields = notes.given(table, "ok", dict, key) or {}
    value = {name: read_value(each, (*key, "ok", name), notes) for name, each in fields.items()}
    for name, each in value.items():
        for ref in refs_in(each):
            cure = 'Write "$1", "$2" for what the subject chose, in order of appearance.'
            notes.fault((*key, "ok", name), f"refers to step {ref.step}, in an outcome.", cure, "late-reference")
    return Outcome(value, status=status, code=code)


def _all_observed(table: dict[str, Any], count: int, notes: Notes) -> dict[str, dict[int, Observed]]:
    found: dict[str, dict[int, Observed]] = {}
    for family, known in table.items():
        key = ("observed", family)
        if not notes.is_a(dict, known, key):
            continue
        notes.known(known, ("step",), key)
        steps = notes.optional(known, "step", dict, key) or {}
        found[family] = {}
        for number, each in steps.items():
            here = (*key, "step", number)
            if not NUMBER.fullmatch(number) or int(number) > count:
                notes.fault(here, "is not a step.", f"Steps are 1 to {count}.", "no-step")
            elif notes.is_a(dict, each, here):
                found[family][int(number)] = _observed(each, here, notes)
    return found


def _observed(table: dict[str, Any], key: Key, notes: Notes) -> Observed:
    outcome = _outcome(table, key, notes, also=("reason", "bug"))
    reason, bug = (notes.optional(table, name, str, key) or "" for name in ("reason", "bug"))
    return Observed(outcome, reason, bug)


def _bug(table: Any, notes: Notes) -> Bug | None:
    key = ("bug",)
    if not notes.is_a(dict, table, key):
        return None
    notes.known(table, ("id", "title", "state", "mutants"), key)
    name, title = (notes.given(table, word, str, key) or "" for word in ("id", "title"))
    state = notes.given(table, "state", str, key, example='"open"')
    if state is not None and state not in STATES:
        notes.bad_value((*key, "state"), state, "is no state of a bug", 'Write "open" or "fixed".')
    mutants = notes.optional(table, "mutants", list, key) or []
    read = tuple(_mutant(each, (*key, "mutants", at), notes) for at, each in enumerate(mutants))
    return Bug(name, title, STATES.get(str(state), "open"), read)


def _mutant(table: Any, key: Key, notes: Notes) -> Mutant:
    if not notes.is_a(dict, table, key):
        return Mutant()
    notes.known(table, ("driver", "edit"), key)
    if len(table.keys() & {"driver", "edit"}) != 1:
        what = f"= {toml_of(table)} is not one fault."
        notes.fault(key, what, "Give driver or edit: one of the two.", "bad-value")
    driver = notes.optional(table, "driver", str, key) or ""
    edit = notes.optional(table, "edit", dict, key) or {}
    notes.known(edit, ("at", "status", "headers", "body"), (*key, "edit"))
    return Mutant(driver, {name: read_value(each, (*key, "edit", name), notes) for name, each in edit.items()})
