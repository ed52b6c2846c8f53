"""A contract is a class of decorated operations; its model says what is allowed, in the words of the contract."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.contract import ABSENT, Allowed, contract, ok, operation, refused
from conformance.errors import UsageError
from conformance.trace import Outcome, Step
from tests.contract.boxes import BOXES


def test_a_contract_has_the_operations_of_its_class_in_order_of_definition() -> None:
    assert BOXES.id == "boxes@2"
    assert list(BOXES.operations) == ["put", "look", "open", "shake", "break_"]
    assert BOXES.operation("put").gives == ("seal",)
    assert BOXES.operation("look").is_safe
    assert BOXES.simpler == {"name": ("a",)}
    assert BOXES.canary == (Step("put", {"name": "a", "size": 1}),)


def test_operations_are_inherited_and_those_of_the_base_come_first() -> None:
    class Base:
        def start(self, capabilities: frozenset[str]) -> int:
            return len(capabilities)

        @operation()
        def first(self, state: int) -> Allowed:
            return ok(state)

    class Derived(Base):
        @operation()
        def second(self, state: int) -> Allowed:
            return ok(state + 1)

    found = contract("derived", errors=[])(Derived)
    assert list(found.operations) == ["first", "second"]
    assert found.allowed(found.start(frozenset("ab")), Step("second"), {})[0].state == 3


def test_a_step_needs_what_its_operation_and_its_arguments_need() -> None:
    assert BOXES.operation("open").needs_of({"name": "a"}) == {"opening"}
    assert BOXES.operation("put").needs_of({"name": "a"}) == frozenset()
    assert BOXES.operation("put").needs_of({"name": "a", "fragile": True}) == {"fragility"}


def test_the_start_is_told_what_the_subject_offers() -> None:
    assert BOXES.start(frozenset({"opening"})) == {"seals": 0, "can": ["opening"]}


def test_an_outcome_alone_is_one_that_is_allowed() -> None:
    state = BOXES.start(frozenset())
    assert [each.outcome for each in BOXES.allowed(state, Step("look"), {"name": "a"})] == [Outcome(error="missing")]


def test_ok_and_refused_keep_state_fields_and_reason() -> None:
    assert ok(1, because="why", size=2) == Allowed(Outcome({"size": 2}), 1, "why")
    assert refused(1, "missing") == Allowed(Outcome(error="missing"), 1, "")


def test_a_model_that_allows_nothing_is_broken() -> None:
    with pytest.raises(UsageError, match="boxes@2 allows nothing for break_") as error:
        BOXES.allowed(BOXES.start(frozenset()), Step("break_"), {})
    assert error.value.fault.slug == "bad-model"


def test_a_model_that_has_an_error_of_its_own_is_broken() -> None:
    class Strange:
        def start(self, capabilities: frozenset[str]) -> Any:
            return capabilities

        @operation()
        def go(self, state: Any) -> Allowed:
            return refused(state, "gone")

    found = contract("strange", errors=["missing"])(Strange)
    with pytest.raises(UsageError, match=r"allows gone for go(.|\n)*Its errors are missing"):
        found.allowed(found.start(frozenset()), Step("go"), {})


def test_an_operation_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(UsageError, match=r"no operation 'fetch'(.|\n)*put, look, open") as error:
        BOXES.operation("fetch")
    assert error.value.fault.slug == "unknown-operation"


def test_absent_tells_what_it_is() -> None:
    assert repr(ABSENT) == "ABSENT"
