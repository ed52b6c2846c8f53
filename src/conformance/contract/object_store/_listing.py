"""What a listing returns: order, delimiters, where it starts, and pages."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from conformance.contract._api import Allowed, ok, refused
from conformance.contract.object_store._keys import is_control, trouble_of
from conformance.contract.object_store._model import Cursor, Query, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from conformance.trace import Value

#: S3 lists in the order of UTF-8 bytes (ListObjectsV2); of Azure only "alphabetical" is documented.
ORDERS: Mapping[str, Callable[[str], bytes]] = {
    "utf-8": lambda key: key.encode(),
    "utf-16": lambda key: key.encode("utf-16-be"),
}


class Entry(NamedTuple):
    """A key, or a prefix that keys share up to a delimiter."""

    name: str
    is_prefix: bool


class Reading(NamedTuple):
    """One way to read a listing, and why it is allowed beside the first."""

    query: Query
    entries: list[Entry]
    reason: str


def listed(keys: Iterable[str], query: Query) -> list[Reading]:
    """Return the entries of a whole listing, in order; where services differ, in each of their ways."""
    found = list(keys)
    readings: list[Reading] = []
    for order in ORDERS:
        ordered = replace(query, order=order)
        entries = entries_of(found, ordered)
        reason = "" if order == query.order else "only S3 documents the order of UTF-8 bytes"
        readings.append(Reading(ordered, entries, reason))
        skipped = [each for each in entries if not (each.is_prefix and query.start_after.startswith(each.name))]
        if skipped != entries:
            why = "whether a prefix is listed that start_after lies in is not documented"
            readings.append(Reading(ordered, skipped, why))
    return [each for at, each in enumerate(readings) if each.entries not in [one.entries for one in readings[:at]]]


def entries_of(keys: Iterable[str], query: Query) -> list[Entry]:
    """Return the entries of a listing in the order of the query; a prefix stands for the keys after ``start_after``."""
    order = ORDERS[query.order]
    start = order(query.start_after)
    found: set[Entry] = set()
    for key in keys:
        if key.startswith(query.prefix) and (not query.start_after or order(key) > start):
            cut = key.find(query.delimiter, len(query.prefix)) if query.delimiter else -1
            found.add(
                Entry(key, is_prefix=False) if cut < 0 else Entry(key[: cut + len(query.delimiter)], is_prefix=True)
            )
    return sorted(found, key=lambda each: order(each.name))


def continued(keys: Iterable[str], cursor: Cursor) -> list[Reading]:
    """Return the entries that a token leads to; several where keys were written since just after its page."""
    order = ORDERS[cursor.query.order]
    entries = entries_of(keys, cursor.query)
    places = [order(each.name) for each in entries]
    after = entries[bisect_right(places, order(cursor.last)) :]
    if cursor.following is None:
        return [Reading(cursor.query, after, "")]
    following = order(cursor.following)
    upcoming = [each for each in after if order(each.name) >= following]
    readings = [Reading(cursor.query, after, "")]
    if upcoming != after:
        why = "whether a key is listed that was written between two pages is not documented"
        readings.append(Reading(cursor.query, upcoming, why))
    return readings


def whole(state: State, query: Query) -> list[Allowed]:
    """Return what may come of listing all."""
    readings = listed(state.objects, query)
    return [ok(state, because=each.reason, **_fields(each.entries)) for each in readings]


def first_page(state: State, query: Query, size: int) -> list[Allowed]:
    """Return what may come of the first page."""
    return [each for reading in listed(state.objects, query) for each in _page(state, reading, size)]


def next_page(state: State, query: Query, size: int, cursor: Cursor) -> list[Allowed]:
    """Return what may come of the page that a token leads to; with another query than it came of, no one says what."""
    found = [each for reading in continued(state.objects, cursor) for each in _page(state, reading, size)]
    if (cursor.query.prefix, cursor.query.delimiter) == (query.prefix, query.delimiter):
        return found
    changed = replace(cursor, query=replace(cursor.query, prefix=query.prefix, delimiter=query.delimiter))
    found += [each for reading in continued(state.objects, changed) for each in _page(state, reading, size)]
    why = "a token goes with the query that it came of"
    return [refused(state, "invalid_argument"), *(replace(each, reason=each.reason or why) for each in found)]


def _page(state: State, reading: Reading, size: int) -> list[Allowed]:
    fields = _fields(reading.entries[:size])
    if len(reading.entries) < size:
        return [ok(state, because=reading.reason, **fields)]
    following = reading.entries[size].name if len(reading.entries) > size else None
    after, token = state.with_cursor(Cursor(reading.query, reading.entries[size - 1].name, following))
    more = ok(after, because=reading.reason, **fields, next=token)
    if following is not None:
        return [more]
    why = "a token may lead to a page without entries"
    return [ok(state, because=reading.reason, **fields), replace(more, reason=reading.reason or why)]


def _fields(entries: Iterable[Entry]) -> dict[str, Value]:
    found = list(entries)
    return {
        "keys": [each.name for each in found if not each.is_prefix],
        "prefixes": [each.name for each in found if each.is_prefix],
    }


def unlisted(state: State, query: Query) -> list[Allowed]:
    """Return how a listing may be refused."""
    found = []
    if query.delimiter not in ("", "/"):
        why = "a service may know one delimiter alone, or take a single character only"
        found += [refused(state, each, because=why) for each in ("unsupported", "invalid_argument")]
    if any(is_control(each) for each in query.prefix + query.start_after):
        why = "XML 1.0 and URLs cannot carry a control character; both services warn of them"
        found += [refused(state, each, because=why) for each in ("invalid_argument", "invalid_key")]
    elif trouble_of(query.start_after or "a") is not None:
        why = "no object can have the key that it starts after"
        found += [refused(state, each, because=why) for each in ("invalid_argument", "invalid_key")]
    return found
