"""The rule of a value that is not known here: it finds nothing, and is one of the rules all the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.cassette.scrubbing._rules import LeavesAlone

if TYPE_CHECKING:
    from conformance.cassette.scrubbing._rules import Expect, Sort


@dataclass(frozen=True, slots=True)
class Asleep(LeavesAlone):
    """A declared value whose variable is not set."""

    name: str
    stand_in: str
    sort: Sort = "redactor"
    expect: Expect = "may"
