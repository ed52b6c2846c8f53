"""Says in what two messages differ by meaning: what a client or a reader could tell apart, and no more."""

from __future__ import annotations

import difflib
import hashlib
import json
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from conformance.cassette._folding import folded
from conformance.cassette._matching import PARTS, Difference
from conformance.cassette._meaning import decoded_body, leaves_of, parameters_of, sort_of, without_boundary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.cassette._folding import Folding
    from conformance.cassette._interaction import Headers, Request, Response
    from conformance.cassette._meaning import Leaf

ABSENT = "(absent)"
SHOWN_CHARACTERS = 200
LONGEST_LINES = 5000

Slice = TypeVar("Slice", str, bytes)


def compare(recorded: Response, live: Response, *, folding: Folding | None = None) -> list[Difference]:
    """Return the parts in which two responses differ: status, then headers by name, then the body by path or line.

    Header names have no case, and every value counts, in order (RFC 9110 section 5.3). Bodies are compared without
    their content codings and, where both declare it, as JSON, XML, form or multipart; else as lines of text, else as
    bytes. A Content-Length that tells the size of its own body, and the boundary of a multipart, say nothing of their
    own. A part that one of them has not recorded is not compared, but for headers that both have.

    Args:
        recorded: The one that is there.
        live: The one that is held against it; what differs in it is ``sent`` in the differences.
        folding: Takes volatile values for each other, and remembers which; hand in the same one for all that belongs
            together. Without it nothing is folded, and reason phrases are compared, which mean nothing (RFC 9112
            section 4).
    """
    differences = list(_pair("status", str(recorded.status), str(live.status)))
    if folding is None:
        differences += _pair("reason", recorded.reason, live.reason)
    return [*differences, *_headers_and_body(recorded, live, folding)]


def compare_requests(recorded: Request, sent: Request, *, folding: Folding | None = None) -> list[Difference]:
    """Return the parts in which two requests differ, as ``compare`` does for responses; query parameters by name."""
    old, new = urlsplit(recorded.uri), urlsplit(sent.uri)
    differences: list[Difference] = []
    for name in ("method", "scheme", "host", "port", "path"):
        was, now = PARTS[name](recorded, old), PARTS[name](sent, new)
        differences += _pair(name, was, now, folding=folding)
    differences += _leaves("query", parameters_of(old.query), parameters_of(new.query), folding)
    return [*differences, *_headers_and_body(recorded, sent, folding)]


def _headers_and_body(
    old: Request | Response, new: Request | Response, folding: Folding | None
) -> Iterator[Difference]:
    was, now = _by_name(old), _by_name(new)
    if folding is not None:
        _forget_form(old, new, was, now)
    unrecorded = old.unrecorded | new.unrecorded
    for name in sorted(was.keys() & now.keys() if "headers" in unrecorded else {*was, *now}):
        yield from _pair(f"header {name}", was.get(name), now.get(name), folding)
    if "body" not in unrecorded:
        yield from _bodies(old, new, folding)


def _by_name(message: Request | Response) -> dict[str, str]:
    """Return the values of each header, by lower-case name."""
    found: dict[str, list[str]] = {}
    for name, value in message.headers:
        found.setdefault(name.lower(), []).append(value.strip())
    return {name: ", ".join(values) for name, values in found.items()}


def _forget_form(old: Request | Response, new: Request | Response, was: dict[str, str], now: dict[str, str]) -> None:
    """Leave out of two sets of headers what only repeats the size and the form of their bodies."""
    sizes = was.get("content-length"), now.get("content-length")
    if old.body and new.body and sizes == (str(len(old.body)), str(len(new.body))):
        del was["content-length"], now["content-length"]
    for headers in (was, now):
        if "content-type" in headers:
            headers["content-type"] = without_boundary(headers["content-type"])


