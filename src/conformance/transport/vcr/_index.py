"""Where in a cassette the requests stand that a request may match."""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING, Any

import vcr.cassette
from vcr import Request, matchers
from vcr.util import read_body

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

# Two requests pass one of these matchers exactly when these values of theirs are equal.
KEYS: dict[Any, Callable[[Any], Hashable]] = {
    matchers.method: lambda request: request.method,
    matchers.uri: matchers._normalized_uri,  # noqa: SLF001
    matchers.scheme: lambda request: request.scheme,
    matchers.host: lambda request: request.host,
    matchers.port: lambda request: request.port,
    matchers.path: lambda request: request.path or "/",
    matchers.query: lambda request: tuple(request.query),
    matchers.headers: lambda request: frozenset(request.headers.lower_items()),
}
BODIES = (matchers.body, matchers.raw_body)


class Index:
    """Positions by what the built-in matchers among ``match_on`` compare, in order.

    vcr's matcher of bodies compares what both were parsed to when the headers of both tell to parse them alike, and
    else the bytes. So each request stands under both, together with how it was parsed.
    """

    def __init__(self, match_on: Sequence[Any]) -> None:
        """Start empty."""
        keyed = [isinstance(matcher, FunctionType) and matcher in KEYS for matcher in match_on]
        self._match_on = match_on
        self._keys = [KEYS[matcher] for matcher, is_keyed in zip(match_on, keyed, strict=True) if is_keyed]
        self._rest = [matcher for matcher, is_keyed in zip(match_on, keyed, strict=True) if not is_keyed]
        self._has_body = any(matcher is body for matcher in self._rest for body in BODIES)
        self._parses = any(matcher is matchers.body for matcher in self._rest)
        self._requests: list[Any] = []
        self._queues: dict[Hashable, _Queue] = {}
        self._played: Mapping[int, int] | None = None
        self._parsings: set[Hashable] = set()
        self._is_complete = True

    def __len__(self) -> int:
        return len(self._requests)

    def add(self, request: Any) -> None:
        """Put a request behind the others; one that cannot be compared by value makes every search a look at all."""
        position = len(self._requests)
        self._requests.append(request)
        try:
            where = self._fingerprint(request)
            body = self._body(request) if self._has_body else None
        except Exception:  # noqa: BLE001  (what a hook made of a request may be anything)
            self._is_complete = False
            return
        if body is None:
            self._queue(where).positions.append(position)
            return
        parsing, value, raw = body
        self._parsings.add(parsing)
        self._queue((where, parsing, "parsed", value)).positions.append(position)
        self._queue((where, parsing, "raw", raw)).positions.append(position)

    def matching(self, request: Any, played: Mapping[int, int] | None = None) -> Iterator[int]:
        """Return the positions of the requests that a sent one matches, first to last.

        Args:
            request: What was sent, filtered.
            played: How often each position was played, counting up; where given, those that were are left out.
        """
        if played is not None and played is not self._played:
            self._played = played
            for queue in self._queues.values():
                queue.start = 0
        queues = self._queues_of(request)
        if queues is None:
            positions = (at for at in range(len(self._requests)) if not (played and played.get(at)))
            return (at for at in positions if _match(request, self._requests[at], self._match_on))
        if len(queues) == 1:
            found = queues[0].each(played)
        else:
            found = iter(sorted({position for queue in queues for position in queue.each(played)}))
        if not self._rest:
            return found
        return (at for at in found if _match(request, self._requests[at], self._rest))

    def has_match_of(self, stored: Any) -> bool:
        """Return whether one of the requests, taken for a sent one, matches another stored one."""
        queues = self._queues_of(stored)
        if queues is None:
            return any(_match(request, stored, self._match_on) for request in self._requests)
        found = (at for queue in queues for at in queue.each(None))
        return any(_match(self._requests[at], stored, self._rest) for at in found)

    def _queues_of(self, request: Any) -> list[_Queue] | None:
        """Return where requests stand that may match; None when only a look at all can tell."""
        if not self._is_complete:
            return None
        try:
            where = self._fingerprint(request)
            keys: list[Hashable] = [where]
            if self._has_body:
                parsing, value, raw = self._body(request)
                others = self._parsings - {parsing}
                keys = [(where, parsing, "parsed", value), *((where, other, "raw", raw) for other in others)]
        except Exception:  # noqa: BLE001
            return None
        return [self._queues[key] for key in keys if key in self._queues]

    def _fingerprint(self, request: Any) -> Hashable:
        if not isinstance(request, Request):
            raise TypeError(request)
        return tuple([key(request) for key in self._keys])

    def _body(self, request: Any) -> tuple[Hashable, Hashable, Hashable]:
        raw = read_body(request)
        how = tuple(matchers._get_transformers(request)) if self._parses else ()  # noqa: SLF001
        try:
            value = raw
            for transform in how:
                value = transform(value)
        except Exception:  # noqa: BLE001  (vcr compares the bytes of what cannot be parsed)
            return how, _hashable(raw), _hashable(raw)
        return how, _hashable(value), _hashable(raw)

    def _queue(self, key: Hashable) -> _Queue:
        return self._queues.setdefault(key, _Queue())


class _Queue:
    """Positions in order; those before ``start`` were played."""

    __slots__ = ("positions", "start")

    def __init__(self) -> None:
        self.positions: list[int] = []
        self.start = 0

    def each(self, played: Mapping[int, int] | None) -> Iterator[int]:
        if played is None:
            yield from self.positions
            return
        positions = self.positions
        while self.start < len(positions) and played.get(positions[self.start]):
            self.start += 1
        for at in range(self.start, len(positions)):
            if not played.get(positions[at]):
                yield positions[at]


def _match(request: Any, stored: Any, match_on: Sequence[Any]) -> bool:
    return bool(vcr.cassette.requests_match(request, stored, match_on))


def _hashable(value: Any) -> Hashable:
    """Return a value that is equal where the given ones are equal."""
    if isinstance(value, dict):
        return frozenset((key, _hashable(item)) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return (type(value), *(_hashable(item) for item in value))
    hash(value)
    return value  # type: ignore[no-any-return]
