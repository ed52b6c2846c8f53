"""The properties of traces and of the files of guards, on many more examples than a quick run has time for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

from tests.cli.test_guard_files import test_a_file_says_what_the_guard_says_and_keeps_its_comments as settled
from tests.trace.strategies import traces
from tests.trace.test_guards import traces as guard_traces
from tests.trace.test_round_trips import UNTIMED
from tests.trace.test_round_trips import test_a_trace_is_read_as_it_was_written as read
from tests.trace.test_round_trips import test_what_is_read_is_written_as_it_was as written

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from conformance.trace import Trace


@pytest.mark.parametrize(("quick", "drawn"), [(settled, guard_traces()), (read, traces()), (written, traces())])
def test_a_property_holds_on_many_examples(quick: Any, drawn: SearchStrategy[Trace]) -> None:
    count = 0

    @settings(UNTIMED, max_examples=100)
    @given(drawn)
    def hold(trace: Trace) -> None:
        nonlocal count
        count += 1
        quick.hypothesis.inner_test(trace)

    hold()
    assert count >= 100
