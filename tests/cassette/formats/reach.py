"""What a scrub rule may touch, told from its declaration alone; nothing of how it does its work is used."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
import zlib
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from conformance.cassette import Request
from tests.cassette.formats.reach_forms import named_spans, readings, spans_of, value_spans
from tests.cassette.formats.reach_places import body_spans, header_spans, uri_spans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from conformance.cassette import Interaction, Response, Rule
    from tests.cassette.formats.reach_forms import Span

    Message = Request | Response

FEWEST_LEARNED = 8  # a shorter secret is not looked for elsewhere: it may stand anywhere by chance
DIGESTS: tuple[Callable[[bytes], bytes], ...] = (
    lambda data: hashlib.md5(data, usedforsecurity=False).digest(),
    lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    lambda data: hashlib.sha256(data).digest(),
    lambda data: hashlib.sha512(data).digest(),
    lambda data: zlib.crc32(data).to_bytes(4, "big"),
)
OTHER_SUMS = re.compile(r"(?:^|-)(?:checksum-\w+|content-crc\w+)$")


@dataclass(frozen=True, slots=True)
class Reach:
    """The places of one message that a rule declares.

    Attributes:
        dropped: Says of the lower-case name of a header whether all of it goes.
        uri: Spans of the address.
        headers: Spans of the value of each header, by its position.
        body: Spans of the body.
        secrets: What stands there and may be removed from elsewhere too.
    """

    dropped: Callable[[str], bool] = field(default=lambda _: False)
    uri: list[Span] = field(default_factory=list)
    headers: dict[int, list[Span]] = field(default_factory=dict)
    body: list[Span] = field(default_factory=list)
    secrets: frozenset[str] = frozenset()


@dataclass(slots=True)
class Known:
    """What is known of a recording up to an interaction.

    Attributes:
        numbered: By the name of a rule that numbers, the values that it has met.
        lasting: Secrets that may be removed from all that follows.
        here: Secrets that may be removed from this interaction.
    """

    numbered: dict[str, set[str]] = field(default_factory=dict)
    lasting: set[str] = field(default_factory=set)
    here: set[str] = field(default_factory=set)


def _uri(message: Message) -> bytes:
    return message.uri.encode() if isinstance(message, Request) else b""


def _values(message: Message) -> list[bytes]:
    return [value.encode("utf-8", "surrogateescape") for _, value in message.headers]


def _anywhere(find: Callable[[bytes], list[Span]], message: Message) -> Reach:
    headers = {at: find(value) for at, value in enumerate(_values(message))}
    return Reach(uri=find(_uri(message)), headers=headers, body=find(message.body))


def _is_of(side: str, message: Message) -> bool:
    return side in {"both", "request" if isinstance(message, Request) else "response"}


def _drop_headers(rule: Any, message: Message, _known: Known) -> Reach:
    if not _is_of(rule.side, message):
        return Reach()
    values = [value for name, value in message.headers if name.lower() in rule.names and rule.secret]
    secrets = {text for value in values for found in rule.secret.finditer(value) for text in found.groups() if text}
    return Reach(dropped=rule.names.__contains__, secrets=frozenset(secrets))


def _keep_headers(rule: Any, message: Message, _known: Known) -> Reach:
    if not _is_of(rule.side, message):
        return Reach()
    return Reach(dropped=lambda name: not any(fnmatchcase(name, kept) for kept in rule.names))


def _replace_value(rule: Any, message: Message, _known: Known) -> Reach:
    return _anywhere(lambda text: value_spans(rule.value, text), message)


def _named_secret(rule: Any, message: Message, _known: Known) -> Reach:
    return _anywhere(lambda text: named_spans(rule.words, text, is_suffix=rule.is_suffix), message)


def _shaped_secret(rule: Any, message: Message, _known: Known) -> Reach:
    return _anywhere(lambda text: spans_of(rule.pattern, text), message)


def _strip_signed(rule: Any, message: Message, _known: Known) -> Reach:
    names = "|".join(map(re.escape, rule.parameters)).encode()
    query = re.compile(rb"\?((?:[^\s\"'<>?\\]*[&;])?(?:" + names + rb")=[^\s\"'<>\\]*)", re.IGNORECASE)
    return _anywhere(lambda text: spans_of(query, text), message)


def _blank_body(rule: Any, message: Message, _known: Known) -> Reach:
    return Reach(body=[] if isinstance(message, Request) else spans_of(rule.pattern, message.body))


def _replace(rule: Any, message: Message, known: Known) -> Reach:
    if not _is_of(rule.on, message):
        return Reach()
    place, is_header = rule.place, type(rule.place).__name__ == "HeaderPlace"
    headers = {}
    for at, (name, value) in enumerate(zip(message.headers, _values(message), strict=True)):
        headers[at] = header_spans(place, name[0], value) if is_header else []
    dropped = {message.headers[at][0].lower() for at, spans in headers.items() if spans and rule.is_dropped}
    reach = Reach(dropped.__contains__, uri_spans(place, _uri(message)), headers, body_spans(place, message))
    if rule.is_numbered:
        values = known.numbered.setdefault(rule.name, set())
        values |= {reading for text in _texts(reach, message) for reading in readings(text)}
        repeated = [] if not isinstance(message, Request) else _repeats(values, message.body)
        reach = replace(reach, body=[*reach.body, *repeated])
    return reach


def _repeats(values: set[str], text: bytes) -> list[Span]:
    known = b"|".join(re.escape(value.encode()) for value in sorted(values, key=len, reverse=True) if value)
    return spans_of(re.compile(known), text) if known else []


def _nothing(_rule: Any, _message: Message, _known: Known) -> Reach:
    return Reach()


REACH: dict[str, Callable[[Any, Any, Known], Reach]] = {
    "Asleep": _nothing,
    "BlankBody": _blank_body,
    "DropHeaders": _drop_headers,
    "KeepHeaders": _keep_headers,
    "NamedSecret": _named_secret,
    "Replace": _replace,
    "ReplaceValue": _replace_value,
    "ShapedSecret": _shaped_secret,
    "StripSigned": _strip_signed,
    "Unstored": _nothing,
}
"""By the kind of a rule. A function of a project's own is not here: it declares nothing."""


