"""From what an exploration found to the few programs that are kept: confirmed, distilled, shrunk, named."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.contract import Verdict, numbered_outcomes
from conformance.generate._distil import cover, shares
from conformance.generate._harvest import Candidate, Hit, signatures_of
from conformance.generate._shrink import Executions, shrunk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.contract import Played
    from conformance.generate._explore import Explorer
    from conformance.generate._harvest import Harvest
    from conformance.trace import Outcome, Program

EXECUTIONS_A_PROGRAM = 80
EXECUTIONS_A_HIT = 250
CONFIRMATIONS = 2
LONGEST_NAME = 72
NO_STEP_OF_THE_CONTRACT = (
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)  # of a model: never drawn

#: Called with what is being done, how far it is, and how far it goes.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Kept:
    """A program that is kept.

    Attributes:
        program: The smallest that was found.
        covers: The signatures that it is kept for, sorted.
        outcomes: What came of each step when it ran last, chosen values numbered.
        hit: The divergence that it shows, if it is kept for one.
    """

    program: Program
    covers: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    hit: Hit | None = None


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is kept, and what is not.

    Attributes:
        kept: Divergences first, in the order of their groups, then what covers the rest.
        flaky: Divergences and signatures that did not come again, each as it was called.
        covered: The signatures that the kept programs show, and those known before.
    """

    kept: tuple[Kept, ...]
    flaky: tuple[str, ...]
    covered: frozenset[str]


def keep(  # noqa: PLR0913  (each is a choice of its own)
    explorer: Explorer,
    harvest: Harvest,
    *,
    known: Collection[str] = (),
    known_groups: Collection[str] = (),
    is_late: Callable[[], bool] = lambda: False,
    progress: Progress = lambda _what, _at, _of: None,
) -> Keeping:
    """Confirm, distil and shrink what was found.

    A divergence is kept by the smallest program that still shows its group. Everything runs again: what does not come
    twice alike is flaky, and not kept.

    Args:
        explorer: Runs programs on fresh subjects.
        harvest: What was found.
        known: Signatures that kept programs of earlier runs show.
        known_groups: Groups of divergences that they show.
        is_late: Whether the time is over: shrinking stops, everything else is done.
        progress: Called as it goes on.

    Raises:
        EnvironmentFault: The service does not work any more; what was found is in the journal.
    """
    return _Keeper(explorer, is_late, progress).keep(harvest, known, known_groups)


def smallest(
    explorer: Explorer, program: Program, group: str, *, is_late: Callable[[], bool] = lambda: False
) -> Sequence[Played] | None:
    """Return the steps of the smallest program that shows a divergence, the last one that of the group.

    Args:
        explorer: Runs programs on fresh subjects.
        program: One that shows it at its last step.
        group: What sort of divergence it is.
        is_late: Whether the time is over: what is smallest by then is returned.

    Returns:
        What came of it twice alike; None where nothing did.

    Raises:
        EnvironmentFault: The service does not work any more.
    """
    return _Keeper(explorer, is_late, lambda _what, _at, _of: None).smallest(program, group)


