"""Holds targets to their laws, walks every place in every encoding, and counts what was planted."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from conformance.laws._encodings import ENCODINGS
from conformance.laws._law import MatcherTarget, ScrubberTarget
from conformance.laws._matcher_laws import MATCHER_LAWS
from conformance.laws._places import PLACES
from conformance.laws._planting import Planted, pairs_with, planted
from conformance.laws._scrubber_laws import SCRUBBER_LAWS
from conformance.laws._secrets import CASE_FREE, KINDS, SHORTEST
from conformance.laws._shrinking import run_examples, smallest

if TYPE_CHECKING:
    from conformance.laws._law import Broken, Target
    from conformance.laws._matcher_laws import MatcherLaw
    from conformance.laws._planting import Pair
    from conformance.laws._scrubber_laws import ScrubberLaw

PLANTS = 20_000
MATCHER_EXAMPLES = 200
LEAST_EXAMPLES = 30
SHRINKING_EXAMPLES = 200
ENDLESS = 10**6

Progress = Callable[[str, str, int], None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One target and one law.

    Attributes:
        target: The name of the target.
        law: The name of the law.
        statement: What it says.
        examples: How many examples it was held to.
        broken: The smallest counter-example; None where the law holds.
        pairs: For a scrubber, the places and encodings that break the law by themselves.
    """

    target: str
    law: str
    statement: str
    examples: int
    broken: Broken | None = None
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a run.

    Attributes:
        verdicts: One a target and law, in the order of the targets.
        plantings: How often a secret was planted, by place and encoding; every pair is a key.
        seed: What makes the run again.
        seconds: How long it took.
    """

    verdicts: tuple[Verdict, ...]
    plantings: dict[Pair, int]
    seed: int
    seconds: float

    @property
    def broken(self) -> list[Broken]:
        """The counter-examples, one a target and law."""
        return [verdict.broken for verdict in self.verdicts if verdict.broken is not None]

    @property
    def unplanted(self) -> list[Pair]:
        """The places and encodings that were not reached."""
        return [pair for pair, count in self.plantings.items() if not count]


def run_laws(  # noqa: PLR0913  (each is a choice of its own)
    targets: Sequence[Target],
    *,
    seed: int,
    plants: int = PLANTS,
    seconds: float | None = None,
    only: Sequence[str] = (),
    progress: Progress = lambda _target, _law, _plants: None,
) -> Run:
    """Hold every target to the laws of its sort.

    Args:
        targets: Scrubbers and matchers, in any order.
        seed: The same seed tries the same examples, however long they take.
        plants: How many secrets are planted at least, over all scrubbers; every pair of place and encoding gets the
            same number.
        seconds: How long to go on planting instead, shared by the scrubbers; a round that was begun is finished.
        only: The names of the laws to hold them to; all where there is none.
        progress: Called with the target, what is being tried (a law, or an encoding), and the plantings so far.
    """
    started = time.monotonic()
    scrubbers = [target for target in targets if isinstance(target, ScrubberTarget)]
    places = dict.fromkeys(place for target in scrubbers for place in _places_of(target)) or PLACES
    walk = _Walk(seed, progress, only, tuple(places))
    matchers = [target for target in targets if isinstance(target, MatcherTarget)]
    verdicts: dict[str, list[Verdict]] = {}
    for target in matchers:
        verdicts[target.name] = walk.matcher(target)
    for number, scrubber in enumerate(scrubbers):
        if seconds is None:
            rounds = -(-plants // sum(len(_places_of(one)) * len(ENCODINGS) for one in scrubbers))
            found = walk.scrubber(scrubber, rounds, None)
        else:
            end = time.monotonic() + (started + seconds - time.monotonic()) / (len(scrubbers) - number)
            found = walk.scrubber(scrubber, ENDLESS, end)
        verdicts.setdefault(scrubber.name, []).extend(found)
    ordered = [verdict for name in dict.fromkeys(target.name for target in targets) for verdict in verdicts[name]]
    return Run(tuple(ordered), dict(walk.plantings), seed, time.monotonic() - started)


class _Walk:
    """One run: counts what is planted."""

    def __init__(self, seed: int, progress: Progress, only: Sequence[str], places: Sequence[str]) -> None:
        self.plantings: Counter[Pair] = Counter({(place, encoding): 0 for place in places for encoding in ENCODINGS})
        self._seed = seed
        self._progress = progress
        self._only = only

    def wants(self, name: str) -> bool:
        return not self._only or name in self._only

    def matcher(self, target: MatcherTarget) -> list[Verdict]:
        """Return a verdict a law."""
        laws = [law for law in MATCHER_LAWS if law.applies(target) and self.wants(law.name)]
        return [self._matched(target, law) for law in laws]

    def _matched(self, target: MatcherTarget, law: MatcherLaw) -> Verdict:
        """Return what came of a law, each sort of change tried equally often."""
        self._progress(target.name, law.name, self.plantings.total())
        sorts = law.examples(target)
        each = max(LEAST_EXAMPLES, MATCHER_EXAMPLES // len(sorts))
        found = (smallest(examples, partial(law.check, target), most=each, seed=self._seed) for examples in sorts)
        broken = next((one for one in found if one is not None), None)
        return Verdict(target.name, law.name, law.statement, each * len(sorts), broken)

    def scrubber(self, target: ScrubberTarget, rounds: int, end: float | None) -> list[Verdict]:
        """Return a verdict a law, after rounds in which every place is planted once in every encoding."""
        laws = [law for law in SCRUBBER_LAWS if self.wants(law.name)]
        planting = _Planting(target, laws)
        for done in range(rounds if laws else 0):
            if end is not None and done and time.monotonic() > end:
                break
            for kinds, is_case_free in ((tuple(KINDS), False), (CASE_FREE, True)):
                names = [name for name, encoding in ENCODINGS.items() if encoding.is_case_free == is_case_free]
                examples = planted(pairs_with(names[0], target.places), kinds=(kinds[done % len(kinds)],))
                run_examples(examples, partial(self._planted, planting, names), most=1, seed=self._seed + done)
        return [planting.verdict(law, self._seed) for law in laws]

    def _planted(self, planting: _Planting, encodings: Sequence[str], example: Planted) -> None:
        for name in encodings:
            whole = example.only(*pairs_with(name, planting.target.places))
            self._progress(planting.target.name, name, self.plantings.total())
            planting.hold(whole)
            self.plantings.update(whole.pairs)


class _Planting:
    """One scrubber, and how it broke which law so far."""

    def __init__(self, target: ScrubberTarget, laws: Sequence[ScrubberLaw]) -> None:
        self.target = target
        self._laws = laws
        self._examples = 0
        self._broken: dict[str, dict[Pair, Broken]] = {law.name: {} for law in laws}

    def hold(self, whole: Planted) -> None:
        """Hold the scrubber to every law with one encoding at every place but those that are known to break it."""
        self._examples += 1
        for law in self._laws:
            known = self._broken[law.name]
            rest = whole.only(*(pair for pair in whole.pairs if pair not in known))
            broken = law.check(self.target, rest) if rest.pairs else None
            if broken is not None:
                alone = {pair: law.check(self.target, rest.only(pair)) for pair in rest.pairs}
                known |= {pair: one for pair, one in alone.items() if one is not None} or {rest.pairs[0]: broken}

    def verdict(self, law: ScrubberLaw, seed: int) -> Verdict:
        """Return what came of a law, its counter-example made small."""
        broken = self._broken[law.name]
        shown = next(iter(broken.values()), None)
        if shown is not None:
            shown = _smallest(law, self.target, shown.example.pairs, seed) or shown
        return Verdict(self.target.name, law.name, law.statement, self._examples, shown, tuple(broken))


def counter_example(target: ScrubberTarget, law: str, pair: Pair, *, seed: int = 0) -> Broken | None:
    """Return the smallest counter-example of a law of scrubbers at one place and encoding; None where it holds there.

    Args:
        target: The scrubber.
        law: The name of the law.
        pair: The names of a place and of an encoding.
        seed: The same seed tries the same examples.
    """
    found = next(one for one in SCRUBBER_LAWS if one.name == law)
    return _smallest(found, target, (pair,), seed)


def _smallest(law: ScrubberLaw, target: ScrubberTarget, pairs: tuple[Pair, ...], seed: int) -> Broken | None:
    """Return the smallest counter-example: one of the shortest secrets, or what Hypothesis makes small."""
    judge = partial(law.check, target)
    for secret, other in SHORTEST[:1] if any(ENCODINGS[name].is_case_free for _, name in pairs) else SHORTEST:
        found = judge(Planted(secret, pairs, other))
        if found is not None:
            return found
    return smallest(planted(pairs), judge, most=SHRINKING_EXAMPLES, seed=seed)


def _places_of(target: ScrubberTarget) -> Sequence[str]:
    return target.places or tuple(PLACES)
