"""Matchers that each break a law, made of the reference by one small mistake."""

from __future__ import annotations

import itertools
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from conformance.cassette import Request
from conformance.laws import MatcherTarget
from tests.slow.laws.reference import key_of, matches

if TYPE_CHECKING:
    from collections.abc import Sequence


Matches = Callable[[Request, Request], bool]


def agreeing(key: Callable[[Request], object]) -> Callable[[Request, Request], bool]:
    return lambda recorded, sent: key(recorded) == key(sent)


def but(at_: int, change: Callable[[Any], Any]) -> Callable[[Request, Request], bool]:
    """Return the reference with one part of its key read in another way."""

    def key(request: Request) -> object:
        parts = list(key_of(request))
        parts[at_] = change(parts[at_])
        return parts

    return agreeing(key)


def plus(more: Callable[[Request], object]) -> Callable[[Request, Request], bool]:
    """Return the reference with one part more in its key."""
    return agreeing(lambda request: (key_of(request), more(request)))


def last_of(tape: Sequence[Request], sent: Request) -> int | None:
    found = [position for position, request in enumerate(tape) if matches(request, sent)]
    return found[-1] if found else None


def by_path(tape: Sequence[Request], sent: Request) -> int | None:
    paths = [urlsplit(request.uri).path for request in tape]
    wanted = urlsplit(sent.uri).path
    return paths.index(wanted) if wanted in paths else None


def stamped(request: Request) -> Request:
    return replace(request, body=request.body + uuid.uuid4().hex.encode())


def doubled(request: Request) -> Request:
    return replace(request, body=request.body * 2 if request.body else b"")


def nothing_of(_value: object) -> None:
    return None


METHOD, HOST, PATH, QUERY, BODY, RANGE = range(6)
_calls = itertools.count()
_MATCHERS: dict[str, tuple[Matches | MatcherTarget, str]] = {
    "ignores the method": (but(METHOD, nothing_of), "sharp"),
    "ignores the path": (but(PATH, nothing_of), "sharp"),
    "ignores the case of the path": (but(PATH, str.lower), "sharp"),
    "ignores a slash at the end": (but(PATH, lambda path: path.rstrip("/")), "sharp"),
    "ignores the query": (but(QUERY, nothing_of), "sharp"),
    "ignores repeated parameters": (but(QUERY, dict), "sharp"),
    "ignores how often a parameter is repeated": (but(QUERY, lambda pairs: sorted(set(pairs))), "sharp"),
    "ignores empty values": (but(QUERY, lambda pairs: [pair for pair in pairs if pair[1]]), "sharp"),
    "ignores the case of values": (but(QUERY, lambda pairs: [value.lower() for _, value in pairs]), "sharp"),
    "ignores the body": (but(BODY, nothing_of), "sharp"),
    "looks at the length of the body": (but(BODY, len), "sharp"),
    "looks at the start of the body": (but(BODY, lambda body: body[:8]), "sharp"),
    "looks at what the body is made of": (but(BODY, lambda body: sorted(Counter(body))), "sharp"),
    "ignores the range": (but(RANGE, nothing_of), "sharp"),
    "matches a changed range": (but(RANGE, lambda values: [value[:8] for value in values]), "sharp"),
    "looks at the first range": (but(RANGE, lambda values: values[:1]), "sharp"),
    "looks whether there is a range": (but(RANGE, bool), "sharp"),
    "depends on the order of headers": (plus(lambda request: [name for name, _ in request.headers]), "blind"),
    "depends on the order of the query": (plus(lambda request: parse_qsl(urlsplit(request.uri).query)), "blind"),
    "depends on the case of headers": (plus(lambda request: ("Range", "bytes=0-1") in request.headers), "blind"),
    "sees an undeclared header": (plus(lambda request: sorted(request.headers)), "blind"),
    "takes what begins alike": (lambda recorded, sent: sent.uri.startswith(recorded.uri), "symmetric"),
    "takes a shorter body": (
        lambda recorded, sent: recorded.uri == sent.uri and recorded.body.startswith(sent.body),
        "symmetric",
    ),
    "asks for the date": (
        lambda recorded, sent: matches(recorded, sent) and not any(name == "Date" for name, _ in sent.headers),
        "reflexive",
    ),
    "takes each but once": (lambda recorded, sent: matches(recorded, sent) and next(_calls) % 2 == 0, "reflexive"),
    "takes none without a body": (lambda recorded, sent: matches(recorded, sent) and bool(sent.body), "reflexive"),
    "sees the parameter that is ignored": (
        MatcherTarget("nonce", matches, volatile=("query:nonce",), significant=("method",)),
        "blind",
    ),
    "does not see a host": (MatcherTarget("host", but(HOST, nothing_of), significant=("host",)), "sharp"),
    "does not see a port": (MatcherTarget("port", matches, significant=("port",)), "sharp"),
    "finds the last": (MatcherTarget("last", matches, find=last_of), "index-agrees"),
    "finds by path": (MatcherTarget("path", matches, find=by_path), "index-agrees"),
    "finds nothing": (MatcherTarget("none", matches, find=lambda _tape, _sent: None), "index-agrees"),
    "stamps what it scrubs": (MatcherTarget("stamps", matches, scrub=stamped), "closed-under-scrubbing"),
    "doubles what it scrubs": (MatcherTarget("doubles", matches, scrub=doubled), "closed-under-scrubbing"),
}
MATCHERS = {
    name: (made if isinstance(made, MatcherTarget) else MatcherTarget(name, made), law)
    for name, (made, law) in _MATCHERS.items()
}
