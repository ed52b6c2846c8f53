"""Keeps secrets and volatile values out of what is stored.

Rules run in the order in which they were added, on the stored request and response when recording and on the sent
request before matching, so that a scrubbed recording still matches.
"""

from __future__ import annotations

import hashlib
import re
import string
import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, Protocol
from urllib.parse import quote, unquote

from conformance.cassette._interaction import with_body, without_headers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.cassette._interaction import Message, Request, Response

ALPHABET = string.ascii_letters + string.digits
HEXADECIMAL = re.compile(r"[0-9A-Fa-f-]+")

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

    def rules_that_change(self, request: Request) -> list[str]:
        """Return the names of the rules that would change a request, each by itself; nothing is counted."""
        with self._lock:
            return [rule.name for rule in self._rules if rule.request(request) != request]

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
    """Puts a stand-in for a live value wherever it stands: URI, headers and bodies.

    Clients differ in which characters they percent-encode, so each that may be is found in either form.
    """

    name: str
    value: str
    stand_in: str
    _text: re.Pattern[str] = field(init=False, repr=False)
    _bytes: re.Pattern[bytes] = field(init=False, repr=False)
    _core: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Compile the patterns, and find the longest run of characters that no client encodes."""
        pattern = "".join(_either_form(letter) for letter in self.value)
        object.__setattr__(self, "_text", re.compile(pattern))
        object.__setattr__(self, "_bytes", re.compile(pattern.encode()))
        object.__setattr__(self, "_core", max(re.split(r"[^A-Za-z0-9]", self.value), key=len).encode())

    def request(self, request: Request) -> Request:
        """Replace it in the request."""
        uri = self._text.sub(self._in_form, request.uri)
        request = request if uri == request.uri else replace(request, uri=uri)
        return self._headers_and_body(request)

    def response(self, response: Response) -> Response:
        """Replace it in the response."""
        return self._headers_and_body(response)

    def _headers_and_body(self, message: Message) -> Message:
        headers = tuple((name, self._text.sub(self._in_form, value)) for name, value in message.headers)
        if headers != message.headers:
            message = replace(message, headers=headers)
        if self._core not in message.body:
            return message
        body = self._bytes.sub(lambda found: self._in_form(found).encode(), message.body)
        return with_body(message, body)

    def _in_form(self, found: re.Match[str] | re.Match[bytes]) -> str:
        """Return the stand-in raw, or percent-encoded where the value was."""
        whole = found.group()
        is_encoded = len(whole) != len(self.value if isinstance(whole, str) else self.value.encode())
        return quote(self.stand_in, safe="") if is_encoded else self.stand_in


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
        head, mark, query = request.uri.partition("?")
        if mark:
            pairs = "&".join(self._renamed(pair) for pair in query.split("&"))
            request = request if pairs == query else replace(request, uri=f"{head}?{pairs}")
        body = request.body
        for value, stand_in in self.seen.items():
            body = body.replace(value.encode(), stand_in.encode())
        return with_body(request, body)

    def _renamed(self, pair: str) -> str:
        name, _, value = pair.partition("=")
        value = unquote(value)
        if unquote(name) != self.parameter or value in self.seen.values():
            return pair
        if value not in self.seen:
            self.seen[value] = shaped_like(value, seed=f"{self.name} {len(self.seen)}")
        return f"{name}={quote(self.seen[value], safe='')}"

    def response(self, response: Response) -> Response:
        """Leave the response alone."""
        return response


def shaped_like(value: str, *, seed: str) -> str:
    """Return a stand-in of the same length and alphabet that depends on nothing else of the value.

    Hexadecimal stays hexadecimal with its hyphens (a UUID stays a UUID in form), anything else becomes letters and
    digits, which are also base64; padding stays, and the bits below it are zero.
    """
    stream = hashlib.shake_256(seed.encode()).digest(len(value))
    if HEXADECIMAL.fullmatch(value):
        return "".join(old if old == "-" else f"{byte % 16:x}" for old, byte in zip(value, stream, strict=True))
    core = value.rstrip("=")
    padding = len(value) - len(core)
    letters = "".join(ALPHABET[byte % len(ALPHABET)] for byte in stream[: len(core)])
    return (letters[:-1] + "A" if padding and core else letters) + "=" * padding


def _either_form(letter: str) -> str:
    """Return a pattern for a character, raw or percent-encoded in either case of the digits."""
    if letter.isascii() and letter.isalnum():
        return letter
    encoded = "".join(f"%{byte:02X}" for byte in letter.encode())
    return f"(?:{re.escape(letter)}|(?i:{encoded}))"


def _blanked(match: re.Match[bytes]) -> bytes:
    start, end = match.start(1) - match.start(), match.end(1) - match.start()
    whole = match.group()
    return whole[:start] + re.sub(rb"[0-9A-Za-z]", b"0", whole[start:end]) + whole[end:]
