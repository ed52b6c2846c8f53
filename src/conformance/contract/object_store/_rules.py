"""Rules that operations share: keys that may be refused, conditions, ranges, and what completes an upload."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from conformance.contract._api import Allowed, ok, refused
from conformance.contract.object_store._keys import trouble_of
from conformance.contract.object_store._model import ANY_ETAG

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.contract.object_store._model import Part, State, Stored, Upload
    from conformance.trace import Value

LEAST_PART = 5 * 1024 * 1024
SAME_CONTENT = "an ETag is of the content (S3) or of the write (Azure)"
OTHER_FAULT = "which of several faults is told is not documented"


def because(allowed: Iterable[Allowed], reason: str) -> list[Allowed]:
    """Return outcomes as allowed beside the usual one; each keeps the reason that it has."""
    return [each if each.reason else replace(each, reason=reason) for each in allowed]


def written(state: State, key: str, allowed: Sequence[Allowed]) -> list[Allowed]:
    """Return what may come of a write to a key, where ``allowed`` may come of it with a plain key."""
    trouble = trouble_of(key)
    if trouble is None:
        return list(allowed)
    if trouble.often == "always":
        others = [each for each in allowed if each.outcome.error not in ("", "invalid_key")]
        return [refused(state, "invalid_key"), *because(others, OTHER_FAULT)]
    if trouble.often == "mostly":
        return [refused(state, "invalid_key"), *because(allowed, trouble.reason)]
    return [*allowed, refused(state, "invalid_key", because=trouble.reason)]


def missing(state: State, key: str, *, has_body: bool = True) -> list[Allowed]:
    """Return what may come of a read of a key that has no object; an answer to HEAD has no body to tell why."""
    trouble = trouble_of(key)
    if trouble is None:
        return [refused(state, "not_found")]
    absent = refused(state, "not_found")
    invalid = refused(state, "invalid_key")
    found = (
        [absent, *because([invalid], trouble.reason)]
        if trouble.often == "sometimes"
        else [invalid, *because([absent], "no object can have the key")]
    )
    if has_body:
        return found
    return [
        *found,
        refused(state, "invalid_argument", because="an answer to HEAD has no body that tells what is wrong"),
    ]


def conditioned(
    state: State, stored: Stored, allowed: Sequence[Allowed], *, if_match: Value = None, if_none_match: Value = None
) -> list[Allowed]:
    """Return what may come of a step under conditions, ``allowed`` where they hold (RFC 9110 section 13.2.2)."""
    matches = True if if_match is None else state.is_same(if_match, name=stored.etag, data=stored.data)
    is_current = False if if_none_match is None else state.is_same(if_none_match, name=stored.etag, data=stored.data)
    found = list(allowed)
    if is_current:
        found = [refused(state, "not_modified")]
    elif is_current is None:
        found = [refused(state, "not_modified"), *because(found, SAME_CONTENT)]
    if matches is False:
        found = [refused(state, "precondition_failed")]
    elif matches is None:
        found = [*found, refused(state, "precondition_failed", because=SAME_CONTENT)]
    if if_none_match == ANY_ETAG:
        found.append(refused(state, "invalid_argument", because="a service may know any version on writes alone"))
    if if_match is not None and if_none_match is not None:
        found.append(refused(state, "invalid_argument", because="Azure does not take the two conditions together"))
    return found


def ranged(state: State, data: bytes, start: int | None, end: int | None, count: int | None) -> list[Allowed]:
    """Return what may come of reading a range: half open from ``start`` to ``end``, or the last ``count`` bytes."""
    is_range = start is not None or end is not None
    if count is not None and is_range:
        return [
            refused(state, "invalid_argument"),
            *because(
                [*ranged(state, data, start, end, None), *ranged(state, data, None, None, count)],
                "a request has one range, and which of two it is asked for is the client's to say",
            ),
        ]
    if count is not None:
        return _suffix(state, data, count)
    if not is_range:
        return [ok(state, data=data)]
    first, stop = start or 0, len(data) if end is None else end
    if end is not None and stop <= first:
        return _no_bytes(state, data, is_reversed=stop < first)
    if first < len(data):
        return [ok(state, data=data[first:stop])]
    beyond = [refused(state, "invalid_range")]
    if not data and first == 0:
        beyond.append(ok(state, data=b"", because="a server may ignore a range (RFC 9110 section 14.2)"))
    return beyond


def _suffix(state: State, data: bytes, count: int) -> list[Allowed]:
    if count and data:
        return [ok(state, data=data[-count:])]
    found = [
        refused(state, "invalid_range"),
        ok(state, data=b"", because="the end of nothing is nothing (RFC 9110 section 14.1.2)"),
    ]
    if not count:
        found.append(refused(state, "invalid_argument", because="a client may refuse to ask for nothing"))
    return found


def _no_bytes(state: State, data: bytes, *, is_reversed: bool) -> list[Allowed]:
    why = "HTTP cannot ask for an empty range"
    found = [
        ok(state, data=b""),
        refused(state, "invalid_range", because=why),
        refused(state, "invalid_argument", because=why),
    ]
    if is_reversed:
        found.append(
            ok(state, data=data, because="a range that ends before it starts is ignored (RFC 9110 section 14.2)")
        )
        return [found[2], found[1], *because(found[:1], why), found[3]]
    return found


def completed(state: State, name: str, upload: Upload, parts: Sequence[Mapping[str, Value]]) -> list[Allowed]:
    """Return what may come of completing an upload with parts (S3, CompleteMultipartUpload; Azure, Put Block List)."""
    hard, soft, same = _faults(state, upload, parts)
    errors = list(dict.fromkeys(error for error, _ in (*soft, *hard)))
    refusals = [refused(state, error, because=OTHER_FAULT if at else "") for at, error in enumerate(errors)]
    if hard:
        return refusals
    data = b"".join(upload.parts[each["number"]].data for each in parts)
    after = state.without_upload(name).stored(upload.key, data, metadata=upload.metadata)
    done = [ok(after, etag=after.etag_of(upload.key))]
    found = [*refusals, *because(done, soft[0][1])] if soft else done
    if same and "invalid_part" not in errors:
        found.append(refused(state, "invalid_part", because=SAME_CONTENT))
    return found


def _faults(
    state: State, upload: Upload, parts: Sequence[Mapping[str, Value]]
) -> tuple[list[tuple[str, str]], list[tuple[str, str]], bool]:
    """Return what no service takes, what one does and why, and whether a part may be the same by its content."""
    hard: list[tuple[str, str]] = []
    soft: list[tuple[str, str]] = []
    same = False
    numbers = [each["number"] for each in parts]
    if not parts:
        soft.append(("invalid_argument", "Azure makes an empty object of no blocks"))
    if any(one >= other for one, other in pairwise(numbers)):
        why = "Azure takes blocks in the order of the list"
        soft += [("invalid_part", why), ("invalid_argument", why)]
    for at, each in enumerate(parts, start=1):
        held = upload.parts.get(each["number"])
        is_same = held is not None and state.is_same(each["part"], name=held.etag, data=held.data)
        if held is None or (is_same is False and state.numbers.get(str(each["part"])) != each["number"]):
            hard.append(("invalid_part", ""))
        elif is_same is False:
            soft.append(("invalid_part", "Azure knows a block by its name, and the later one stands"))
        same |= is_same is None
        if held is not None and at < len(parts) and len(held.data) < LEAST_PART:
            soft.append(("part_too_small", "Azure has no least size of a block"))
    return hard, soft, same


def part_listing(parts: Mapping[int, Part]) -> list[Mapping[str, Value]]:
    """Return the parts of an upload, by number."""
    return [{"number": number, "size": len(parts[number].data)} for number in sorted(parts)]


def copies(state: State, stored: Stored, target: str, metadata: Mapping[str, str] | None) -> list[tuple[State, str]]:
    """Return the states that a copy may lead to: they look alike until somebody asks."""
    kept = stored.metadata if metadata is None else metadata
    ways = [(kept, stored.content_type, "")]
    if metadata is not None and stored.content_type is not None:
        ways.append((kept, None, "S3 replaces the content type along with the metadata"))
    if metadata is not None and not metadata and stored.metadata:
        ways += [(stored.metadata, kind, "Azure copies the metadata where none are given") for _, kind, _ in ways]
    return [(state.stored(target, stored.data, metadata=one, content_type=kind), why) for one, kind, why in ways]


def deleted(state: State, keys: Sequence[str]) -> list[Allowed]:
    """Return what may come of deleting several keys at once."""
    after = state.without(keys)
    absent = {key: "not_found" for key in keys if key not in state.objects}
    twice = {key: "not_found" for key in keys if keys.count(key) > 1}
    troubles = {key: each for key in absent if (each := trouble_of(key)) is not None}
    usual = [key for key, each in troubles.items() if each.often != "sometimes"]
    some = [each for count in range(len(troubles) + 1) for each in combinations(troubles, count)]
    azure = "Azure says that there was nothing to delete"
    ways = [({}, ""), (absent, azure), ({**absent, **twice}, azure)]
    why = "a key that may be refused is so by itself"
    ways += [({**way, **spoilt}, why) for way, _ in ways for keys_of in (usual, *some)
             for spoilt in [dict.fromkeys(keys_of, "invalid_key")]]  # fmt: skip
    found = [ok(after, refused=way, because=why) for way, why in ways]
    found = [each for at, each in enumerate(found) if each.outcome not in [one.outcome for one in found[:at]]]
    if not keys:
        found.append(refused(state, "invalid_argument", because="S3 refuses a list without keys"))
    if any(trouble_of(key) for key in keys):
        why = "a key that may be refused spoils the whole request"
        found += [refused(state, each, because=why) for each in ("invalid_key", "invalid_argument")]
    return found
