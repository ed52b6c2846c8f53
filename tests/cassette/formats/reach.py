"""What a scrub rule may touch, told from its declaration alone; nothing of how it does its work is used."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.cassette import Interaction, Request, Response, Rule

Span = tuple[int, int]
NO_SPANS: Callable[[bytes], list[Span]] = lambda _: []  # noqa: E731


@dataclass(frozen=True, slots=True)
class Reach:
    """The places of one message that a rule declares.

    Attributes:
        dropped: Lower-case names of the headers that it removes whole.
        uri, header, body: Return the spans of a text that it may change.
    """

    dropped: frozenset[str] = frozenset()
    uri: Callable[[bytes], list[Span]] = field(default=NO_SPANS)
    header: Callable[[bytes], list[Span]] = field(default=NO_SPANS)
    body: Callable[[bytes], list[Span]] = field(default=NO_SPANS)


def spans_of(pattern: re.Pattern[bytes], group: int = 0) -> Callable[[bytes], list[Span]]:
    return lambda text: [found.span(group) for found in pattern.finditer(text)]


def _drop_headers(rule: Any, side: str, _seen: set[str]) -> Reach:
    return Reach(dropped=frozenset(rule.names) if rule.side in (side, "both") else frozenset())


def _replace_value(rule: Any, _side: str, _seen: set[str]) -> Reach:
    spans = spans_of(
        re.compile(b"|".join(re.escape(form.encode()) for form in {rule.value, quote(rule.value, safe="")}))
    )
    return Reach(uri=spans, header=spans, body=spans)


def _blank_body(rule: Any, side: str, _seen: set[str]) -> Reach:
    return Reach(body=spans_of(rule.pattern, 1)) if side == "response" else Reach()


def _number_query(rule: Any, side: str, seen: set[str]) -> Reach:
    """The values of a parameter, and what they are in the bodies of this and of later requests."""
    if side == "response":
        return Reach()
    values = spans_of(re.compile(rb"[?&]" + re.escape(rule.parameter).encode() + rb"=([^&#]*)"), 1)
    known = b"|".join(re.escape(value.encode()) for value in sorted(seen, key=len, reverse=True) if value)
    return Reach(uri=values, body=spans_of(re.compile(known)) if known else NO_SPANS)


REACH: dict[str, Callable[[Any, str, set[str]], Reach]] = {
    "DropHeaders": _drop_headers,
    "ReplaceValue": _replace_value,
    "BlankBody": _blank_body,
    "NumberQuery": _number_query,
}
"""By the kind of a rule; the set has the values that a numbering rule has met in the recording so far."""


def check_reach(rule: Rule, before: Iterable[Interaction], after: Iterable[Interaction]) -> int:
    """Assert that every byte that a rule changed lies within its reach; return how many messages it changed."""
    kind = type(rule).__name__
    assert kind in REACH, f"say in REACH what {kind}, the kind of {rule.name}, may touch"
    seen: set[str] = set()
    count = 0
    for old, new in zip(before, after, strict=True):
        if kind == "NumberQuery":
            uri = old.request.uri.encode()
            seen |= {unquote(uri[slice(*span)].decode()) for span in REACH[kind](rule, "request", seen).uri(uri)}
        for side, was, now in (("request", old.request, new.request), ("response", old.response, new.response)):
            if was != now:
                _assert_within(REACH[kind](rule, side, seen), was, now, rule.name)
                count += 1
    return count


def _assert_within(reach: Reach, old: Request | Response, new: Request | Response, name: str) -> None:
    for part in ("method", "status", "reason", "unrecorded"):
        assert getattr(old, part, None) == getattr(new, part, None), f"{name}: {part}"
    uris = [getattr(message, "uri", "").encode() for message in (old, new)]
    assert is_same_outside(*uris, spans=reach.uri(uris[0])), f"{name}: {uris}"
    assert is_same_outside(old.body, new.body, spans=reach.body(old.body)), f"{name}: body"
    kept = [pair for pair in old.headers if pair[0].lower() not in reach.dropped]
    sizes = [str(len(old.body)), str(len(new.body))]
    assert [was for was, _ in kept] == [now for now, _ in new.headers], name
    for (header, was), (_, now) in zip(kept, new.headers, strict=True):
        is_size = header.lower() == "content-length" and [was, now] == sizes
        texts = was.encode(), now.encode()
        assert is_size or is_same_outside(*texts, spans=reach.header(texts[0])), f"{name}: header {header}"


def is_same_outside(old: bytes, new: bytes, *, spans: list[Span]) -> bool:
    """Whether what stands between the spans of the old text stands in the new one, in order, with nothing else."""
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(old)]
    first, *rest = [old[end:start] for end, start in zip(ends, starts, strict=True)]
    if not rest:
        return first == new
    *middle, last = rest
    if not (new.startswith(first) and new.endswith(last)):
        return False
    at, stop = len(first), len(new) - len(last)
    for gap in middle:
        found = new.find(gap, at, stop)
        if found < 0:
            return False
        at = found + len(gap)
    return at <= stop
