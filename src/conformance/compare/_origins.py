"""Where a value was first seen in its run, and where it came again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from conformance.compare._shapes import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.compare._places import Place, Sighting
    from conformance.compare._shapes import Shape

TELLING = 4  # characters of a word that is hardly the same by chance
Chooser = Literal["client", "server"]


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of one value, over all runs alike.

    Attributes:
        chooser: Whose message had it first.
        first: The place that had it first.
        later: The places, but for its own, that have it later.
        is_sent_later: Whether a later request has it, at any place.
    """

    chooser: Chooser
    first: Place
    later: frozenset[Place]
    is_sent_later: bool


@dataclass(frozen=True, slots=True, order=True)
class _Step:
    """One message of a cassette, in the order of time, and a place in it."""

    at: int
    is_response: bool
    place: Place


@dataclass(frozen=True, slots=True)
class _Course:
    """Where the words of a value were first, each, and when each place had any of them last."""

    firsts: tuple[_Step | None, ...]
    lasts: dict[Place, tuple[int, bool]]


class Origins:
    """The values that differ between runs, by their words.

    A value is known again by the words in it that differ: a path that is asked for may be part of an address that was
    answered, and an ETag comes with quotes or without. Only what is found at the same steps in every run counts.
    Dates are read off two clocks, and two of one second mean nothing: they are known again as a whole alone, and the
    date of an answer is nowhere known again.
    """

    def __init__(self, sightings: Iterable[Sighting], shapes: Mapping[Place, Shape]) -> None:
        """Take what differs, in the order of time."""
        self._shapes = shapes
        self._steps: defaultdict[tuple[str, int, str], list[_Step]] = defaultdict(list)
        self._courses: dict[tuple[str, tuple[frozenset[str], ...]], _Course] = {}
        for sighting in sightings:
            step = _step(sighting)
            for run, words in enumerate(self._words(sighting)):
                for word in words:
                    self._steps[sighting.cassette, run, word].append(step)

    def of(self, sighting: Sighting) -> Origin:
        """Return where the values of a sighting come from; a client chose what it chose any word of."""
        here = _step(sighting)
        course = self._course(sighting.cassette, tuple(self._words(sighting)))
        firsts = [step or here for step in course.firsts] or [here]
        chosen = [step for step in firsts if not step.is_response]
        later = [place for place, last in course.lasts.items() if last > (here.at, here.is_response)]
        return Origin(
            "client" if chosen else "server",
            min(chosen or firsts).place,
            frozenset(place for place in later if place != sighting.place),
            is_sent_later=any(place.side == "request" for place in later),
        )

    def _course(self, cassette: str, words: tuple[frozenset[str], ...]) -> _Course:
        """Return what all runs have of a value, each run with its own words; what is sent often is asked for often."""
        if (cassette, words) not in self._courses:
            found = [
                [set(self._steps.get((cassette, run, word), ())) for word in each] for run, each in enumerate(words)
            ]
            common = set.intersection(*(set().union(*steps) for steps in found))
            firsts = {min(steps & common, default=None) for run in found for steps in run}
            lasts = {step.place: (step.at, step.is_response) for step in sorted(common)}
            self._courses[cassette, words] = _Course(tuple(firsts), lasts)
        return self._courses[cassette, words]

    def _words(self, sighting: Sighting) -> list[frozenset[str]]:
        """Return the words of each run's value that not all runs have."""
        there = [value or "" for value in sighting.values]
        if self._shapes[sighting.place].is_clock:
            if sighting.place.sort == "header" and sighting.place.key == "date":
                return [frozenset()] * len(there)
            return [frozenset([f" {value}"]) for value in there]
        words = [words_of(value) for value in there]
        volatile = [found - frozenset.intersection(*words) for found in words]
        return [frozenset(word for word in found if len(word) >= TELLING) or found for found in volatile]


def _step(sighting: Sighting) -> _Step:
    return _Step(sighting.at, sighting.place.side == "response", sighting.place)
