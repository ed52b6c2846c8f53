"""The model of object_store agrees with stores that do as documented, and with no store that has a fault.

Many more programs, and all the faults, are in ``tests/slow/contract``.
"""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract import Session, Verdict, call_of, run_program, usual_outcomes
from conformance.contract.object_store import OBJECT_STORE
from conformance.trace import Program
from tests.contract.drawing import play
from tests.contract.object_store.azure_style import AzureStyleStore
from tests.contract.object_store.mutants import DeletesNothing, IgnoresCreateOnly, PagesNeverEnd
from tests.contract.object_store.store import Store

STEPS = 20
CAPABILITIES = frozenset(
    word for each in OBJECT_STORE.operations.values() for word in (*each.needs, *each.needs_for.values())
)


def session_on(store: Store) -> Session:
    return Session(OBJECT_STORE, call_of(store), capabilities=CAPABILITIES)


def played(store: Store, seed: int) -> Session:
    session = session_on(store)
    play(random.Random(seed).randint, OBJECT_STORE, session, steps=STEPS)  # noqa: S311  (no secret)
    return session


def divergences(session: Session) -> list[str]:
    return [each.group for each in session.played if each.verdict is Verdict.DIVERGES]


@pytest.mark.parametrize("store", [Store, AzureStyleStore])
@given(data=st.data())
@settings(deadline=None)
def test_the_model_allows_what_a_store_does_as_documented(store: type[Store], data: st.DataObject) -> None:
    session = session_on(store())
    play(lambda low, high: data.draw(st.integers(low, high)), OBJECT_STORE, session, steps=STEPS)
    assert divergences(session) == []


@pytest.mark.parametrize("mutant", [IgnoresCreateOnly, DeletesNothing, PagesNeverEnd])
def test_the_model_catches_a_store_with_a_fault(mutant: type[Store]) -> None:
    assert any(divergences(played(mutant(), seed)) for seed in range(30))


def test_the_canary_is_what_the_model_expects_first() -> None:
    run = run_program(
        OBJECT_STORE, Program(OBJECT_STORE.id, OBJECT_STORE.canary), call_of(Store()), capabilities=frozenset()
    )
    assert [each.verdict for each in run.played] == [Verdict.OK] * len(OBJECT_STORE.canary)


def test_the_usual_outcomes_are_those_of_a_run_where_all_is_usual() -> None:
    compared = 0
    for seed in range(25):
        session = played(Store(), seed)
        if all(each.verdict is Verdict.OK for each in session.played):
            program = Program(OBJECT_STORE.id, tuple(each.step for each in session.played))
            usual = usual_outcomes(OBJECT_STORE, program, capabilities=CAPABILITIES)
            assert [each.error for each in usual] == [each.outcome.error for each in session.played]
            compared += 1
    assert compared > 3


def test_what_is_refused_for_a_reason_or_done_for_one_is_never_first() -> None:
    firsts = [each.expected[0] for seed in range(25) for each in played(Store(), seed).played]
    assert [each for each in firsts if each.reason] == []
