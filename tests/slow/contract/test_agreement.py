"""The model of object_store agrees with stores that do as documented in many programs, and with no faulty store."""

from __future__ import annotations

from collections import defaultdict

import pytest

from conformance.contract.object_store import OBJECT_STORE
from tests.contract.object_store.azure_style import AzureStyleStore
from tests.contract.object_store.mutants import MUTANTS
from tests.contract.object_store.store import Store
from tests.contract.object_store.test_agreement import divergences, played


@pytest.mark.parametrize("store", [Store, AzureStyleStore])
def test_the_model_allows_what_a_store_does_in_many_programs(store: type[Store]) -> None:
    assert [found for seed in range(300) if (found := divergences(played(store(), seed)))] == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_the_model_catches_a_store_with_a_fault(mutant: type[Store]) -> None:
    assert any(divergences(played(mutant(), seed)) for seed in range(1500))


def test_steps_have_few_sorts_and_meet_on_keys() -> None:
    variants: dict[str, set[str]] = defaultdict(set)
    reads = hits = 0
    for seed in range(200):
        for each in played(Store(), seed).played:
            variants[each.step.op].add(each.variant)
            reads += each.step.op == "get"
            hits += each.step.op == "get" and each.outcome.error != "not_found"
    assert {op: len(found) for op, found in variants.items() if len(found) > 40} == {}
    assert variants.keys() == OBJECT_STORE.operations.keys()
    assert hits > reads * 0.4
