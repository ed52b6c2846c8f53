"""What is known to differ, and why: the entries of an accept file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AcceptedEntry:
    """One entry of an accept file."""

    reason: str
    file: str = "*"
    index: int | None = None
    behaviour: str = "*"
    part: str = "*"
    line: int | None = None
