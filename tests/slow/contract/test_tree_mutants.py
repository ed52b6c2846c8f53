"""The model of file_system finds the fault of every faulty file system."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.tree_mutants import MUTANTS, is_found

if TYPE_CHECKING:
    from tests.contract.tree_drivers import FlatFiles, NestedFiles


@pytest.mark.parametrize("mutant", MUTANTS)
def test_model_finds(mutant: type[NestedFiles | FlatFiles]) -> None:
    assert is_found(mutant, programs=400)
