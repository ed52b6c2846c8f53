"""What came of a verification: interactions that were checked, files, groups of differences, and scores."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.cassette import folded
from conformance.compare.verification._comparing import ABSENT, CODE, STATUS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.cassette import Difference, Interaction, Request, Response
    from conformance.compare.verification._accepted import AcceptedEntry
    from conformance.compare.verification._dialect import Behaviour


@dataclass(frozen=True, slots=True)
class Checked:
    """One recorded interaction, and what a server answered instead.

    Attributes:
        file: The name of its recording.
        number: Its number there, from 1.
        behaviour: What the recorded one shows.
        recorded: As it was read.
        asked: The recorded request with the live values that were sent in it, at the recorded address.
        live: The answer, with the recorded names and addresses; status 0 where none came.
        differences: In what the answers differ; empty where they mean the same.
        after: The number of the first before it in its file that came out otherwise at the same place; None if none.
        accepted: For each difference, the entry that accepts it, or None; empty until entries were applied.
    """

    file: str
    number: int
    behaviour: Behaviour
    recorded: Interaction
    asked: Request
    live: Response
    differences: tuple[Difference, ...]
    after: int | None = None
    accepted: tuple[AcceptedEntry | None, ...] = ()

    @property
    def conforms(self) -> bool:
        """Whether the answers mean the same."""
        return not self.differences

    @property
    def is_accepted(self) -> bool:
        """Whether there are differences, and each is accepted."""
        return bool(self.accepted) and all(self.accepted)

    @property
    def signature(self) -> tuple[tuple[str, str, str], ...]:
        """Return what a group has in common: parts and folded values; status and code alone where these differ."""
        outcome = [each for each in self.differences if each.part in (STATUS, CODE)]
        return tuple(_signature(each) for each in outcome or self.differences)

    @property
    def is_other_outcome(self) -> bool:
        """Whether status or code differ: what comes later at that place may differ for no reason of its own."""
        return any(each.part in (STATUS, CODE) for each in self.differences)


@dataclass(frozen=True, slots=True)
class FileResult:
    """What came of one recording.

    Attributes:
        name: Its path, as it was named.
        checked: In recorded order.
        left_out: The numbers of the interactions that were not sent, each with the reason.
        failures: What could not be done before or after it, such as removing what it left; one sentence each.
    """

    name: str
    checked: tuple[Checked, ...]
    left_out: tuple[tuple[int, str], ...] = ()
    failures: tuple[str, ...] = ()

    @property
    def score(self) -> Score:
        """How much of it conforms."""
        return score_of(self.checked)


@dataclass(frozen=True, slots=True)
class Score:
    """How many of how many conform."""

    conforming: int
    compared: int

    @property
    def ratio(self) -> float:
        """From 0 to 1; 1 of nothing."""
        return self.conforming / self.compared if self.compared else 1.0


@dataclass(frozen=True, slots=True)
class DifferenceGroup:
    """Interactions of one behaviour that differ in the same way; in the order of files."""

    behaviour: Behaviour
    members: tuple[Checked, ...]

    @property
    def example(self) -> Checked:
        """The first that follows from no earlier difference, or else the first."""
        return next((each for each in self.members if each.after is None), self.members[0])


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of all recordings, in their order."""

    files: tuple[FileResult, ...]

    @property
    def checked(self) -> list[Checked]:
        """All that was compared."""
        return [each for file in self.files for each in file.checked]

    @property
    def left_out(self) -> Counter[str]:
        """How many were not sent, by reason."""
        return Counter(reason for file in self.files for _, reason in file.left_out)

    def score(self, *, with_accepted: bool = False) -> Score:
        """Return the score of all; ``with_accepted`` counts what is accepted as conforming."""
        return score_of(self.checked, with_accepted=with_accepted)

    def by_behaviour(self, *, with_accepted: bool = False) -> dict[Behaviour, Score]:
        """Return the score of each behaviour, by its text."""
        found = defaultdict(list)
        for each in self.checked:
            found[each.behaviour].append(each)
        return {key: score_of(found[key], with_accepted=with_accepted) for key in sorted(found, key=str)}

    def groups(self, *, is_accepted: bool = False) -> list[DifferenceGroup]:
        """Return the groups of what differs, the biggest first: of what is not accepted, or of what is."""
        found: Mapping[tuple[Behaviour, object], list[Checked]] = defaultdict(list)
        for each in self.checked:
            if not each.conforms and each.is_accepted is is_accepted:
                found[each.behaviour, each.signature].append(each)
        groups = [DifferenceGroup(behaviour, tuple(members)) for (behaviour, _), members in found.items()]
        return sorted(groups, key=lambda group: (-len(group.members), str(group.behaviour)))


def score_of(checked: Iterable[Checked], *, with_accepted: bool = False) -> Score:
    """Return how many of some interactions conform."""
    listed = list(checked)
    return Score(sum(each.conforms or (with_accepted and each.is_accepted) for each in listed), len(listed))


def _signature(difference: Difference) -> tuple[str, str, str]:
    """Return a difference without the keys of entries, and without values where one answer has none at all."""
    part = re.sub(r"\{[^{}]*\}(#\d+)?|\[\d+\]", "", difference.part)
    values = difference.recorded, difference.sent
    is_there = ABSENT not in values or part == CODE
    told = [_value(value) if is_there or value == ABSENT else "" for value in values]
    return part, told[0], told[1]


def _value(value: str) -> str:
    return re.sub(r"\d+", "0", folded(value))
