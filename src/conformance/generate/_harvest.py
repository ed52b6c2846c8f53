"""What an exploration has found so far; kept as events, so that a journal of them is the whole state."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.contract import Verdict
from conformance.generate._steps import without
from conformance.trace import Outcome, Program, outcome_from_json, outcome_to_json, program_from_json, program_to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.contract import Played

MOST_CURVE_POINTS = 400
RARE = 4  # a program that shows what fewer have shown is kept whole: it shows much else for little more


@dataclass(frozen=True, slots=True)
class Candidate:
    """A program that showed a behaviour first, or in fewer steps than any before it.

    Attributes:
        program: The steps up to the one that shows it.
        signatures: The behaviours of all its steps.
        cost: In requests; in steps where there are no requests.
    """

    program: Program
    signatures: frozenset[str]
    cost: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A divergence, in the shortest program that showed it so far; it is the last step that diverges.

    Attributes:
        group: What sort of divergence it is.
        program: The steps up to it.
        expected: What the model allowed, the usual first, each with its reason.
        actual: What came of it.
        cost: In requests; in steps where there are no requests.
        signature: The behaviour of the step.
    """

    group: str
    program: Program
    expected: tuple[tuple[Outcome, str], ...]
    actual: Outcome
    cost: int
    signature: str


@dataclass(slots=True)
class Harvest:
    """What was found.

    Attributes:
        counts: In how many programs each signature was seen.
        candidates: Programs worth keeping, oldest first.
        hits: By group.
        hit_counts: How often each group was hit.
        programs: How many programs ran.
        steps: How many steps ran.
        requests: How many requests were sent.
        size_bytes: How many bytes were sent and received in bodies.
        seconds: For how long it explored.
        curve: After so many steps, so many signatures: one point each time there was a new one.
        shortest: Of each signature, in how few steps it was seen.
        not_offered: Operations that the subject turned out not to offer.
    """

    counts: Counter[str] = field(default_factory=Counter)
    candidates: list[Candidate] = field(default_factory=list)
    hits: dict[str, Hit] = field(default_factory=dict)
    hit_counts: Counter[str] = field(default_factory=Counter)
    programs: int = 0
    steps: int = 0
    requests: int = 0
    size_bytes: int = 0
    seconds: float = 0.0
    curve: list[tuple[int, int]] = field(default_factory=list)
    shortest: dict[str, int] = field(default_factory=dict)
    not_offered: set[str] = field(default_factory=set)

    @property
    def estimate_left(self) -> float:
        """How many behaviours were not seen yet, by how many were seen in one program alone and in two.

        Source: A. Chao, Estimating the population size for capture-recapture data with unequal catchability, 1987.
        """
        once = sum(count == 1 for count in self.counts.values())
        twice = sum(count == 2 for count in self.counts.values())  # noqa: PLR2004
        return once * (once - 1) / (2 * (twice + 1))

    def events_of(self, contract: str, played: Sequence[Played], cost: Cost) -> list[dict[str, Any]]:
        """Return what a program that ran adds, as events that ``apply`` takes."""
        signatures = ["" if each.verdict is Verdict.NOT_OFFERED else each.signature for each in played]
        events: list[dict[str, Any]] = []
        best = dict(self.shortest)
        lacking = {at for at, each in enumerate(played) if each.verdict is Verdict.NOT_OFFERED}
        whole = tuple(each.step for each in played)
        for number, one in enumerate(signatures, start=1):
            if one and number < best.get(one, len(signatures) + 1):
                best[one] = number
                program = without(Program(contract, whole[:number]), lacking)
                told = {"program": program_to_json(program), "signatures": signatures[:number]}
                events.append({"kind": "candidate", **told, "cost": cost.part(number, len(signatures))})
        if any(one and self.counts[one] < RARE for one in signatures):
            told = {"program": program_to_json(without(Program(contract, whole), lacking)), "signatures": signatures}
            events.append({"kind": "candidate", **told, "cost": cost.part(len(played), len(played))})
        for number, each in enumerate(played, start=1):
            if each.verdict is Verdict.DIVERGES:
                known = self.hits.get(each.group)
                if known is None or number < len(known.program.steps):
                    program = without(Program(contract, whole[:number]), lacking)
                    events.append(hit_event(each, program, cost.part(number, len(signatures))))
        diverged = [each.group for each in played if each.verdict is Verdict.DIVERGES]
        ran = {"steps": len(played), "requests": cost.requests, "bytes": cost.size_bytes, "seconds": cost.seconds}
        ops = {played[at].step.op for at in lacking}
        told = {"signatures": sorted(set(signatures) - {""}), "groups": diverged, "not_offered": sorted(ops)}
        events.append({"kind": "ran", **told, **ran})
        return events

    def apply(self, event: Mapping[str, Any]) -> None:
        """Take one event in."""
        if event["kind"] == "candidate":
            program = program_from_json(event["program"])
            self.candidates.append(Candidate(program, frozenset(event["signatures"]) - {""}, event["cost"]))
            for number, one in enumerate(event["signatures"], start=1):
                self.shortest[one] = min(number, self.shortest.get(one, number))
        elif event["kind"] == "hit":
            self.hits[event["group"]] = hit_of(event)
        elif event["kind"] == "ran":
            self._ran(event)

    def _ran(self, event: Mapping[str, Any]) -> None:
        before = len(self.counts)
        self.programs += 1
        self.steps += event["steps"]
        self.requests += event["requests"]
        self.size_bytes += event["bytes"]
        self.seconds = event["seconds"]
        self.counts.update(event["signatures"])
        self.hit_counts.update(event["groups"])
        self.not_offered.update(event["not_offered"])
        if len(self.counts) > before:
            self.curve.append((self.steps, len(self.counts)))

    def sampled_curve(self) -> tuple[tuple[int, int], ...]:
        """Return the curve in few points, with its end."""
        step = -(-len(self.curve) // MOST_CURVE_POINTS) or 1
        return (*self.curve[::step], (self.steps, len(self.counts)))


@dataclass(frozen=True, slots=True)
class Cost:
    """What a program cost.

    Attributes:
        requests: How many it sent; 0 where its subject speaks no HTTP.
        size_bytes: Bytes of bodies, both ways.
        seconds: Into the exploration, when it ended.
    """

    requests: int
    size_bytes: int
    seconds: float

    def part(self, steps: int, of: int) -> int:
        """Return what some first steps cost, at least one a step."""
        return max(steps, -(-self.requests * steps // of))


def hit_event(played: Played, program: Program, cost: int) -> dict[str, Any]:
    """Return the event of a divergence."""
    expected = [[outcome_to_json(each.outcome), each.reason] for each in played.expected]
    told = {"program": program_to_json(program), "expected": expected, "actual": outcome_to_json(played.outcome)}
    return {"kind": "hit", "group": played.group, **told, "cost": cost, "signature": played.signature}


def hit_of(event: Mapping[str, Any]) -> Hit:
    """Return the divergence that an event tells."""
    return Hit(
        event["group"],
        program_from_json(event["program"]),
        tuple((outcome_from_json(told), reason) for told, reason in event["expected"]),
        outcome_from_json(event["actual"]),
        event["cost"],
        event["signature"],
    )


def signatures_of(played: Iterable[Played]) -> frozenset[str]:
    """Return the behaviours that steps show."""
    return frozenset(each.signature for each in played if each.verdict is not Verdict.NOT_OFFERED)


def groups_of(played: Iterable[Played]) -> frozenset[str]:
    """Return the groups of the divergences that steps show."""
    return frozenset(each.group for each in played if each.verdict is Verdict.DIVERGES)
