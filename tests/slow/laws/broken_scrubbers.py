"""Scrubbers that each break a law, made of the reference by one small mistake."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from conformance.cassette import Request, Response
from tests.slow.laws.reference import LAYERS, STAND_IN, Reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.cassette import Headers
    from conformance.laws import ScrubberLike
    from tests.slow.laws.reference import Message

Spared = re.Pattern[bytes]


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
        return tuple(pair for pair in super().headers(headers) if not pair[0].startswith("Content-R"))


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
