"""The contract of hierarchical file systems: its model agrees with file systems that were written without it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.file_system import FILE_SYSTEM
from tests.contract import local_driver
from tests.contract.drawing_paths import divergence_of, of_hypothesis, played, told
from tests.contract.tree_drivers import EVERYTHING, FLAT, FlatFiles, NestedFiles


@given(st.data())
def test_model_agrees_with_nested_dicts(data: st.DataObject) -> None:
    session = played(FILE_SYSTEM, NestedFiles(), EVERYTHING, of_hypothesis(data))
    assert divergence_of(session) == "", told(session)


@given(st.data())
def test_model_agrees_with_flat_keys(data: st.DataObject) -> None:
    session = played(FILE_SYSTEM, FlatFiles(), FLAT, of_hypothesis(data))
    assert divergence_of(session) == "", told(session)


@given(st.data())
def test_model_agrees_with_the_file_system_of_this_machine(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        subject = local_driver.LocalFiles(Path(folder))
        session = played(FILE_SYSTEM, subject, local_driver.CAPABILITIES, of_hypothesis(data))
    assert divergence_of(session) == "", told(session)
