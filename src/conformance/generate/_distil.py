"""Keeps the fewest programs, by what they cost, that together show every behaviour that was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from conformance.generate._harvest import Candidate

OPENING_COST = 20  # requests: what a fresh subject costs beside the steps, and what a further file costs its readers


def cover(candidates: Sequence[Candidate], wanted: Collection[str]) -> list[Candidate]:
    """Return candidates that together show all that is wanted and shown by any: most new for its cost first.

    What another one makes redundant is taken out again, the dearest first. Of equals the earlier is taken.
    """
    left = set(wanted)
    chosen: list[Candidate] = []
    pool = list(candidates)
    while left:
        best = max(pool, key=lambda each: len(each.signatures & left) / (each.cost + OPENING_COST), default=None)
        if best is None or not best.signatures & left:
            break
        chosen.append(best)
        left -= best.signatures
    for each in sorted(chosen, key=lambda one: -one.cost):
        others = shown(one for one in chosen if one is not each)
        if each.signatures & set(wanted) <= others:
            chosen.remove(each)
    return chosen


def shares(chosen: Sequence[Candidate], wanted: Collection[str]) -> list[frozenset[str]]:
    """Return for each of the chosen what it is kept for: everything wanted goes to the first that shows it."""
    left = set(wanted)
    found = []
    for each in chosen:
        found.append(frozenset(each.signatures & left))
        left -= each.signatures
    return found


def shown(candidates: Iterable[Candidate]) -> frozenset[str]:
    """Return everything that some candidates show."""
    return frozenset(one for each in candidates for one in each.signatures)
