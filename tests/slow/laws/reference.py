"""A scrubber and a matcher that keep the laws: slow, simple, and each step of them can be left out to break one.

The scrubber undoes encodings layer by layer, remembers where every byte came from, and puts the stand-in there. The
stand-in needs no escape in any notation, so only what is encoded anew around it is escaped.
"""

from __future__ import annotations

import base64
import gzip
import re
import zlib
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from conformance.cassette import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conformance.cassette import Headers

STAND_IN = "STAND-IN"
CASE_FREE = re.compile(r"[a-z]{8,24}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
UNICODE = re.compile(rb"\\u([0-9a-fA-F]{4})")
JSON = re.compile(rb'\\(["\\/bfnrt])')
WORDS = re.compile(rb"[^/?&=#@:;,\s\"'<>()]+")
NAMED = re.compile(rb"&(amp|lt|gt|quot|apos);")
NUMERIC = re.compile(rb"&#(?:([0-9]+)|x([0-9A-Fa-f]+));")
SIGNS = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}
LAYERS = frozenset({"percent", "json", "xml", "base64", "base64url", "hex", "hex upper", "gzip", "deflate"})
DEEPEST = 7

Message = TypeVar("Message", Request, Response)
Edit = tuple[int, int, bytes]
Spans = list[tuple[int, int]]


