"""Subjects against the model and against each other: what diverges, where, and what is new since another report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from conformance.contract import Exploration, Finding, Side, Verdict, agreed, class_of
from conformance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.trace import Outcome, Program

INDEPENDENT = 2
Key: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class DivergenceRow:
    """A group of divergences, and what is to be said of it for each fixture.

    Attributes:
        contract: The contract and its version.
        group: The group.
        cells: By fixture: the verdict of its finding; without one ``OK`` or ``NOT_OFFERED`` where the behaviour was
            drawn, None where it was not.
        services: The services whose subjects show it, in alphabetical order.
    """

    contract: str
    group: str
    cells: Mapping[str, Verdict | None]
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contrast:
    """One program that comes out differently on two fixtures.

    Attributes:
        what: The group of the finding; where the contract allows both, the behaviour of the fixture ``here``.
        program: The program; its last step is the one that differs.
        here: One fixture: that with the finding, where there is one.
        actual: What comes of the step there.
        there: The other fixture.
        outcome: What comes of the step there.
    """

    what: str
    program: Program
    here: Side
    actual: Outcome
    there: Side
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class DivergenceReport:
    """What explorations found, one exploration a fixture and contract.

    Raises:
        UsageError: Two explorations are of one fixture and contract.
    """

    explorations: tuple[Exploration, ...]

    def __post_init__(self) -> None:
        """Refuse two explorations of one fixture."""
        seen = set()
        for each in self.explorations:
            if (each.fixture, each.contract) in seen:
                what = f"{each.fixture} is explored twice with {each.contract}."
                raise UsageError(what, "Name one report of each fixture.", slug="doubled-exploration")
            seen.add((each.fixture, each.contract))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, in the order of the explorations."""
        return tuple(finding for each in self.explorations for finding in each.findings)

    @property
    def diverges(self) -> bool:
        """Whether there is a finding that says something about a subject or the model."""
        return any(each.verdict is not Verdict.ENVIRONMENT for each in self.findings)

    def verdict_of(self, finding: Finding) -> Verdict:
        """Return the verdict of a finding: ``MODEL_SUSPECT`` where independent subjects diverge in the same way."""
        is_suspect = finding.verdict is Verdict.DIVERGES and len(self._services(finding)) >= INDEPENDENT
        return Verdict.MODEL_SUSPECT if is_suspect else finding.verdict

    @property
    def rows(self) -> tuple[DivergenceRow, ...]:
        """The groups against the fixtures, by contract and group in alphabetical order."""
        groups: dict[tuple[str, str], dict[str, Finding]] = {}
        for finding in self.findings:
            groups.setdefault((finding.contract, finding.group), {})[finding.fixture] = finding
        return tuple(
            DivergenceRow(contract, group, self._cells(found), self._services(next(iter(found.values()))))
            for (contract, group), found in sorted(groups.items())
        )

    @property
    def between_clients(self) -> tuple[Contrast, ...]:
        """What two clients of one service make of one program, where they differ."""
        return tuple(each for each in self._contrasts if each.here.service == each.there.service)

    @property
    def between_services(self) -> tuple[Contrast, ...]:
        """What comes of one program through one client on two services, where they differ."""
        return tuple(
            each
            for each in self._contrasts
            if each.here.service != each.there.service and each.here.driver and each.here.driver == each.there.driver
        )

    @property
    def _contrasts(self) -> tuple[Contrast, ...]:
        sides = {
            (each.contract, side.fixture): side for each in self.explorations for side in (*each.beside, each.side)
        }
        found = [
            Contrast(
                finding.group, _until(finding), sides[finding.contract, finding.fixture], finding.actual, there, other
            )
            for finding in self.findings
            for fixture, other in self._elsewhere(finding).items()
            if (there := sides.get((finding.contract, fixture))) and agreed(finding.actual, other, {}) is None
        ]
        found += [
            Contrast(each.signature, each.program, exploration.side, each.actual, there, each.outcome)
            for exploration in self.explorations
            for each in exploration.variations
            if (there := sides.get((exploration.contract, each.fixture)))
        ]
        return tuple(found)

    def _services(self, finding: Finding) -> tuple[str, ...]:
        """Return the services of which a subject shows the group of a finding, and the same class of outcome."""
        shown = {
            each.service
            for each in self.explorations
            for other in each.findings
            if (other.contract, other.group) == (finding.contract, finding.group)
            and class_of(other.actual) == class_of(finding.actual)
            and other.verdict in (Verdict.DIVERGES, Verdict.MODEL_SUSPECT)
        }
        return tuple(sorted(shown))

    def _cells(self, found: Mapping[str, Finding]) -> dict[str, Verdict | None]:
        one = next(iter(found.values()))
        return {
            each.fixture: self.verdict_of(found[each.fixture]) if each.fixture in found else _cell(each, one)
            for each in self.explorations
            if each.contract == one.contract
        }

    def _elsewhere(self, finding: Finding) -> dict[str, Outcome]:
        """Return what came of a finding's step on other fixtures: noted with it, or found of the same program there."""
        same = {
            other.fixture: other.actual
            for other in self.findings
            if (other.contract, other.program, other.step) == (finding.contract, finding.program, finding.step)
        }
        known = {**same, **finding.elsewhere}
        return {fixture: outcome for fixture, outcome in known.items() if fixture != finding.fixture}


