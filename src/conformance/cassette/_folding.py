"""Values that are new in every recording, folded: a date is a date, and an id may be renamed, but always alike.

A date (RFC 9110 section 5.6.7, or ISO 8601 with a time of day) stands for any other of its form: it is read off a
clock, and two that were equal by chance need not be so again. An id stands for one other id in all that is compared,
and no two ids for the same: where that fails, something refers to another thing than it did.
"""

from __future__ import annotations

import re
from collections import Counter

_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_TIME = r"\d\d:\d\d:\d\d"
VOLATILE = re.compile(
    rf"(?P<date>{_DAY}, \d\d {_MONTH} \d{{4}} {_TIME} GMT"
    rf"|{_DAY}[a-z]*, \d\d-{_MONTH}-\d\d {_TIME} GMT"
    rf"|{_DAY} {_MONTH} [ \d]\d {_TIME} \d{{4}}"
    r"|(?<!\d)\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?(?!\d)"
    r"|(?<!\d)\d{8}T\d{6}Z)"
    r"|(?P<uuid>(?<![0-9A-Za-z])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z]))"
    r"|(?P<id>(?<![0-9A-Za-z])(?:0x)?[0-9A-Fa-f]{16,}+(?![0-9A-Za-z]))"
)
ETAG = re.compile(r'(?:^|(?<=["\s,]))(?!W/")(?P<id>[^"\s,*]++)')
WHOLE = re.compile(r"(?P<id>\S+)")
ETAG_NAMES = re.compile(r'(?:^|[-_/.@" ])(?:e-?tag|if-(?:none-)?match|if-range)$', re.IGNORECASE)
ID_NAMES = re.compile(
    r"(?:request|trace|correlation|host|activity|upload|version|lease)[-_]?id$|-id-\d+$", re.IGNORECASE
)
NAMES = re.compile(r"[A-Za-z]+")

Value = tuple[str, str]


class Folding:
    """What was folded so far in one comparison. Not safe across threads.

    Attributes:
        counts: How many values that differ were taken for each other, by sort: ``date``, ``uuid``, ``id``.
    """

    def __init__(self) -> None:
        """Know of no id yet."""
        self.counts: Counter[str] = Counter()
        self._renamed: dict[str, str] = {}
        self._named: dict[str, str] = {}

    def agrees(self, old: str, new: str, *, name: str = "") -> bool:
        """Return whether two texts differ in volatile values alone, and remember which id became which.

        Args:
            old: The recorded text.
            new: The text that is held against it.
            name: What it is the value of: a header, a parameter or the path of a leaf. ETags are known by it, and ids
                of requests, uploads, versions and leases, whatever they look like.
        """
        olds, news = values_in(old, name), values_in(new, name)
        if folded(old, name) != folded(new, name) or _forms(olds) != _forms(news):
            return False
        pairs = [(was, now) for (sort, was), (_, now) in zip(olds, news, strict=True) if sort != "date"]
        if not self._is_renaming(pairs):
            return False
        self._renamed.update(pairs)
        self._named.update((now, was) for was, now in pairs)
        self.counts.update(sort for (sort, was), (_, now) in zip(olds, news, strict=True) if was != now)
        return True

    def _is_renaming(self, pairs: list[tuple[str, str]]) -> bool:
        """Return whether each id becomes one other, and no two the same, here and in all that was seen before."""
        there, back = dict(pairs), {now: was for was, now in pairs}
        return all(
            self._renamed.get(was, there[was]) == now and self._named.get(now, back[now]) == was for was, now in pairs
        )


def folded(text: str, name: str = "") -> str:
    """Return a text with each volatile value shown as its sort: ``<date>``, ``<uuid>`` or ``<id>``."""
    return _pattern(name).sub(lambda found: f"<{found.lastgroup}>", text)


def values_in(text: str, name: str = "") -> list[Value]:
    """Return the volatile values of a text, each with its sort, in order."""
    return [(str(found.lastgroup), found[0]) for found in _pattern(name).finditer(text)]


def _pattern(name: str) -> re.Pattern[str]:
    """Return what is volatile in a value of that name; in a path it may have a bracket behind it, or a number."""
    bare = re.sub(r'(\[\d+\]|"\])$', "", name)
    if ETAG_NAMES.search(bare):
        return ETAG
    return WHOLE if ID_NAMES.search(bare) else VOLATILE


def _forms(values: list[Value]) -> list[str]:
    """Return the notation of each date, which is no accident; of an id, its sort alone."""
    return [_notation(text) if sort == "date" else sort for sort, text in values]


def _notation(date: str) -> str:
    named = NAMES.sub(lambda found: found[0] if found[0] in {"T", "Z", "GMT"} else "a", date)
    for pattern, stand_in in ((r"[.,]\d+", ""), (r"[+-](\d\d:?\d\d)$", r"+\1"), (r" *\d+", "0")):
        named = re.sub(pattern, stand_in, named)
    return named