def reaches(rules: Iterable[Rule], message: Message, known: Known) -> Reach:
    """Return what some rules declare of a message together, and note the secrets that stand there."""
    found = []
    for rule in rules:
        kind = type(rule).__name__
        assert kind in REACH, f"say in REACH what {kind}, the kind of {rule.name}, may touch"
        each = REACH[kind](rule, message, known)
        _learn(rule, each, message, known)
        found.append(each)
    headers = {at: [span for each in found for span in each.headers.get(at, [])] for at in range(len(message.headers))}
    return Reach(
        lambda name: any(each.dropped(name) for each in found),
        [span for each in found for span in each.uri],
        headers,
        [span for each in found for span in each.body],
    )


def _learn(rule: Any, reach: Reach, message: Message, known: Known) -> None:
    is_numbered = getattr(rule, "is_numbered", False)
    if type(rule).__name__ == "ReplaceValue" or getattr(rule, "sort", "redactor") != "redactor" or is_numbered:
        return
    if getattr(rule, "is_learned", True):
        found = {reading for text in _texts(reach, message) for reading in readings(text)} | reach.secrets
        secrets = {text for text in found if len(text) >= FEWEST_LEARNED}
        (known.lasting if getattr(rule, "is_lasting", True) else known.here).update(secrets)


def _texts(reach: Reach, message: Message) -> Iterator[bytes]:
    """Yield what stands at the places of a reach."""
    values = _values(message)
    for text, spans in ((_uri(message), reach.uri), (message.body, reach.body)):
        yield from (text[start:end] for start, end in spans)
    for at, spans in reach.headers.items():
        yield from (values[at][start:end] for start, end in spans)


def check_reach(rules: Sequence[Rule], before: Iterable[Interaction], after: Iterable[Interaction]) -> int:
    """Assert that every byte that changed lies within the reach of a rule; return how many messages changed."""
    known = Known()
    name = ", ".join(rule.name for rule in rules) if len(rules) == 1 else "no rule"
    count = 0
    for old, new in zip(before, after, strict=True):
        known.here.clear()
        sides = (old.request, new.request), (old.response, new.response)
        for reach, was, now in [(reaches(rules, readable(was), known), was, now) for was, now in sides]:
            if was != now:
                _assert_within(reach, was, now, name=name, secrets=known.lasting | known.here)
                count += 1
    return count


def readable(message: Any) -> Any:
    """Return a message with its body as it reads: without compression, and in UTF-8."""
    body = message.body
    if body.startswith(b"\x1f\x8b"):
        body = gzip.decompress(body)
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            body = body.decode("utf-16").encode()
        except UnicodeError:
            body = message.body
    return replace(message, body=body)


def _assert_within(reach: Reach, old: Any, new: Any, *, name: str, secrets: set[str]) -> None:
    for part in ("method", "status", "reason", "unrecorded"):
        assert getattr(old, part, None) == getattr(new, part, None), f"{name}: {part}"
    is_new_body = old.body != new.body
    assert getattr(new, "chunks", ()) in {(), () if is_new_body else getattr(old, "chunks", ())}, f"{name}: chunks"
    _assert_text(_uri(old), _uri(new), reach.uri, secrets, f"{name}: address")
    _assert_text(readable(old).body, readable(new).body, reach.body, secrets, f"{name}: body")
    left = list(zip(new.headers, _values(new), strict=True))
    for at, ((header, was), text) in enumerate(zip(old.headers, _values(old), strict=True)):
        lower = header.lower()
        if reach.dropped(lower):
            continue
        if is_new_body and OTHER_SUMS.search(lower) and not (left and left[0][0][0] == header):
            continue
        assert left, f"{name}: the header {header} is gone"
        (now_header, now), now_text = left.pop(0)
        assert header == now_header, f"{name}: the header {header} is gone"
        if not (is_new_body and is_told_of_body(lower, was, now, old.body, new.body)):
            _assert_text(text, now_text, reach.headers[at], secrets, f"{name}: header {header}")
    assert left == [], f"{name}: headers {left} are new"


def is_told_of_body(header: str, was: str, now: str, old: bytes, new: bytes) -> bool:
    """Whether a header said of the old body, truly, what it says of the new one."""
    if header == "content-length":
        return (was, now) == (str(len(old)), str(len(new)))
    sums = {base64.b64encode(digest(old)).decode(): base64.b64encode(digest(new)).decode() for digest in DIGESTS}
    return sums.get(was) == now


def _assert_text(old: bytes, new: bytes, spans: list[Span], secrets: set[str], where: str) -> None:
    if old == new or is_same_outside(old, new, spans=spans):
        return
    learned = [span for secret in secrets for span in value_spans(secret, old)]
    assert is_same_outside(old, new, spans=[*spans, *learned]), f"{where}: {old!r} became {new!r}"


def is_same_outside(old: bytes, new: bytes, *, spans: Iterable[Span]) -> bool:
    """Whether what stands between the spans of the old text stands in the new one, in order, with nothing else."""
    apart = _apart(spans)
    ends = [0, *(end for _, end in apart)]
    starts = [*(start for start, _ in apart), len(old)]
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


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, those that overlap as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found
