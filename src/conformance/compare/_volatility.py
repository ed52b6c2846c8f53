"""Finds what differs between runs of one program, what never does, and who chose it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from conformance.compare._origins import Origins
from conformance.compare._places import Place, sightings_of
from conformance.compare._runs import Instability, align, asked, in_order
from conformance.compare._shapes import shape_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.compare._origins import Chooser
    from conformance.compare._places import Sighting
    from conformance.compare._runs import Aligned, Run
    from conformance.compare._shapes import Shape

Within = Literal["once", "constant", "several", "new"]

MOST_PATHS = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """A place whose value differs between runs.

    Attributes:
        place: The place.
        count: How many interactions have it.
        sightings: Those whose values differ, in the order of the program.
        shape: What all its values look like.
        within: How it goes through a run: there ``once``, ``constant`` in each cassette, ``new`` in each interaction,
            or ``several`` values, some of them again.
        is_plural: Whether a cassette has several values of it.
        chooser: Whether a client chose any of its values, or the server all of them.
        later: The other places that repeat a value of it.
        origin: The place that had all its values before, if another one had.
        is_sent_later: Whether a later request repeats one of its values.
        comes_and_goes: Whether some runs have no value there.
    """

    place: Place
    count: int
    sightings: tuple[Sighting, ...]
    shape: Shape
    within: Within
    is_plural: bool
    chooser: Chooser
    later: tuple[Place, ...]
    origin: Place | None
    is_sent_later: bool
    comes_and_goes: bool

    @property
    def values(self) -> list[str]:
        """All its values that differ, sorted, each once."""
        return sorted({value for sighting in self.sightings for value in sighting.values if value is not None})


@dataclass(frozen=True, slots=True)
class Volatility:
    """What several runs of one program have shown.

    Attributes:
        runs: How many there were.
        cassettes: How many cassettes the program has.
        aligned: The interactions that every run has.
        findings: The places that differ, the requests first.
        stable: The places that never do, with how many interactions have each.
        unstable: What is no volatile value, but a program that was another.
    """

    runs: int
    cassettes: int
    aligned: tuple[Aligned, ...]
    findings: tuple[Finding, ...]
    stable: dict[Place, int]
    unstable: tuple[Instability, ...]


def find_volatility(runs: Sequence[Run]) -> Volatility:
    """Return what differs between two or more runs of one program; their order does not matter.

    Args:
        runs: The cassettes of each run by name, already scrubbed; what is found is what that left.
    """
    ordered = in_order(runs)
    aligned, unstable = align(ordered)
    sightings = _with_merged_paths([seen for at, item in enumerate(aligned) for seen in sightings_of(item, at)])
    by_place: defaultdict[Place, list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        by_place[sighting.place].append(sighting)
    differing = {
        place: [sighting for sighting in seen if sighting.differs]
        for place, seen in by_place.items()
        if any(sighting.differs for sighting in seen)
    }
    shapes = {place: _shape(place, seen) for place, seen in differing.items()}
    origins = Origins((sighting for sighting in sightings if sighting.differs), shapes)
    findings = [
        _finding(place, len({one.at for one in by_place[place]}), seen, shapes[place], origins)
        for place, seen in sorted(differing.items())
    ]
    stable = {
        place: len({one.at for one in seen}) for place, seen in sorted(by_place.items()) if place not in differing
    }
    unstable += [*_changed_statuses(aligned), *_changed_forms(aligned, findings)]
    cassettes = {name for run in runs for name in run}
    return Volatility(len(runs), len(cassettes), tuple(aligned), tuple(findings), stable, tuple(sorted(set(unstable))))


def _finding(place: Place, count: int, seen: Sequence[Sighting], shape: Shape, origins: Origins) -> Finding:
    found = [origins.of(sighting) for sighting in seen]
    firsts = {origin.first for origin in found}
    first = firsts.pop()
    return Finding(
        place=place,
        count=count,
        sightings=tuple(seen),
        shape=shape,
        within=_within(seen),
        is_plural=_is_plural(seen),
        chooser="client" if any(origin.chooser == "client" for origin in found) else "server",
        later=tuple(sorted({later for origin in found for later in origin.later})),
        origin=first if not firsts and first != place else None,
        is_sent_later=any(origin.is_sent_later for origin in found),
        comes_and_goes=any(value is None for sighting in seen for value in sighting.values),
    )


def _shape(place: Place, seen: Sequence[Sighting]) -> Shape:
    values = [value for sighting in seen for value in sighting.values if value is not None]
    return shape_of(values, is_port=place.sort == "port")


def _within(seen: Sequence[Sighting]) -> Within:
    if len(seen) == 1:
        return "once"
    if all(len(set(values)) == len(seen) for values in zip(*(sighting.values for sighting in seen), strict=True)):
        return "new"
    return "several" if _is_plural(seen) else "constant"


def _is_plural(seen: Sequence[Sighting]) -> bool:
    found: defaultdict[tuple[str, int], set[str | None]] = defaultdict(set)
    for sighting in seen:
        for run, value in enumerate(sighting.values):
            found[sighting.cassette, run].add(value)
    return any(len(values) > 1 for values in found.values())


def _with_merged_paths(sightings: list[Sighting]) -> list[Sighting]:
    """Make one place of paths of one depth, where there are many: what they have not in common becomes ``…``."""
    by_depth: defaultdict[int, set[tuple[str, ...]]] = defaultdict(set)
    for sighting in sightings:
        if sighting.place.sort == "path" and sighting.differs:
            steps = tuple(sighting.place.key.split("/"))
            by_depth[len(steps)].add(steps)
    merged: dict[str, str] = {}
    for keys in by_depth.values():
        common = [words[0] if len(set(words)) == 1 else "…" for words in zip(*sorted(keys), strict=True)]
        if len(keys) > MOST_PATHS:
            merged |= {"/".join(steps): "/".join(common) for steps in keys}
    return [
        replace(seen, place=replace(seen.place, key=merged[seen.place.key]))
        if seen.place.sort == "path" and seen.place.key in merged
        else seen
        for seen in sightings
    ]


def _changed_statuses(aligned: Sequence[Aligned]) -> list[Instability]:
    found = []
    for one in aligned:
        counts = Counter(item.response.status for item in one.items)
        if len(counts) > 1:
            told = ", ".join(f"{status} in {count}" for status, count in sorted(counts.items()))
            what = f"was answered {told} of {len(one.items)} runs"
            found.append(Instability(one.cassette, asked(one.items[0].request), what))
    return found


def _changed_forms(aligned: Sequence[Aligned], findings: Sequence[Finding]) -> list[Instability]:
    """Return the requests that have a value in some runs alone, in a place that no rule can take out."""
    return [
        Instability(
            sighting.cassette,
            asked(aligned[sighting.at].items[0].request),
            f"has {finding.place.sort} {finding.place.key} in some runs alone",
        )
        for finding in findings
        if finding.comes_and_goes and finding.place.side == "request" and finding.place.sort not in ("header", "query")
        for sighting in finding.sightings
        if None in sighting.values
    ]
