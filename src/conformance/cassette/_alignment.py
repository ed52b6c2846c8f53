"""Says which interactions of two cassettes belong together, and in what each two differ."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from conformance.cassette._comparison import compare, compare_requests
from conformance.cassette._folding import folded
from conformance.cassette._matching import PARTS
from conformance.cassette._meaning import decoded_body, meaning_of, parameters_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from conformance.cassette._folding import Folding
    from conformance.cassette._interaction import Interaction, Request
    from conformance.cassette._matching import Difference

ChangeSort = Literal["same", "changed", "moved", "removed", "added"]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one interaction.

    Attributes:
        sort: ``moved`` is one that is asked for before or after others than it was; it may have changed as well.
        old: Its position in the old cassette, from 0; None for one that was added.
        new: Its position in the new one; None for one that was removed.
        request: In what the requests differ.
        response: In what the responses differ.
    """

    sort: ChangeSort
    old: int | None
    new: int | None
    request: tuple[Difference, ...] = ()
    response: tuple[Difference, ...] = ()


def compare_cassettes(
    old: Sequence[Interaction], new: Sequence[Interaction], *, folding: Folding | None = None
) -> list[Change]:
    """Return what became of every interaction, in the order of the new cassette, the removed where they stood.

    Two belong together when their requests agree in method, path, query and body, the first with the first: as they
    are; else with volatile values folded; else, where that keeps the order, in method and path alone.
    """
    together = _together(old, new, folds=folding is not None)
    return [
        _change(
            None if at is None else (at, old[at]),
            None if to is None else (to, new[to]),
            is_moved=at in together.moved,
            folding=folding,
        )
        for at, to in _in_order(len(old), len(new), together)
    ]


@dataclass(slots=True)
class _Together:
    """Which positions of two cassettes belong together: ``kept`` in order, ``moved`` out of it; old to new."""

    kept: dict[int, int]
    moved: dict[int, int]


def _together(old: Sequence[Interaction], new: Sequence[Interaction], *, folds: bool) -> _Together:
    """Pair by key after key; what would be out of order under the last, which is the loosest, is not paired."""
    found: dict[int, int] = {}
    keys = [_exact_key, _folded_key, _loose_key] if folds else [_exact_key, _place_key]
    for key in keys:
        before = dict(found)
        found |= _paired(old, new, found, key)
    kept = _rising(found)
    return _Together(kept, {at: to for at, to in before.items() if at not in kept})


def _paired(
    old: Sequence[Interaction], new: Sequence[Interaction], found: dict[int, int], key: Callable[[Request], Hashable]
) -> dict[int, int]:
    """Pair what is left, the first of a key with the first of the same key."""
    taken = set(found.values())
    waiting: defaultdict[Hashable, deque[int]] = defaultdict(deque)
    for to, item in enumerate(new):
        if to not in taken:
            waiting[key(item.request)].append(to)
    pairs = {}
    for at, item in enumerate(old):
        queue = waiting.get(key(item.request)) if at not in found else None
        if queue:
            pairs[at] = queue.popleft()
    return pairs


def _rising(found: dict[int, int]) -> dict[int, int]:
    """Return the largest part of the pairs that is in order on both sides."""
    ends: list[int] = []  # the smallest last position of a rising run of each length
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for at in sorted(found):
        length = bisect_left(ends, found[at])
        ends[length : length + 1] = [found[at]]
        tails[length : length + 1] = [at]
        before[at] = tails[length - 1] if length else None
    kept = {}
    last = tails[-1] if tails else None
    while last is not None:
        kept[last] = found[last]
        last = before[last]
    return kept


def _in_order(olds: int, news: int, together: _Together) -> Iterator[tuple[int | None, int | None]]:
    """Yield every pair and what is in none: up to each kept pair the removed, then the added and the moved."""
    origins = {to: at for at, to in together.moved.items()}
    at = to = 0
    for last, end in [*sorted(together.kept.items()), (olds, news)]:
        yield from ((old, None) for old in range(at, last) if old not in together.moved)
        yield from ((origins.get(new), new) for new in range(to, end))
        if last < olds:
            yield last, end
        at, to = last + 1, end + 1


def _exact_key(request: Request) -> Hashable:
    query = tuple(parameters_of(urlsplit(request.uri).query))
    return (*_place_key(request), query, _meaning(request))


def _folded_key(request: Request) -> Hashable:
    query = tuple((name, folded(value, name)) for name, value in parameters_of(urlsplit(request.uri).query))
    meaning = _meaning(request)
    body = folded(meaning) if isinstance(meaning, str) else hashlib.sha256(meaning).digest()
    return (*_loose_key(request), query, body)


def _place_key(request: Request) -> tuple[str, str]:
    return request.method.upper(), PARTS["path"](request, urlsplit(request.uri))


def _loose_key(request: Request) -> tuple[str, str]:
    method, path = _place_key(request)
    return method, folded(path)


def _meaning(request: Request) -> str | bytes:
    """Return what the body means, as text where it is any."""
    content_type = next((value for name, value in request.headers if name.lower() == "content-type"), "")
    meaning = meaning_of(decoded_body(request.body, request.headers), content_type)
    try:
        return meaning if isinstance(meaning, str) else meaning.decode()
    except UnicodeDecodeError:
        return meaning


def _change(
    old: tuple[int, Interaction] | None,
    new: tuple[int, Interaction] | None,
    *,
    is_moved: bool,
    folding: Folding | None,
) -> Change:
    if old is None or new is None:
        return Change("added" if old is None else "removed", old and old[0], new and new[0])
    (at, was), (to, now) = old, new
    request = tuple(compare_requests(was.request, now.request, folding=folding))
    response = tuple(compare(was.response, now.response, folding=folding))
    sort: ChangeSort = "moved" if is_moved else "changed" if request or response else "same"
    return Change(sort, at, to, request, response)
