"""The names of scripts."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from conformance.report import script_path
from conformance.trace import Outcome
from tests.compare.reports import finding

FOUND = finding("one", actual=Outcome({"data": b""}))


@given(st.lists(st.text(max_size=90), min_size=1, max_size=4))
def test_scripts_of_one_report_have_names_that_every_disk_takes_and_that_differ(groups: list[str]) -> None:
    found = [
        script_path(Path("x"), number, replace(FOUND, group=group)) for number, group in enumerate(groups, start=1)
    ]
    assert all(re.fullmatch(r"\d\d-[a-z0-9-]*\.py", each.name) and len(each.name) < 80 for each in found)
    assert len({each.name for each in found}) == len(groups)
    assert script_path(Path("x"), 7, FOUND) == Path("x", "07-get-here-data-empty.py")
