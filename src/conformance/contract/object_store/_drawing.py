"""How arguments are drawn, so that steps meet: keys that exist, ranges about the size, ETags and parts that fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract._draws import ABSENT, Draw, Strategy, choice, lists
from conformance.contract.object_store._model import ANY_ETAG
from conformance.trace import Ref, Value, pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.contract.object_store._model import State

LEAST_PART = 5 * 1024 * 1024
MOST_PREFIX = 1024
NO_ETAG = '"00000000000000000000000000000000"'
NO_UPLOAD = "no-such-upload"

BODIES = choice(
    *(b"x", b"", b"y", b"hello world", pattern(300), pattern(70_000), pattern(8 * 1024 * 1024)),
    weights=(60, 40, 40, 30, 20, 9, 1),
)
PARTS = choice(
    *(b"x", b"", b"y", b"hello world", pattern(300), pattern(LEAST_PART)),
    weights=(30, 6, 20, 20, 12, 16),
)
METADATA = choice({"k": "v"}, {}, {"k": "w", "name": "two words"}, {"Upper": "v"}, weights=(6, 1, 3, 1))
CONTENT_TYPES = choice("text/plain", "application/json", "text/plain; charset=utf-8")
DELIMITERS = choice("/", "b", "-", "//", weights=(12, 2, 1, 1))


def _once_in(steps: int, draw: Draw) -> bool:
    return draw.whole(1, steps) == steps


def key(draw: Draw) -> Value:
    """Draw a key of the pool."""
    return draw.pooled("key")


def known_key(draw: Draw) -> Value:
    """Draw a key that has an object, two times in three; else one of the pool."""
    there = sorted(draw.state.objects)
    return draw.choice(there) if there and not _once_in(3, draw) else draw.pooled("key")


def key_with(field: str) -> Strategy:
    """Draw a key whose object has something else than the default, two times in three that there is one."""

    def strategy(draw: Draw) -> Value:
        there = sorted(key for key, stored in draw.state.objects.items() if getattr(stored, field))
        return draw.choice(there) if there and not _once_in(3, draw) else known_key(draw)

    return strategy


def created(draw: Draw) -> Value:
    """Draw that nothing may be there, once in five, and not beside another condition."""
    return True if "if_match" not in draw.args and _once_in(5, draw) else ABSENT


def etag(argument: str, *, one_in: int, wildcard: bool = False) -> Strategy:
    """Draw an ETag once in so many steps: of the object that an argument names, of an earlier one, none or any."""

    def strategy(draw: Draw) -> Value:
        if not _once_in(one_in, draw):
            return ABSENT
        refs = draw.refs("etag")
        stored = draw.state.objects.get(draw.args.get(argument))
        current = [each for each in refs if stored is not None and str(draw.given(each)) == stored.etag][-1:]
        which = draw.choice(("current", "earlier", "none", "any"), (4, 3, 2, 2 if wildcard else 0))
        if which == "any":
            return ANY_ETAG
        if which == "current" and current:
            return current[0]
        return draw.choice(refs) if refs and which != "none" else NO_ETAG

    return strategy


def start(draw: Draw) -> Value:
    """Draw where a range starts, once in four."""
    return draw.choice(_places(draw)) if _once_in(4, draw) else ABSENT


def end(draw: Draw) -> Value:
    """Draw where a range ends: mostly not before it starts."""
    first = draw.args.get("start")
    if not _once_in(8 if first is None else 2, draw):
        return ABSENT
    places = _places(draw)
    later = [place for place in (first, *places) if first is not None and place is not None and place >= first]
    return draw.choice(later if later and not _once_in(10, draw) else places)


def last(draw: Draw) -> Value:
    """Draw how many bytes of the end, once in six, and not beside another range."""
    if draw.args.keys() & {"start", "end"} or not _once_in(6, draw):
        return ABSENT
    return draw.choice(_places(draw))


def _places(draw: Draw) -> list[int]:
    stored = draw.state.objects.get(draw.args.get("key"))
    size = len(stored.data) if stored is not None else 0
    return _distinct(place for place in (1, 0, size // 2, size - 1, size, size + 1, size + 100) if place >= 0)


def _distinct(items: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(items))


def absent_or(strategy: Strategy, *, one_in: int) -> Strategy:
    """Draw an argument of a listing once in so many steps, and not where a token goes on with another listing."""
    return lambda draw: strategy(draw) if "token" not in draw.args and _once_in(one_in, draw) else ABSENT


def prefix(draw: Draw) -> Value:
    """Draw the beginning of a key: of the one that is there, or of the pool."""
    whole = str(known_key(draw))[:MOST_PREFIX]
    slash = whole.find("/") + 1
    return draw.choice((whole[:slash] or whole[:1], whole[:1], whole))


def of_token(name: str, strategy: Strategy) -> Strategy:
    """Draw an argument of a page: that of the page before, where a token is given."""

    def drawn(draw: Draw) -> Value:
        token = draw.args.get("token")
        if token is None:
            return strategy(draw)
        cursor = draw.state.cursors.get(str(draw.given(token)))
        return (getattr(cursor.query, name) if cursor else "") or ABSENT

    return drawn


def token(draw: Draw) -> Value:
    """Draw a token, mostly the latest, three times in four that there is one."""
    refs = draw.refs("next")
    if not refs or _once_in(4, draw):
        return ABSENT
    return refs[-1] if not _once_in(5, draw) else draw.choice(refs)


def upload(draw: Draw) -> Value:
    """Draw an upload: mostly one that goes on, else one that has ended, or none that there ever was."""
    refs = draw.refs("upload")
    going = [each for each in refs if str(draw.given(each)) in draw.state.uploads]
    which = draw.choice(("going", "any", "none"), (9, 2, 1))
    if which == "going" and going:
        return draw.choice(going[::-1])
    return draw.choice(refs) if refs and which != "none" else NO_UPLOAD


def upload_key(draw: Draw) -> Value:
    """Draw the key of the upload, nine times in ten."""
    state: State = draw.state
    name = _upload_name(draw)
    known = state.uploads[name].key if name in state.uploads else state.ended.get(name)
    return known if known is not None and not _once_in(10, draw) else draw.pooled("key")


def part_number(draw: Draw) -> Value:
    """Draw the number of a part: mostly the next one."""
    found = draw.state.uploads.get(_upload_name(draw))
    following = max(found.parts, default=0) + 1 if found else 1
    return draw.choice((following, max(following - 1, 1), following + 3, 10_000, 10_001, 0), (24, 4, 4, 1, 1, 1))


def part_body(draw: Draw) -> Value:
    """Draw the body of a part, rarely one of the least size; a small one where there is no upload to take it."""
    return PARTS(draw) if _upload_name(draw) in draw.state.uploads else b"x"


def parts(draw: Draw) -> Value:
    """Draw what an upload is completed with: mostly all its parts, else some, in another order or wrong ones."""
    found = draw.state.uploads.get(_upload_name(draw))
    refs = {str(draw.given(each)): each for each in draw.refs("part")}
    held = found.parts if found else {}
    right = [
        {"number": number, "part": refs[held[number].etag]} for number in sorted(held) if held[number].etag in refs
    ]
    if not right:
        return draw.choice((_made_up(1), []), (3, 1))
    which = draw.choice(
        ("all", "fewer", "reversed", "twice", "wrong", "another", "more", "none"), (24, 4, 3, 1, 2, 2, 1, 1)
    )
    return _spoilt(right, which, list(refs.values()))


def _spoilt(right: Sequence[Mapping[str, Value]], which: str, refs: Sequence[Ref]) -> list[Mapping[str, Value]]:
    ways: dict[str, Sequence[Mapping[str, Value]]] = {
        "fewer": right[1:] or right,
        "reversed": right[::-1],
        "twice": [*right, right[-1]],
        "wrong": [*right[:-1], {**right[-1], "part": NO_ETAG}],
        "another": [*right[:-1], {**right[-1], "part": refs[0]}],
        "more": [*right, *_made_up(right[-1]["number"] + 1)],
        "none": [],
    }
    return list(ways.get(which, right))


def _made_up(number: int) -> list[Mapping[str, Value]]:
    return [{"number": number, "part": NO_ETAG}]


def _upload_name(draw: Draw) -> str:
    drawn = draw.args.get("upload")
    return str(draw.given(drawn)) if isinstance(drawn, Ref) else str(drawn)


KEYS_TO_DELETE = lists(known_key, low=1, high=4)

#: What shrinking tries, by argument, the simplest first.
SIMPLER: Mapping[str, tuple[Value, ...]] = {
    "key": ("a", "b"),
    "source": ("a", "b"),
    "target": ("b", "a"),
    "data": (b"", b"x"),
    "prefix": ("a",),
    "start_after": ("a",),
    "delimiter": ("/",),
    "size": (1,),
    "page_size": (1,),
    "number": (1,),
    "metadata": ({"k": "v"},),
    "content_type": ("text/plain",),
}