class _Keeper:
    def __init__(self, explorer: Explorer, is_late: Callable[[], bool], progress: Progress) -> None:
        self._explorer = explorer
        self._is_late = is_late
        self._progress = progress

    def keep(self, harvest: Harvest, known: Collection[str], known_groups: Collection[str]) -> Keeping:
        flaky: list[str] = []
        kept: list[Kept] = []
        hits = [harvest.hits[group] for group in sorted(harvest.hits) if group not in known_groups]
        for at, hit in enumerate(hits):
            self._progress("shrinking divergences", at, len(hits))
            found = self._kept_hit(hit)
            kept += [found] if found else []
            flaky += [] if found else [hit.group]
        covered = {*known, *(one for each in kept for one in each.covers)}
        left = set(harvest.counts) - covered
        candidates = [*harvest.candidates]
        while left:
            chosen = cover(candidates, left)
            if not chosen:
                break
            lost = self._kept_shares(chosen, left, kept)
            covered |= {one for each in kept for one in each.covers}
            left -= covered
            candidates = [each for each in candidates if each not in lost]
        flaky += sorted(left)
        return Keeping(tuple(kept), tuple(flaky), frozenset(covered))

    def _kept_shares(self, chosen: Sequence[Candidate], left: set[str], kept: list[Kept]) -> list[Candidate]:
        """Shrink and confirm candidates; return those that did not show again what they were chosen for."""
        lost = []
        for at, (each, share) in enumerate(zip(chosen, shares(chosen, left), strict=True)):
            self._progress("shrinking programs", at, len(chosen))
            holds = lambda program, share=share: share <= signatures_of(self._explorer.replay(program))  # noqa: E731
            for program in self._tries(each.program, holds, EXECUTIONS_A_PROGRAM):
                found = self._confirmed(program)
                if found is not None and share <= signatures_of(found):
                    outcomes = numbered_outcomes([one.outcome for one in found])
                    kept.append(Kept(program, tuple(sorted(signatures_of(found) & left)), outcomes))
                    break
            else:
                lost.append(each)
        return lost

    def smallest(self, program: Program, group: str) -> list[Played] | None:
        def holds(smaller: Program) -> bool:
            return any(_shows(each, group) for each in self._explorer.replay(smaller))

        for each in self._tries(program, holds, EXECUTIONS_A_HIT, is_last=True):
            found = self._confirmed(each)
            if found is not None and any(_shows(one, group) for one in found):
                return found
        return None

    def _kept_hit(self, hit: Hit) -> Kept | None:
        found = self.smallest(hit.program, hit.group)
        if found is None:
            return None
        program = replace(hit.program, steps=tuple(each.step for each in found))
        shown = next(each for each in found if _shows(each, hit.group))
        expected = tuple((each.outcome, each.reason) for each in shown.expected)
        shrunk_hit = replace(hit, program=program, expected=expected, actual=shown.outcome)
        outcomes = numbered_outcomes([each.outcome for each in found])
        return Kept(program, tuple(sorted(signatures_of(found))), outcomes, shrunk_hit)

    def _tries(
        self, program: Program, holds: Callable[[Program], bool], executions: int, *, is_last: bool = False
    ) -> Iterator[Program]:
        """Yield the smallest program for which something holds, and then, should that not show it, the program itself.

        What held while the service did not work may be another program, and what did not hold then may hold.

        Raises:
            EnvironmentFault: The canary fails.
        """
        if holds(program):
            yield self._shrunk(program, holds, executions, is_last=is_last)
        else:
            self._explorer.check_canary()
        yield program

    def _shrunk(self, program: Program, holds: Callable[[Program], bool], executions: int, *, is_last: bool) -> Program:
        if self._is_late():
            return program

        def still_holds(smaller: Program) -> bool:
            try:
                return not self._is_late() and holds(smaller)
            except NO_STEP_OF_THE_CONTRACT:
                return False

        budget = Executions(executions)
        return shrunk(program, still_holds, self._explorer.contract, budget=budget, is_last=is_last)

    def _confirmed(self, program: Program) -> list[Played] | None:
        """Return what came of a program that does the same each time; None where it does not.

        Raises:
            EnvironmentFault: The canary fails: what came of it says nothing.
        """
        runs = [self._explorer.replay(program) for _ in range(CONFIRMATIONS)]
        self._explorer.check_canary()
        first = numbered_outcomes([each.outcome for each in runs[0]])
        is_same = all(numbered_outcomes([each.outcome for each in run]) == first for run in runs)
        return runs[0] if is_same and len(runs[0]) == len(program.steps) else None


def _shows(played: Played, group: str) -> bool:
    return played.verdict is Verdict.DIVERGES and played.group == group


def name_of(covers: Sequence[str], taken: Iterable[str], *, unique: str) -> str:
    """Return the name of a kept program: what it shows first, in small letters, digits and hyphens.

    Args:
        covers: What it is kept for; at least one.
        taken: Names that are not free.
        unique: What tells it from others of that name.
    """
    words = re.sub(r"[^a-z0-9]+", "-", covers[0].lower().replace("->", " ")).strip("-")[:LONGEST_NAME].strip("-")
    return words if words not in set(taken) else f"{words}-{unique[:6]}"
