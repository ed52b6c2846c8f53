"""Scrubbers and matchers that each break a law, made of the reference by one small mistake."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from conformance.cassette import Request, Response
from conformance.laws import MatcherTarget, ScrubberLike, ScrubberTarget
from tests.laws import reference
from tests.laws.reference import LAYERS, STAND_IN, Reference, key_of, matches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.cassette import Headers
    from tests.laws.reference import Message

Spared = re.Pattern[bytes]
Matches = Callable[[Request, Request], bool]


def type_of(headers: Headers) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")


class Sparing(Reference):
    """Leaves alone what a pattern finds in bodies of one type."""

    content_type = ""
    spared: Spared = re.compile(rb"(?!)")

    def body(self, body: bytes, headers: Headers) -> bytes:
        if not type_of(headers).startswith(self.content_type):
            return super().body(body, headers)
        parts, last = [], 0
        for found in self.spared.finditer(body):
            parts += [self.data(body[last : found.start()]), found[0]]
            last = found.end()
        return b"".join([*parts, super().body(body[last:], headers)])


def sparing(content_type: str, pattern: bytes) -> Callable[[str], Reference]:
    members = {"content_type": content_type, "spared": re.compile(pattern, re.DOTALL)}
    return type("Sparing", (Sparing,), members)


class JsonWalker(Reference):
    """Reads JSON and writes it anew; what it leaves out are the members named here."""

    deepest_value = 99
    reads_keys = True
    reads_inside = True

    def body(self, body: bytes, headers: Headers) -> bytes:
        if "json" not in type_of(headers):
            return super().body(body, headers)
        value = json.loads(body)
        walked = self._walk(value, 0)
        return body if walked == value else json.dumps(walked, ensure_ascii=False).encode()

    def _walk(self, value: Any, depth: int) -> Any:
        if depth > self.deepest_value:
            return value
        if isinstance(value, dict):
            return {
                (self.text(key) if self.reads_keys else key): self._walk(inner, depth + 1)
                for key, inner in value.items()
            }
        if isinstance(value, list):
            return [self._walk(inner, depth + 1) for inner in value]
        if isinstance(value, str) and (self.reads_inside or not value.startswith("{")):
            return self.text(value)
        return value


class ShallowJson(JsonWalker):
    deepest_value = 2


class NoJsonKeys(JsonWalker):
    reads_keys = False


class NoJsonInside(JsonWalker):
    reads_inside = False


class FirstHeaderValue(Reference):
    def headers(self, headers: Headers) -> Headers:
        names = [name for name, _ in headers]
        return tuple(
            (name, self.text(value) if name not in names[:at] else value) for at, (name, value) in enumerate(headers)
        )


class NoHeaders(Reference):
    def headers(self, headers: Headers) -> Headers:
        return headers


class PlainTypes(Reference):
    def body(self, body: bytes, headers: Headers) -> bytes:
        return body if "charset=" in type_of(headers) else super().body(body, headers)


class NoResponse(Reference):
    def response(self, response: Response) -> Response:
        return response


class NoRequestBody(Reference):
    def request(self, request: Request) -> Request:
        return replace(super().request(replace(request, body=b"")), body=request.body)


class NoUrl(Reference):
    def request(self, request: Request) -> Request:
        return replace(super().request(request), uri=request.uri)


class NoFragment(Reference):
    def request(self, request: Request) -> Request:
        head, mark, fragment = request.uri.partition("#")
        changed = super().request(replace(request, uri=head))
        return replace(changed, uri=changed.uri + mark + fragment)


class NoUserinfo(Reference):
    def request(self, request: Request) -> Request:
        old, changed = urlsplit(request.uri), super().request(request)
        return replace(changed, uri=urlsplit(changed.uri)._replace(netloc=old.netloc).geturl())


class NoQueryNames(Reference):
    def request(self, request: Request) -> Request:
        head, mark, query = request.uri.partition("?")
        query, sign, fragment = query.partition("#")
        pairs = [pair.partition("=") for pair in query.split("&")]
        scrubbed = "&".join(name + equal + self.text(value) for name, equal, value in pairs)
        changed = super().request(replace(request, uri=head))
        return replace(changed, uri=changed.uri + mark + scrubbed + sign + self.text(fragment))


class TextBodies(Reference):
    def body(self, body: bytes, headers: Headers) -> bytes:
        return body if "octet-stream" in type_of(headers) else super().body(body, headers)


class Growing(Reference):
    def text(self, text: str) -> str:
        return super().text(text).replace(STAND_IN, f"{STAND_IN}.")


class StaleLength(Reference):
    def _with_body(self, message: Message, body: bytes) -> Message:
        return replace(message, body=body) if isinstance(message, Request) else super()._with_body(message, body)


class StaleChunks(Reference):
    def response(self, response: Response) -> Response:
        return replace(super().response(response), chunks=response.chunks)


class NoRoundTrip(Reference):
    def headers(self, headers: Headers) -> Headers:
        after = super().headers(headers)
        return tuple(
            (name, "https://redacted.test/" if name == "Location" and pair not in headers else value)
            for pair in after
            for name, value in [pair]
        )


class PerBody(Reference):
    def body(self, body: bytes, headers: Headers) -> bytes:
        found = super().body(body, headers)
        return found if "json" not in type_of(headers) else found.replace(STAND_IN.encode(), b"STAND-IN-2")


class Greedy(Reference):
    def text(self, text: str) -> str:
        return re.sub(r"[a-z]{3,}(?= and )", STAND_IN, super().text(text))


class GreedyBodies(Reference):
    def body(self, body: bytes, headers: Headers) -> bytes:
        return super().body(body, headers).replace(b" and ", b" & ")


class DropsHeaders(Reference):
    def headers(self, headers: Headers) -> Headers:
        return tuple(pair for pair in super().headers(headers) if not pair[0].startswith("X-R"))


class LowersNames(Reference):
    def headers(self, headers: Headers) -> Headers:
        after = super().headers(headers)
        return after if after == headers else tuple((name.lower(), value) for name, value in after)


class Unzips(Reference):
    def body(self, body: bytes, headers: Headers) -> bytes:
        import gzip  # noqa: PLC0415

        after = super().body(body, headers)
        return after if after == body or after[:2] != b"\x1f\x8b" else gzip.decompress(after)


class AlwaysFires(Reference):
    def request(self, request: Request) -> Request:
        self.fired["always"] += 1
        return super().request(request)


class ReplacesBodies(Reference):
    def body(self, body: bytes, headers: Headers) -> bytes:
        return body if super().body(body, headers) == body else self.stand_in.encode()


class ReplacesHex(Reference):
    def data(self, data: bytes) -> bytes:
        runs = [self.secret.encode().hex(), self.secret.encode().hex().upper()]
        for run in runs:
            data = data.replace(run.encode(), self.stand_in.encode())
        return super().data(data)


class OnlyFirst(Reference):
    """Knows a message by what it has seen, and lets the second one through."""

    def response(self, response: Response) -> Response:
        self.fired["responses"] += response != super().response(response)
        return response if self.fired["responses"] > 1 else super().response(response)


class ByMemory(Reference):
    """Gives a stand-in by how many messages it has seen."""

    def request(self, request: Request) -> Request:
        self.stand_in = f"STAND-{sum(self.fired.values())}"
        return super().request(request)


class CaseMatters(Reference):
    def _edits(self, data: bytes, depth: int) -> list[tuple[int, int, bytes]]:
        return [edit for edit in super()._edits(data, depth) if _is_as_declared(self, data, edit)]


def _is_as_declared(scrubber: Reference, data: bytes, edit: tuple[int, int, bytes]) -> bool:
    return data[edit[0] : edit[1]].lower() != scrubber.secret.encode().lower() or (
        data[edit[0] : edit[1]] == scrubber.secret.encode()
    )


def without(*layers: str) -> Callable[[str], Reference]:
    return lambda secret: Reference(secret, layers=LAYERS - set(layers))


def at(*alignments: int) -> Callable[[str], Reference]:
    return lambda secret: Reference(secret, alignments=alignments)


def with_stand_in(make: Callable[[str], str]) -> Callable[[str], Reference]:
    return lambda secret: Reference(secret, make(secret))


SCRUBBERS: dict[str, tuple[Callable[[str], ScrubberLike], str]] = {
    "forgets the second header value": (FirstHeaderValue, "leaks-nothing"),
    "forgets headers": (NoHeaders, "leaks-nothing"),
    "skips what is nested in json": (ShallowJson, "leaks-nothing"),
    "skips json keys": (NoJsonKeys, "leaks-nothing"),
    "skips json inside strings": (NoJsonInside, "leaks-nothing"),
    "misses types with a charset": (PlainTypes, "leaks-nothing"),
    "misses base64 at 0": (at(1, 2), "leaks-nothing"),
    "misses base64 at 1": (at(0, 2), "leaks-nothing"),
    "misses base64 at 2": (at(0, 1), "leaks-nothing"),
    "misses base64": (without("base64"), "leaks-nothing"),
    "misses base64url": (without("base64url"), "leaks-nothing"),
    "misses hex": (without("hex"), "leaks-nothing"),
    "misses upper-case hex": (without("hex upper"), "leaks-nothing"),
    "misses percent": (without("percent"), "leaks-nothing"),
    "misses percent twice": (
        lambda secret: Reference(secret, percent=re.compile(rb"%(?!25)([0-9A-Fa-f]{2})")),
        "leaks-nothing",
    ),
    "misses percent with lower-case digits": (
        lambda secret: Reference(secret, percent=re.compile(rb"%([0-9A-F]{2})")),
        "leaks-nothing",
    ),
    "misses json escapes": (without("json"), "leaks-nothing"),
    "misses json unicode escapes": (lambda secret: Reference(secret, unicode=None), "leaks-nothing"),
    "misses named entities": (without("xml"), "leaks-nothing"),
    "misses numeric entities": (lambda secret: Reference(secret, numeric=None), "leaks-nothing"),
    "misses hex entities": (
        lambda secret: Reference(secret, numeric=re.compile(rb"&#(?:([0-9]+)|x((?!))[0-9A-F]+);")),
        "leaks-nothing",
    ),
    "misses xml attributes": (sparing("application/xml", rb'value="[^"]*"'), "leaks-nothing"),
    "misses cdata": (sparing("application/xml", rb"<!\[CDATA\[.*?\]\]>"), "leaks-nothing"),
    "misses form names": (sparing("application/x-www-form", rb"[^&=]*(?==named)"), "leaks-nothing"),
    "misses part headers": (sparing("multipart/", rb"Content-Disposition:[^\r]*"), "leaks-nothing"),
    "misses gzip": (without("gzip"), "leaks-nothing"),
    "misses deflate": (without("deflate"), "leaks-nothing"),
    "misses binary bodies": (TextBodies, "leaks-nothing"),
    "ignores the response": (NoResponse, "leaks-nothing"),
    "ignores the request body": (NoRequestBody, "leaks-nothing"),
    "ignores the url": (NoUrl, "leaks-nothing"),
    "ignores the fragment": (NoFragment, "leaks-nothing"),
    "ignores the userinfo": (NoUserinfo, "leaks-nothing"),
    "ignores query names": (NoQueryNames, "leaks-nothing"),
    "scrubs the first answer alone": (OnlyFirst, "leaks-nothing"),
    "takes case for a part of it": (CaseMatters, "leaks-nothing"),
    "keeps a part of the secret's form": (with_stand_in(lambda secret: f"x{secret}"), "leaks-nothing"),
    "grows each time": (Growing, "idempotent"),
    "breaks json": (with_stand_in(lambda _: 'STAND"IN'), "well-formed"),
    "breaks xml": (with_stand_in(lambda _: "<STANDIN>"), "well-formed"),
    "breaks forms": (with_stand_in(lambda _: "STAND&IN"), "well-formed"),
    "breaks paths": (with_stand_in(lambda _: "STAND/IN"), "well-formed"),
    "breaks content-length": (StaleLength, "well-formed"),
    "breaks chunks": (StaleChunks, "well-formed"),
    "breaks compression": (Unzips, "well-formed"),
    "breaks hex": (ReplacesHex, "well-formed"),
    "replaces whole bodies": (ReplacesBodies, "well-formed"),
    "changes header names": (LowersNames, "well-formed"),
    "breaks the url that a client follows": (NoRoundTrip, "matches-what-is-sent-back"),
    "tells the length": (with_stand_in(lambda secret: "A" * len(secret)), "matches-other-secret"),
    "tells a digest": (
        with_stand_in(lambda secret: hashlib.sha256(secret.encode()).hexdigest()),
        "matches-other-secret",
    ),
    "is another each time": (with_stand_in(lambda _: uuid.uuid4().hex), "matches-again"),
    "counts what it has seen": (ByMemory, "one-stand-in"),
    "has a stand-in a type": (PerBody, "one-stand-in"),
    "takes words for secrets": (Greedy, "leaves-alone"),
    "touches bodies that hold nothing": (GreedyBodies, "leaves-alone"),
    "drops a header": (DropsHeaders, "leaves-alone"),
    "says that it fired": (AlwaysFires, "leaves-alone"),
}


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
CONTROLS: dict[str, ScrubberTarget | MatcherTarget] = {
    "reference": ScrubberTarget("reference", Reference),
    "json walker": ScrubberTarget("json walker", JsonWalker),
    "sparing": ScrubberTarget("sparing", sparing("application/xml", rb"(?!)")),
    "matcher": MatcherTarget(
        "matcher", matches, find=reference.find, scrub=Reference("found in no request at all").request
    ),
}
