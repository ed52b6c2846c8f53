"""Where in an interaction something stands, and on which line of its cassette."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from conformance.cassette import Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.cassette import Headers, Interaction, Response

KEYS = {"method": "    method:", "uri": "    uri:", "reason": "      message:", "body": "    body:"}


def places_of(item: Interaction) -> Iterator[tuple[str, bytes]]:
    """Yield every place of an interaction with what stands there: ``request uri``, ``response header etag``, …."""
    for side, message in (("request", item.request), ("response", item.response)):
        for word, text in _words(message):
            yield f"{side} {word}", text.encode("utf-8", "surrogatepass")
        for name, value in message.headers:
            yield f"{side} header {name.lower()}", value.encode("utf-8", "surrogatepass")
        yield f"{side} body", message.body


def changed_places(before: Request | Response, after: Request | Response) -> dict[str, int]:
    """Return the places in which two messages differ, and how many characters of the first do; without the side.

    A Content-Length that only follows the body is none.
    """
    pairs = {word: ([text], [other]) for (word, text), (_, other) in zip(_words(before), _words(after), strict=True)}
    was, now = _by_name(before.headers), _by_name(after.headers)
    pairs |= {f"header {name}": (was.get(name, []), now.get(name, [])) for name in {**was, **now}}
    if before.body != after.body:
        pairs["body"] = ([before.body.decode("latin-1")], [after.body.decode("latin-1")])
        pairs.pop("header content-length", None)
    return {
        place: sum(_span(old, new) for old, new in zip_longest(olds, news, fillvalue=""))
        for place, (olds, news) in pairs.items()
        if olds != news
    }


def line_of_place(rows: Sequence[str], start: int, end: int, place: str) -> int:
    """Return the line (from 1) of a place in an interaction that is on the lines from ``start`` to before ``end``.

    A place that is written in a way of its own is where the interaction starts.
    """
    side, _, word = place.partition(" ")
    within = range(start, min(end, len(rows) + 1))
    middle = next((number for number in within if rows[number - 1].startswith("  response:")), end)
    lines = [number for number in within if (number < middle) == (side == "request")]
    name = word.removeprefix("header ")
    wanted = KEYS.get(word, f"      {name}:")
    return next((number for number in lines if rows[number - 1].lower().startswith(wanted)), start)


def _words(message: Request | Response) -> tuple[tuple[str, str], ...]:
    if isinstance(message, Request):
        return ("method", message.method), ("uri", message.uri)
    return (("reason", message.reason),)


def _by_name(headers: Headers) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name.lower(), []).append(value)
    return found


def _span(old: str, new: str) -> int:
    """Return the size of what differs in ``old``, between a common beginning and a common end."""
    shorter = min(len(old), len(new))
    front = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    back = next((at for at in range(shorter - front) if old[-1 - at] != new[-1 - at]), shorter - front)
    return len(old) - front - back
