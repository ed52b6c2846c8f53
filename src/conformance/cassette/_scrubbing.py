"""Keeps secrets and volatile values out of what is stored.

Rules run in the order in which they were added, on the stored request and response when recording and on the sent
request before matching, so that a scrubbed recording still matches.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, Protocol
from urllib.parse import parse_qsl, quote, urlsplit

from conformance.cassette._interaction import with_body, without_headers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.cassette._interaction import Message, Request, Response

Side = Literal["request", "response", "both"]


class Rule(Protocol):
    """A named rule; both methods return the very object they were given when they found nothing."""

    @property
    def name(self) -> str:
        """A name that is unique among the rules of a scrubber."""
        ...

    def request(self, request: Request) -> Request:
        """Return the request as it may be stored."""
        ...

    def response(self, response: Response) -> Response:
        """Return the response as it may be stored."""
        ...


class Scrubber:
    """An ordered set of rules, and how often each fired. Safe to call from several threads."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        """Take the first rules."""
        self._rules = list(rules)
        self._lock = threading.RLock()
        self.fired: Counter[str] = Counter()

    def add(self, rule: Rule) -> None:
        """Add a rule at the end."""
        self._rules.append(rule)

    def request(self, request: Request) -> Request:
        """Return the request with every rule applied."""
        with self._lock:
            for rule in self._rules:
                before, request = request, rule.request(request)
                self.fired[rule.name] += before is not request
        return request

    def response(self, response: Response) -> Response:
        """Return the response with every rule applied."""
        with self._lock:
            for rule in self._rules:
                before, response = response, rule.response(response)
                self.fired[rule.name] += before is not response
        return response

    @property
    def digest(self) -> str:
        """A short digest of the rules' names, in order: which rule set a cassette was stored under."""
        names = "\n".join(rule.name for rule in self._rules)
        return hashlib.sha256(names.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class DropHeaders:
    """Removes headers by name (lower case)."""

    name: str
    names: frozenset[str]
    side: Side = "both"

    def request(self, request: Request) -> Request:
        """Drop them from the request."""
        return request if self.side == "response" else without_headers(request, self.names)

    def response(self, response: Response) -> Response:
        """Drop them from the response."""
        return response if self.side == "request" else without_headers(response, self.names)


@dataclass(frozen=True, slots=True)
class ReplaceValue:
    """Puts a stand-in for a live value wherever it stands: URI, headers and bodies, raw or percent-encoded."""

    name: str
    value: str
    stand_in: str

    def request(self, request: Request) -> Request:
        """Replace it in the request."""
        uri = self._text(request.uri)
        request = request if uri == request.uri else replace(request, uri=uri)
        return self._headers_and_body(request)

    def response(self, response: Response) -> Response:
        """Replace it in the response."""
        return self._headers_and_body(response)

    def _headers_and_body(self, message: Message) -> Message:
        headers = tuple((name, self._text(value)) for name, value in message.headers)
        body = message.body
        for value, stand_in in self._forms().items():
            body = body.replace(value.encode(), stand_in.encode())
        if headers != message.headers:
            message = replace(message, headers=headers)
        return with_body(message, body)

    def _text(self, text: str) -> str:
        for value, stand_in in self._forms().items():
            text = text.replace(value, stand_in)
        return text

    def _forms(self) -> dict[str, str]:
        return {self.value: self.stand_in, quote(self.value, safe=""): quote(self.stand_in, safe="")}


@dataclass(frozen=True, slots=True)
class BlankBody:
    """Blanks what a pattern finds in response bodies, keeping its length and shape: digits and letters become 0.

    Attributes:
        pattern: Its first group is what is blanked.
    """

    name: str
    pattern: re.Pattern[bytes]

    def request(self, request: Request) -> Request:
        """Leave the request alone."""
        return request

    def response(self, response: Response) -> Response:
        """Blank what is found in the body."""
        return with_body(response, self.pattern.sub(_blanked, response.body))


@dataclass(frozen=True, slots=True)
class NumberQuery:
    """Gives each value that a client invents for a query parameter a stand-in by order of first appearance.

    The stand-in has the shape of the value. Once seen, a value is also replaced in request bodies, where clients repeat
    it (a list of block ids).
    """

    name: str
    parameter: str
    seen: dict[str, str] = field(default_factory=dict)

    def request(self, request: Request) -> Request:
        """Replace the values in query and body."""
        for name, value in parse_qsl(urlsplit(request.uri).query):
            if name == self.parameter and value not in self.seen:
                self.seen[value] = shaped_like(value, seed=f"{self.name} {len(self.seen)}")
        for value, stand_in in self.seen.items():
            request = ReplaceValue(self.name, value, stand_in).request(request)
        return request

    def response(self, response: Response) -> Response:
        """Leave the response alone."""
        return response


def shaped_like(value: str, *, seed: str) -> str:
    """Return a stand-in that depends on the seed alone but for its shape: length, digits, letter case, padding."""
    stream = hashlib.sha256(seed.encode()).digest() * (len(value) // 32 + 1)
    is_hex = all(letter in "0123456789abcdefABCDEF-" for letter in value)
    size = 6 if is_hex else 26
    letters = [_letter_like(old, byte, size) for old, byte in zip(value, stream, strict=False)]
    padding = len(value) - len(value.rstrip("="))
    if 0 < padding < len(value):
        letters[-padding - 1] = "A"  # the bits below base64 padding must be zero
    return "".join(letters)


def _letter_like(old: str, byte: int, size: int) -> str:
    if "0" <= old <= "9":
        return chr(ord("0") + byte % 10)
    for first in "aA":
        if first <= old <= chr(ord(first) + 25):
            return chr(ord(first) + byte % size)
    return old


def _blanked(match: re.Match[bytes]) -> bytes:
    start, end = match.start(1) - match.start(), match.end(1) - match.start()
    whole = match.group()
    return whole[:start] + re.sub(rb"[0-9A-Za-z]", b"0", whole[start:end]) + whole[end:]