def _bodies(old: Request | Response, new: Request | Response, folding: Folding | None) -> Iterator[Difference]:
    was, now = decoded_body(old.body, old.headers), decoded_body(new.body, new.headers)
    if was == now and folding is None:
        return
    types = _content_type(old.headers), _content_type(new.headers)
    leaves = leaves_of(was, types[0]), leaves_of(now, types[1])
    if leaves[0] is not None and leaves[1] is not None and sort_of(types[0]) == sort_of(types[1]):
        yield from _leaves("body", leaves[0], leaves[1], folding)
    else:
        yield from _texts(was, now, folding)


def _content_type(headers: Headers) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def _leaves(part: str, old: list[Leaf], new: list[Leaf], folding: Folding | None) -> Iterator[Difference]:
    """Compare leaf by leaf; where all agree, their order."""
    was, now = dict(old), dict(new)
    is_same = True
    for path in dict.fromkeys([*was, *now]):
        for difference in _pair(f"{part} {path}", was.get(path), now.get(path), folding, of=_plain):
            is_same = False
            yield difference
    if is_same and list(was) != list(now):
        at = next(at for at, (one, other) in enumerate(zip(was, now, strict=True)) if one != other)
        yield Difference(f"{part} order", list(was)[at], list(now)[at])


def _texts(old: bytes, new: bytes, folding: Folding | None) -> Iterator[Difference]:
    """Compare bodies as lines of text, or as bytes where one is no text, or very long."""
    try:
        was, now = old.decode().split("\n"), new.decode().split("\n")
    except UnicodeDecodeError:
        was, now = [], []
    if not was or not now or max(len(was), len(now)) > LONGEST_LINES:
        yield from _bytes(old, new)
        return
    keys = [[folded(line) if folding is not None else line for line in lines] for lines in (was, now)]
    for _, first, last, start, end in difflib.SequenceMatcher(None, keys[0], keys[1]).get_opcodes():
        for at in range(max(last - first, end - start)):
            pair = was[first + at] if first + at < last else None, now[start + at] if start + at < end else None
            yield from _pair(f"body line {(first if pair[0] is not None else start) + at + 1}", *pair, folding)


def _bytes(old: bytes, new: bytes) -> Iterator[Difference]:
    if old == new:
        return
    at = _first_difference(old, new)
    yield Difference(f"body from byte {at}", *(f"{len(body)} bytes, sha256 {_digest(body)}" for body in (old, new)))


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _pair(
    part: str,
    old: str | None,
    new: str | None,
    folding: Folding | None = None,
    *,
    of: Callable[[str], str] = str,
) -> Iterator[Difference]:
    """Yield the difference of two values, if they differ: folded where that still shows it, and cut around it.

    Args:
        part: What they are the values of.
        old: The recorded one; None where there is none.
        new: The other one.
        folding: Takes volatile values for each other.
        of: What of a value is looked at for them.
    """
    if old is None or new is None or folding is None:
        if old != new:
            yield Difference(part, *_cut(old, new))
    elif not folding.agrees(of(old), of(new), name=part):
        shown = folded(old, part), folded(new, part)
        yield Difference(part, *_cut(*(shown if shown[0] != shown[1] else (old, new))))


def _plain(leaf: str) -> str:
    """Return the string that a leaf tells; a number or a word as it is."""
    return str(json.loads(leaf)) if leaf.startswith('"') else leaf


def _cut(*values: str | None) -> list[str]:
    """Return values as they are shown: long ones from shortly before the first character that differs."""
    whole = [value for value in values if value is not None]
    is_long = min(map(len, whole)) > SHOWN_CHARACTERS
    start = max(0, _first_difference(whole[0], whole[-1]) - SHOWN_CHARACTERS // 4) if is_long and len(whole) > 1 else 0
    return [ABSENT if value is None else _window(value, start) for value in values]


def _first_difference(old: Slice, new: Slice) -> int:
    """Return the length of what both begin with."""
    same, end = 0, min(len(old), len(new))
    while same < end:
        middle = (same + end + 1) // 2
        if old[same:middle] == new[same:middle]:
            same = middle
        else:
            end = middle - 1
    return same


def _window(value: str, start: int) -> str:
    cut = value[start : start + SHOWN_CHARACTERS]
    return "…" * bool(start) + cut + "…" * (start + len(cut) < len(value))