@dataclass
class Reference:
    """Takes one secret out of messages, in every layer that is not left out.

    Attributes:
        layers: The encodings that are undone.
        alignments: The alignments of base64 that are looked at.
        deepest: How many layers deep.
    """

    secret: str
    stand_in: str = STAND_IN
    layers: frozenset[str] = LAYERS
    alignments: tuple[int, ...] = (0, 1, 2)
    deepest: int = DEEPEST
    percent: re.Pattern[bytes] = PERCENT
    numeric: re.Pattern[bytes] | None = NUMERIC
    unicode: re.Pattern[bytes] | None = UNICODE
    fired: Counter[str] = field(default_factory=Counter)

    def request(self, request: Request) -> Request:
        """Take it out of the address, the headers and the body."""
        uri = self.text(request.uri)
        changed = replace(request, uri=uri, headers=self.headers(request.headers))
        return self._counted(request, self._with_body(changed, self.body(request.body, request.headers)))

    def response(self, response: Response) -> Response:
        """Take it out of the headers and the body."""
        changed = replace(response, headers=self.headers(response.headers))
        return self._counted(response, self._with_body(changed, self.body(response.body, response.headers)))

    def headers(self, headers: Headers) -> Headers:
        """Take it out of the values of headers."""
        return tuple((name, self.text(value)) for name, value in headers)

    def text(self, text: str) -> str:
        """Take it out of a text."""
        return self.data(text.encode()).decode()

    def body(self, body: bytes, headers: Headers) -> bytes:
        """Take it out of a body, which may be compressed."""
        coding = next((value for name, value in headers if name.lower() == "content-encoding"), "")
        if coding not in self.layers or not body:
            return self.data(body)
        plain = gzip.decompress(body) if coding == "gzip" else zlib.decompress(body)
        changed = self.data(plain)
        if changed == plain:
            return body
        return gzip.compress(changed, mtime=0) if coding == "gzip" else zlib.compress(changed)

    def data(self, data: bytes) -> bytes:
        """Take it out of bytes, until it is found in none of the layers."""
        for _ in range(50):
            edits = self._edits(data, self.deepest)
            if not edits:
                break
            data = _edited(data, edits)
        return data

    def _with_body(self, message: Message, body: bytes) -> Message:
        if body == message.body:
            return message
        headers = tuple(
            (name, str(len(body)) if name.lower() == "content-length" else value) for name, value in message.headers
        )
        changed = replace(message, headers=headers, body=body)
        return replace(changed, chunks=()) if isinstance(changed, Response) else changed

    def _counted(self, before: Message, after: Message) -> Message:
        if before == after:
            return before
        self.fired["secret"] += 1
        return after

    def _edits(self, data: bytes, depth: int) -> list[Edit]:
        """Return what to put where, in the first layer that shows the secret."""
        flags = re.IGNORECASE if CASE_FREE.fullmatch(self.secret) else 0
        pattern = re.compile(re.escape(self.secret.encode()), flags)
        found = [(match.start(), match.end(), self.stand_in.encode()) for match in pattern.finditer(data)]
        if found or not depth:
            return found
        for word in WORDS.finditer(data) if "percent" in self.layers else []:
            edits = self._in_layer(word[0], "percent", depth) if b"%" in word[0] and word[0] != data else []
            if edits:
                return [(word.start() + start, word.start() + end, new) for start, end, new in edits]
        for layer in ("percent", "json", "unicode", "xml", "numeric"):
            edits = self._in_layer(data, layer, depth)
            if edits:
                return edits
        return next(self._in_runs(data, depth), [])

    def _in_layer(self, data: bytes, layer: str, depth: int) -> list[Edit]:
        pattern, decode = {
            "percent": (self.percent, lambda found: bytes.fromhex(found[1].decode())),
            "json": (JSON, lambda found: {b"n": b"\n", b"t": b"\t"}.get(found[1], found[1])),
            "unicode": (self.unicode, lambda found: chr(int(found[1], 16)).encode("utf-8", "surrogatepass")),
            "xml": (NAMED, lambda found: SIGNS[found[1]]),
            "numeric": (self.numeric, _referred),
        }[layer]
        is_known = {"unicode": "json", "numeric": "xml"}.get(layer, layer) in self.layers
        if not is_known or pattern is None or not pattern.search(data):
            return []
        decoded, spans = _decoded(data, pattern, decode)
        escape = _quoted if layer == "percent" else bytes
        edits = self._edits(decoded, depth - 1)
        return [(spans[start][0], spans[end - 1][1], escape(new)) for start, end, new in edits]

    def _in_runs(self, data: bytes, depth: int) -> Iterator[list[Edit]]:
        if len(data) < len(self.secret):
            return
        for name, letters in (("base64", rb"A-Za-z0-9+/"), ("base64url", rb"A-Za-z0-9_-")):
            for run in re.finditer(rb"[%b]{%d,}={0,2}" % (letters, len(self.secret)), data):
                core = run[0].rstrip(b"=")  # a sign behind a run that needs none is of something else
                whole = run[0] if len(core) % 4 > 1 and len(run[0]) % 4 == 0 else core
                parts = [(part.start(), part[0]) for part in re.finditer(rb"[^/]+", whole)]
                parts += [(shift, whole[shift:]) for shift in range(4)]
                for start, part in parts if name in self.layers else []:
                    new = self._recoded(part, depth, is_url=name == "base64url")
                    if new is not None:
                        yield [(run.start() + start, run.start() + start + len(part), new)]
        for name, letters in (("hex", b"0-9a-f"), ("hex upper", b"0-9A-F")):
            for run in re.finditer(rb"[%b]{%d,}" % (letters, 2 * len(self.secret)), data):
                even = run[0][: len(run[0]) // 2 * 2]
                decoded = bytes.fromhex(even.decode())
                edits = self._edits(decoded, depth - 1) if name in self.layers else []
                if edits:
                    new_hex = _edited(decoded, edits).hex().encode()
                    yield [(run.start(), run.start() + len(even), new_hex if name == "hex" else new_hex.upper())]

    def _recoded(self, run: bytes, depth: int, *, is_url: bool) -> bytes | None:
        core = run.rstrip(b"=")
        if len(core) % 4 == 1:
            return None
        alphabet = b"-_" if is_url else b"+/"
        decoded = base64.b64decode(core + b"=" * (-len(core) % 4), altchars=alphabet)
        edits = [edit for edit in self._edits(decoded, depth - 1) if edit[0] % 3 in self.alignments]
        if not edits:
            return None
        encoded = base64.b64encode(_edited(decoded, edits), altchars=alphabet)
        return encoded.rstrip(b"=") if core == run and len(core) % 4 else encoded


def _edited(data: bytes, edits: list[Edit]) -> bytes:
    for start, end, new in sorted(edits, reverse=True):
        data = data[:start] + new + data[end:]
    return data


def _decoded(
    data: bytes, pattern: re.Pattern[bytes], decode: Callable[[re.Match[bytes]], bytes]
) -> tuple[bytes, Spans]:
    decoded, spans, last = bytearray(), [], 0
    for found in pattern.finditer(data):
        decoded += data[last : found.start()]
        spans += [(at, at + 1) for at in range(last, found.start())]
        letters = decode(found)
        decoded += letters
        spans += [found.span()] * len(letters)
        last = found.end()
    spans += [(at, at + 1) for at in range(last, len(data))]
    return bytes(decoded + data[last:]), spans


def _quoted(data: bytes) -> bytes:
    return quote(data, safe="").encode()


def _referred(found: re.Match[bytes]) -> bytes:
    return chr(int(found[1]) if found[1] else int(found[2], 16)).encode()


def matches(recorded: Request, sent: Request) -> bool:
    """Return whether method, address, body and the declared header ``range`` agree."""
    return key_of(recorded) == key_of(sent)


def key_of(request: Request) -> tuple[object, ...]:
    """Return what must agree."""
    url = urlsplit(request.uri)
    ranges = [value for name, value in request.headers if name.lower() == "range"]
    pairs = sorted(parse_qsl(url.query, keep_blank_values=True))
    return request.method, url.hostname, unquote(url.path), pairs, request.body, ranges


def find(tape: Sequence[Request], sent: Request) -> int | None:
    """Return the first request of a tape that answers, from an index."""
    index: dict[str, int] = {}
    for at, request in enumerate(tape):
        index.setdefault(repr(key_of(request)), at)
    return index.get(repr(key_of(sent)))
