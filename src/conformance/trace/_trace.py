"""A program with what is to come of it; a guard is one that stands for a filed bug."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conformance.trace._program import Outcome, Program


@dataclass(frozen=True, slots=True)
class Observed:
    """What came of a step on one subject, where that is not what is expected first.

    Attributes:
        outcome: What came of it, with chosen values numbered.
        reason: Why the contract allows it; empty where it does not: the subject diverges.
        bug: The filed bug that it stands for, if there is one.
    """

    outcome: Outcome
    reason: str = ""
    bug: str = ""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A small fault under which a guard must fail: exactly one of the two is given.

    Attributes:
        driver: ``module:callable`` that takes a subject and returns one with the fault.
        edit: An edit of a recorded response: the number of the interaction from 1 (``at``), and what it gets instead
            (``status``, ``headers``, ``body`` as ``{find = "..", put = ".."}``).
    """

    driver: str = ""
    edit: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bug:
    """What makes a trace a guard.

    Attributes:
        id: As it is filed: ``BUG-197``.
        title: What was wrong, in one line.
        state: ``open``: the subjects under ``observed`` must still show it; ``fixed``: they must do what is expected.
        mutants: Faults under which the guard fails.
    """

    id: str
    title: str
    state: Literal["open", "fixed"]
    mutants: tuple[Mutant, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """A program, why it is kept, and what comes of it.

    Attributes:
        program: The steps.
        expect: What is to come of each step, chosen values numbered (``numbered``) over the whole program.
        covers: Why it is kept: signatures of steps.
        observed: By family of fixtures, then by number of the step from 1: where that family is known to differ.
        bug: Set in a guard.
        path: Where it was read from, or None.
        families: The families of fixtures that it is kept for; none where it is for all that keep the contract.
    """

    program: Program
    expect: tuple[Outcome, ...]
    covers: tuple[str, ...] = ()
    observed: Mapping[str, Mapping[int, Observed]] = field(default_factory=dict)
    bug: Bug | None = None
    path: Path | None = field(default=None, compare=False)
    families: tuple[str, ...] = ()

    def is_for(self, family: str) -> bool:
        """Return whether it is kept for a family."""
        return not self.families or family in self.families

    def expected_of(self, family: str) -> tuple[Outcome, ...]:
        """Return what is to come of each step on a family of fixtures."""
        known = self.observed.get(family, {})
        return tuple(
            known[number].outcome if number in known else outcome for number, outcome in enumerate(self.expect, start=1)
        )
