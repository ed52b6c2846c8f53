"""Whether what came of a trace is what it expects; which contract a word means."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract import (
    Allowed,
    NotOffered,
    Refused,
    Run,
    agreed,
    call_of,
    choice,
    contract,
    contract_of,
    declined,
    judge,
    ok,
    operation,
    refused,
    run_program,
)
from conformance.trace import Chosen, Digest, Observed, Outcome, Program, Ref, Step, Trace

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGE = bytes(range(256)) * 8


class Shelves:
    def start(self, capabilities: frozenset[str]) -> dict[str, Any]:
        return dict.fromkeys(capabilities)

    @operation(key=choice("a"), data=choice(b""))
    def put(self, state: dict[str, Any], key: str, data: bytes) -> Allowed:
        return ok({**state, key: data}, etag=Chosen(f"{key} {data!r}"))

    @operation(key=choice("a"), if_match=choice(""))
    def get(self, state: dict[str, Any], key: str, if_match: Any = None) -> Allowed | list[Allowed]:
        del if_match
        if key not in state:
            return [refused(state, "not_found"), ok(state, data=b"", because="it may make things up")]
        return ok(state, data=state[key])


SHELF = contract("shelf", errors=["not_found", "conflict"])(Shelves)


class Shelf:
    """A subject; ``answers`` take the place of what it would do, by the number of the step."""

    def __init__(self, answers: Mapping[int, Any]) -> None:
        self.answers = answers
        self.kept: dict[str, bytes] = {}
        self.count = 0

    def put(self, key: str, data: bytes) -> Any:
        self.kept[key] = data
        return self._said({"etag": Chosen(f"e{len(data)}")})

    def get(self, key: str, if_match: str | None = None) -> Any:
        del if_match
        return self._said({"data": self.kept[key]} if key in self.kept else Refused("not_found", status=404))

    def _said(self, usual: Any) -> Any:
        self.count += 1
        found = self.answers.get(self.count, usual)
        if isinstance(found, Exception):
            raise found
        return found


PROGRAM = Program(
    "shelf@1",
    (
        Step("get", {"key": "a"}),
        Step("put", {"key": "a", "data": LARGE}),
        Step("get", {"key": "a", "if_match": Ref(2, "etag")}),
    ),
)
EXPECT = (
    Outcome(error="not_found"),
    Outcome({"etag": Chosen("$1")}),
    Outcome({"data": Digest(hashlib.sha256(LARGE).hexdigest(), len(LARGE))}),
)


def ran(answers: Mapping[int, Any]) -> Run:
    return run_program(SHELF, PROGRAM, call_of(Shelf(answers)), capabilities=frozenset())


def judged(answers: Mapping[int, Any], observed: Mapping[int, Outcome] | None = None) -> str | None:
    known = {} if observed is None else {"moto": {number: Observed(each) for number, each in observed.items()}}
    trace = Trace(PROGRAM, EXPECT, observed=known)
    return judge(trace, ran(answers), "moto")


@pytest.mark.parametrize(
    ("answers", "observed", "said"),
    [
        ({}, None, None),
        ({1: {"data": b""}}, None, None),  # allowed
        ({1: {"data": b""}}, {3: EXPECT[2]}, "Step 1 of 3"),  # allowed, but not what was observed
        ({1: {"data": b""}}, {1: Outcome({"data": b""})}, None),
        ({}, {1: Outcome({"data": b""})}, "Step 1 of 3"),  # no longer what was observed
        ({3: {"data": LARGE[1:]}}, None, "Step 3 of 3"),
        ({3: {"data": LARGE[:-1] + b"x"}}, None, "verdict   diverges"),
        ({3: {}}, None, "got       { ok = {} }"),
        ({3: {"data": object()}}, None, "got       {'data': <object"),
        ({3: KeyError("key")}, None, 'got       { error = "leaked", code = "builtins.KeyError" }: '),
        ({2: {"etag": "plain"}}, None, "Step 2 of 3"),
        ({2: Refused("conflict", status=409)}, None, 'got       { error = "conflict", status = 409 }'),
        ({2: Refused("conflict")}, {2: Outcome(error="conflict")}, "Step 3 of 3"),  # its reference is to nothing
        ({2: Refused("conflict")}, {2: Outcome(error="conflict"), 3: Outcome(error="not_offered")}, None),
        ({2: NotOffered("no such call")}, None, None),
        ({2: NotOffered("no such call")}, {3: EXPECT[2]}, None),
    ],
)
def test_a_trace_passes_where_what_came_is_what_is_expected(
    answers: dict[int, Any], observed: dict[int, Outcome] | None, said: str | None
) -> None:
    found = judged(answers, observed)
    assert found is None if said is None else said in str(found)


def test_a_failure_shows_the_program_and_what_to_write_down() -> None:
    assert judged({3: {"data": b"hi"}}) == (
        "Step 3 of 3 does not do what is expected of moto.\n"
        "  program\n"
        '       1. get(key = "a")\n'
        f'       2. put(key = "a", data = {{ hex = "{LARGE.hex()[:369]}...\n'
        '    -> 3. get(key = "a", if_match = { step = 2, field = "etag" })\n'
        f'  expected  {{ ok = {{ data = {{ sha256 = "{hashlib.sha256(LARGE).hexdigest()}", size = 2048 }} }} }}\n'
        '  got       { ok = { data = { bytes = "hi" } } }\n'
        "  verdict   diverges\n"
        '  If this is what it does, write `step.3 = { ok = { data = { bytes = "hi" } } }` under [observed.moto], with '
        "a reason or a bug, or let `conformance generate` observe it. (diverges)"
    )


@given(st.binary(max_size=4), st.binary(max_size=4))
def test_bytes_agree_with_their_digest_and_with_no_other(data: bytes, other: bytes) -> None:
    digest = Outcome({"data": Digest(hashlib.sha256(data).hexdigest(), len(data))})
    assert agreed(digest, Outcome({"data": data}), {}) == {}
    assert (agreed(digest, Outcome({"data": other}), {}) == {}) == (data == other)
    assert agreed(digest, Outcome({"data": data.hex()}), {}) is None


def test_a_step_that_refers_to_nothing_is_not_one_that_the_client_cannot_express() -> None:
    found = declined(ran({2: NotOffered("no such call")}))
    assert found is not None
    assert found.step == PROGRAM.steps[1]
    assert declined(ran({2: Refused("conflict")})) is None


def test_a_word_of_the_project_names_no_contract_and_a_reference_what_it_imports() -> None:
    asked: list[str] = []

    def imported(reference: str) -> object:
        asked.append(reference)
        return SHELF

    assert contract_of("shelf", import_reference=imported) is None
    assert asked == []
    assert contract_of("shelves:SHELF", import_reference=imported) is SHELF
    assert asked == ["shelves:SHELF"]