def _until(finding: Finding) -> Program:
    return replace(finding.program, steps=finding.program.steps[: finding.step])


def _cell(exploration: Exploration, finding: Finding) -> Verdict | None:
    """Return what a fixture without a finding of a group makes of its behaviour."""
    if any(finding.behaviour == _behaviour(signature) for signature in exploration.signatures):
        return Verdict.OK
    op = finding.behaviour.partition("/")[0]
    return Verdict.NOT_OFFERED if {op, finding.behaviour} & exploration.not_offered else None


def _behaviour(signature: str) -> str:
    behaviour, _, outcome = signature.partition(" -> ")
    return "" if outcome.startswith("not_offered") else behaviour


@dataclass(frozen=True, slots=True)
class ReportDifference:
    """How one report differs from an older one, by fixture and group; of the fixtures that both have explored.

    Attributes:
        new: Findings that the older has not; all of a fixture that only the newer has.
        fixed: Findings of the older whose behaviour the newer has seen, without that divergence.
        unseen: Findings of the older whose behaviour the newer has not seen: nothing is known of them.
        changed: Pairs (old, new) with another verdict or outcome, or where the model expects another.
    """

    new: tuple[Finding, ...] = ()
    fixed: tuple[Finding, ...] = ()
    unseen: tuple[Finding, ...] = ()
    changed: tuple[tuple[Finding, Finding], ...] = ()


def diff_reports(old: DivergenceReport, new: DivergenceReport) -> ReportDifference:
    """Return what is new, fixed and changed in a report. A report does not differ from itself."""
    before, after = _by_key(old.findings), _by_key(new.findings)
    explored = {(each.fixture, each.contract): each for each in new.explorations}
    gone = [found for key, found in before.items() if key not in after and key[:2] in explored]
    fixed = [found for found in gone if _cell(explored[found.fixture, found.contract], found) is Verdict.OK]
    return ReportDifference(
        tuple(found for key, found in after.items() if key not in before),
        tuple(fixed),
        tuple(found for found in gone if found not in fixed),
        tuple(
            (before[key], found)
            for key, found in after.items()
            if key in before and _told(old, before[key]) != _told(new, found)
        ),
    )


def _by_key(findings: Iterable[Finding]) -> dict[Key, Finding]:
    return {(each.fixture, each.contract, each.group): each for each in findings}


def _told(report: DivergenceReport, finding: Finding) -> object:
    """Return what of a finding another exploration would find again, whatever program showed it."""
    expected = [(class_of(each.outcome), each.reason) for each in finding.expected]
    return report.verdict_of(finding), class_of(finding.actual), expected, finding.signature
