"""Several recordings of one program, interaction by interaction."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from conformance.cassette import Folding, Interaction, compare_cassettes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.cassette import Change, Request

MOST_PAIRS = 1_000_000

Run = Mapping[str, Sequence[Interaction]]
_Address = tuple[Hashable, list[str]]  # the form of a request, and what stands between the signs of its address


@dataclass(frozen=True, slots=True)
class Aligned:
    """One interaction of a program as it was in every run.

    Attributes:
        cassette: The name of its cassette.
        position: Where it is in the cassette of the first run, from 0.
        items: As it was in each run, in the order of ``in_order``.
    """

    cassette: str
    position: int
    items: tuple[Interaction, ...]


@dataclass(frozen=True, slots=True, order=True)
class Instability:
    """What is no volatile value: the program itself was another in one of the runs.

    Attributes:
        cassette: The name of its cassette.
        asked: Method and address of the request.
        what: What was different.
    """

    cassette: str
    asked: str
    what: str


def in_order(runs: Sequence[Run]) -> list[Run]:
    """Return the runs in an order that only their content decides, the one with most interactions first."""
    return sorted(runs, key=lambda run: (-sum(map(len, run.values())), _digest(run)))


def align(runs: Sequence[Run]) -> tuple[list[Aligned], list[Instability]]:
    """Return the interactions that are in all runs, by cassette and position, and what is not in all."""
    aligned: list[Aligned] = []
    unstable: list[Instability] = []
    for name in sorted({name for run in runs for name in run}):
        first, *others = (run.get(name, ()) for run in runs)
        pairs = [_paired(first, other) for other in others]
        for at, item in enumerate(first):
            there = [other[found[at]] for other, found in zip(others, pairs, strict=True) if at in found]
            if len(there) == len(others):
                aligned.append(Aligned(name, at, (item, *there)))
            else:
                unstable.append(_partly(name, asked(item.request), 1 + len(there), len(runs)))
        unstable += _added(name, others, pairs, len(runs))
    return aligned, unstable


def asked(request: Request) -> str:
    """Return method and address without the query."""
    return f"{request.method} {request.uri.partition('?')[0]}"


def _added(
    name: str, others: Sequence[Sequence[Interaction]], pairs: Sequence[dict[int, int]], runs: int
) -> Iterator[Instability]:
    """Yield what the first run has not; what several others have is told of once."""
    counts: Counter[tuple[str, int]] = Counter()
    for other, found in zip(others, pairs, strict=True):
        taken = set(found.values())
        lines = Counter(asked(item.request) for to, item in enumerate(other) if to not in taken)
        counts.update((line, number) for line, count in lines.items() for number in range(count))
    for (line, _), count in sorted(counts.items()):
        yield _partly(name, line, count, runs)


def _partly(name: str, line: str, count: int, runs: int) -> Instability:
    return Instability(name, line, f"was asked for in {count} of {runs} runs")


def _paired(old: Sequence[Interaction], new: Sequence[Interaction]) -> dict[int, int]:
    """Return which interaction of the new run is which of the old.

    Those belong together that a comparison of cassettes takes for each other; of what is then left between two of them,
    those of one form that are most alike, in order. Where that leaves some, and both runs are of one form throughout,
    they belong together by position: values that count up meet each other's successors otherwise.
    """
    changes = compare_cassettes(old, new, folding=Folding())
    found = {change.old: change.new for change in changes if change.old is not None and change.new is not None}
    pairs = {at: to for at, to in found.items() if to is not None}
    for removed, added in _gaps(changes):
        were, are = ([_address(tape[at].request) for at in spots] for tape, spots in ((old, removed), (new, added)))
        pairs |= {removed[at]: added[to] for at, to in _most_alike(were, are)}
    is_whole = len(pairs) == len(old) == len(new)
    if not is_whole and [_form(item.request) for item in old] == [_form(item.request) for item in new]:
        return {at: at for at in range(len(old))}
    return pairs


def _gaps(changes: Sequence[Change]) -> Iterator[tuple[list[int], list[int]]]:
    """Yield what is removed and what is added between two interactions that stayed in order."""
    removed: list[int] = []
    added: list[int] = []
    for change in changes:
        if change.sort == "removed" and change.old is not None:
            removed.append(change.old)
        elif change.sort == "added" and change.new is not None:
            added.append(change.new)
        elif change.sort != "moved":
            yield removed, added
            removed, added = [], []
    yield removed, added


def _most_alike(old: Sequence[_Address], new: Sequence[_Address]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of one form, in order on both sides, that have most in common; of very many, those in step."""
    alike = [_likeness(was, now) for was, now in zip(old, new, strict=False)]
    if len(old) * len(new) > MOST_PAIRS:
        yield from ((at, at) for at, likeness in enumerate(alike) if likeness)
        return
    best = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]  # of what is from there on
    for at, to in product(reversed(range(len(old))), reversed(range(len(new)))):
        likeness = _likeness(old[at], new[to])
        together = likeness + best[at + 1][to + 1] if likeness else 0
        best[at][to] = max(together, best[at + 1][to], best[at][to + 1])
    at = to = 0
    while at < len(old) and to < len(new):
        likeness = _likeness(old[at], new[to])
        if likeness and best[at][to] == likeness + best[at + 1][to + 1]:
            yield at, to
            at, to = at + 1, to + 1
        elif best[at][to] == best[at + 1][to]:
            at += 1
        else:
            to += 1


def _address(request: Request) -> _Address:
    return _form(request), re.split(r"[/?&]", request.uri)


def _likeness(old: _Address, new: _Address) -> int:
    """Return how much of two addresses of one form is the same; 0 where they are not of one form."""
    if old[0] != new[0]:
        return 0
    return 1 + sum(was == now for was, now in zip(old[1], new[1], strict=False))


def _form(request: Request) -> Hashable:
    """Return what of a request no volatile value changes: method, depth of the path and names in the query."""
    url = urlsplit(request.uri)
    names = sorted(name for name, _ in parse_qsl(url.query, keep_blank_values=True))
    return request.method.upper(), url.path.count("/"), tuple(names)


def _digest(run: Run) -> bytes:
    told = hashlib.sha256()
    for name in sorted(run):
        told.update(repr((name, tuple(run[name]))).encode("utf-8", "surrogatepass"))
    return told.digest()
