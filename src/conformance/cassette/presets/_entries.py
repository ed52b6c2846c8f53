"""One rule of a preset, with what it removes and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.cassette.scrubbing import Rule


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule, in words.

    Attributes:
        rule: The rule.
        removes: What it takes out of a recording.
        why: What would happen if it stayed.
    """

    rule: Rule
    removes: str
    why: str
