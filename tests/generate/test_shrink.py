"""Structural shrinking."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conformance.generate import Executions, shrunk, without
from conformance.trace import Program, Ref, Step, refs_in
from tests.generate.boxes import BOX


@st.composite
def programs(draw: st.DrawFn) -> Program:
    steps: list[Step] = []
    for number in range(draw(st.integers(1, 8))):
        args: dict[str, Any] = {"key": draw(st.sampled_from(["a", "b", "c/d", "long key"]))}
        op = draw(st.sampled_from(["put", "get", "delete"]))
        if op == "put":
            args["value"] = draw(st.binary(max_size=6))
            puts = [at for at, step in enumerate(steps, start=1) if step.op == "put"]
            is_conditional = draw(st.booleans())
            if puts and is_conditional:
                args["if_version"] = Ref(draw(st.sampled_from(puts)), "version")
        steps.append(Step(op, args))
        assert number == len(steps) - 1
    return Program(BOX.id, tuple(steps))


@given(programs(), st.data())
def test_references_still_lead_to_the_step_that_they_led_to(program: Program, data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.integers(0, len(program.steps) - 1)))
    left = without(program, gone)
    kept = [step for at, step in enumerate(program.steps) if at not in gone]
    assert len(left.steps) <= len(kept)
    for number, step in enumerate(left.steps, start=1):
        for ref in refs_in(step.args):
            assert 0 < ref.step < number
            assert left.steps[ref.step - 1].op == "put"


@given(programs(), st.integers(0, 40))
def test_the_smaller_program_still_holds_and_no_more_is_spent_than_may_be(program: Program, budget: int) -> None:
    wanted = program.steps[-1].op
    ran: list[Program] = []

    def holds(smaller: Program) -> bool:
        ran.append(smaller)
        return any(step.op == wanted for step in smaller.steps)

    executions = Executions(budget)
    found = shrunk(program, holds, BOX, budget=executions)
    assert any(step.op == wanted for step in found.steps)
    assert len(ran) == budget - executions.left <= budget


@given(programs())
def test_one_step_that_is_enough_is_what_is_left_of_a_program(program: Program) -> None:
    wanted = program.steps[-1].op
    found = shrunk(program, lambda one: any(s.op == wanted for s in one.steps), BOX, budget=Executions(10_000))
    (step,) = found.steps
    assert step == Step(wanted, {"key": "a", "value": b""} if wanted == "put" else {"key": "a"})


@given(programs())
def test_a_program_of_which_everything_is_needed_stays(program: Program) -> None:
    assert shrunk(program, lambda _: False, BOX, budget=Executions(10_000)) == program


@given(st.one_of(st.integers(1), st.binary(min_size=1)), st.data())
def test_a_value_that_the_contract_names_is_made_no_simpler_than_those_before_it(
    value: int | bytes, data: st.DataObject
) -> None:
    others = st.integers(1) if isinstance(value, int) else st.binary(min_size=1)
    named = data.draw(st.lists(others, min_size=1, max_size=3, unique=True))
    program = Program(BOX.id, (Step("put", {"key": "a", "value": value}),))
    refused = data.draw(st.sets(st.sampled_from(named)))
    found = shrunk(
        program,
        lambda smaller: smaller.steps[0].args["value"] not in refused,
        replace(BOX, simpler={"value": tuple(named)}),
        budget=Executions(1000),
    )
    left = [each for each in named if each not in refused]
    assert not left or found.steps[0].args["value"] == left[0] or value in refused
