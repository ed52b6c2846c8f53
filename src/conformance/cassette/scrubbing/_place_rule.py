"""The rule for a place, and the older ones for several headers, for ids of clients and for what is blanked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from conformance.cassette._interaction import Request, with_body, without_headers
from conformance.cassette.scrubbing._conditions import Condition
from conformance.cassette.scrubbing._places import QueryPlace, pattern_of
from conformance.cassette.scrubbing._rules import LeavesAlone
from conformance.cassette.scrubbing._stand_ins import shaped_like, stand_in_of
from conformance.errors import DriverError

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from conformance.cassette._interaction import Message, Response
    from conformance.cassette.scrubbing._places import Place
    from conformance.cassette.scrubbing._rules import Expect, Side, Sort

    Learn = Callable[[str, str], None]  # a secret, and what stands for it

ANYWHERE = Condition()


def _ignore(_secret: str, _stand_in: str) -> None:
    """Learn nothing."""


@dataclass(frozen=True, slots=True)
class Replace:
    """Replaces or drops what stands at a place.

    Attributes:
        name: The name of the rule.
        place: Where.
        stand_in: What is put there; where none is given, that of the form of the secret.
        is_dropped: Whether the header, parameter or field goes, with its name.
        is_numbered: Whether each value has a stand-in of its own, of its shape, by order of first appearance; it is
            then also replaced in the bodies of requests, where clients repeat it.
        is_learned: Whether a secret is looked for elsewhere too, once found.
        is_lasting: Whether in the rest of the recording, or in its own interaction alone.
        on: Of which messages.
        when: Of which interactions.
        example: A text in which a pattern finds something.
    """

    name: str
    place: Place
    stand_in: str | None = None
    sort: Sort = "redactor"
    expect: Expect = "may"
    is_dropped: bool = False
    is_numbered: bool = False
    is_learned: bool = True
    is_lasting: bool = True
    on: Side = "both"
    when: Condition = ANYWHERE
    example: str = ""
    seen: dict[str, str] = field(default_factory=dict, compare=False)

    def may_change(self, headers: frozenset[str]) -> bool:
        """Return whether it may change a message whose headers have these names, in lower case."""
        return self.place.may_be_in(headers)

    def request(self, request: Request) -> Request:
        """Return the request with what stands at the place replaced."""
        return self.changed(request, _ignore)

    def response(self, response: Response) -> Response:
        """Return the response with what stands at the place replaced."""
        return self.changed(response, _ignore)

    def changed(self, message: Message, learn: Learn, spared: Container[str] = frozenset()) -> Message:
        """Return a message with what stands at the place replaced, and tell of each secret.

        Args:
            message: The message.
            learn: Is told of each secret.
            spared: Values that stay, because they stand for secrets already.
        """
        if self.on == ("response" if isinstance(message, Request) else "request"):
            return message
        if not self.when.holds_for_content(message):
            return message
        message = self.place.changed(message, lambda value: value if value in spared else self._put(value, learn))
        if self.is_numbered and isinstance(message, Request):
            body = message.body
            for value, stand_in in self.seen.items():
                body = body.replace(value.encode(), stand_in.encode())
            message = message if body == message.body else replace(message, body=body)
        return message

    def _put(self, value: str, learn: Learn) -> str | None:
        if self.is_numbered:
            if value not in self.seen and value not in self.seen.values():
                self.seen[value] = shaped_like(value, seed=f"{self.name} {len(self.seen)}")
            return self.seen.get(value, value)
        stand_in = self.stand_in if self.stand_in is not None else stand_in_of(value)
        if not value or value == stand_in:
            return None if self.is_dropped else value
        if self.sort == "redactor" and self.is_learned:
            learn(value, stand_in)
        return None if self.is_dropped else stand_in


@dataclass(frozen=True, slots=True)
class DropHeaders:
    """Removes headers by name (lower case).

    Attributes:
        name: The name of the rule.
        names: The names.
        side: Of which messages.
        secret: Finds the secrets within the values, each in a group; once found they are looked for elsewhere.
        is_lasting: Whether they are looked for in the rest of the recording, or in this interaction alone.
    """

    name: str
    names: frozenset[str]
    side: Side = "both"
    sort: Sort = "redactor"
    expect: Expect = "may"
    secret: re.Pattern[str] | None = None
    is_lasting: bool = True

    def may_change(self, headers: frozenset[str]) -> bool:
        """Return whether it may change a message whose headers have these names, in lower case."""
        return not self.names.isdisjoint(headers)

    def request(self, request: Request) -> Request:
        """Drop them from the request."""
        return self.changed(request, _ignore)

    def response(self, response: Response) -> Response:
        """Drop them from the response."""
        return self.changed(response, _ignore)

    def changed(self, message: Message, learn: Learn, _spared: Container[str] = frozenset()) -> Message:
        """Drop them from a message, and tell of each secret in them."""
        if self.side == ("response" if isinstance(message, Request) else "request"):
            return message
        for name, value in message.headers:
            if self.secret is not None and name.lower() in self.names:
                for found in self.secret.finditer(value):
                    secret = next(group for group in found.groups() if group)
                    learn(secret, stand_in_of(secret))
        return without_headers(message, self.names)


@dataclass(frozen=True, slots=True)
class KeepHeaders:
    """Removes every header but some.

    Attributes:
        name: The name of the rule.
        names: Patterns of the names of those that stay, in lower case.
        side: Of which messages.
    """

    name: str
    names: frozenset[str]
    side: Side = "both"
    sort: Sort = "redactor"
    expect: Expect = "may"

    def request(self, request: Request) -> Request:
        """Drop them from the request."""
        return request if self.side == "response" else self._kept(request)

    def response(self, response: Response) -> Response:
        """Drop them from the response."""
        return response if self.side == "request" else self._kept(response)

    def _kept(self, message: Message) -> Message:
        is_kept = pattern_of(*sorted(self.names)).match
        names = [name.lower() for name, _ in message.headers]
        return without_headers(message, frozenset(name for name in names if not is_kept(name)))


@dataclass(frozen=True, slots=True)
class BlankBody:
    """Blanks what a pattern finds in response bodies, keeping its length and shape: digits and letters become 0.

    Attributes:
        pattern: Its first group is what is blanked.
        anchor: What stands in every body in which it finds something, in lower case; nothing where that is not known.
        example: A text in which it finds something.
    """

    name: str
    pattern: re.Pattern[bytes]
    anchor: bytes = b""
    example: str = ""
    sort: Sort = "normalizer"
    expect: Expect = "may"

    @property
    def anchors(self) -> tuple[bytes, ...]:
        """The anchor."""
        return (self.anchor,) if self.anchor else ()

    def request(self, request: Request) -> Request:
        """Leave the request alone."""
        return request

    def response(self, response: Response) -> Response:
        """Blank what is found in the body."""
        return with_body(response, self.pattern.sub(_blanked, response.body))


def number_query(name: str, parameter: str) -> Replace:
    """Return the normalizer of ids that a client invents for a query parameter."""
    return Replace(name, QueryPlace(parameter), sort="normalizer", is_numbered=True)


@dataclass(frozen=True, slots=True)
class Function:
    """A rule of a project's own: a function that takes a message and returns it as it may be stored.

    Both methods raise DriverError where the function raises, or returns anything but a message of that sort.
    """

    name: str
    function: Callable[[Request | Response], Request | Response]
    sort: Sort = "redactor"
    expect: Expect = "may"
    on: Side = "both"
    when: Condition = ANYWHERE

    def request(self, request: Request) -> Request:
        """Hand a request to the function."""
        return self.changed(request, _ignore)

    def response(self, response: Response) -> Response:
        """Hand a response to the function."""
        return self.changed(response, _ignore)

    def changed(self, message: Message, _learn: Learn) -> Message:
        """Hand a message to the function."""
        if self.on == ("response" if isinstance(message, Request) else "request"):
            return message
        if not self.when.holds_for_content(message):
            return message
        sort = type(message).__name__
        try:
            changed = self.function(message)
        except Exception as error:
            raise self._failed(f"raised {type(error).__name__} when it was given a {sort}.") from error
        if type(changed) is not type(message):
            raise self._failed(f"was given a {sort} and returned {_article(type(changed).__name__)}.")
        if not isinstance(changed.body, bytes):
            raise self._failed(f"returned a {sort} whose body is {_article(type(changed.body).__name__)}, not bytes.")
        return message if changed == message else changed

    def _failed(self, what: str) -> DriverError:
        """Return the error; what was raised or returned may hold a secret, so its type alone is told."""
        function = f"{self.function.__module__}:{getattr(self.function, '__qualname__', self.function)}"
        cure = "Let it take a Request or a Response and return one of that sort: dataclasses.replace(message, ...)."
        return DriverError(f"The function {function} of the rule {self.name} {what}", cure, slug="bad-function")


@dataclass(frozen=True, slots=True)
class Unstored(LeavesAlone):
    """Keeps interactions out of the recording altogether.

    Attributes:
        name: The name of the rule.
        when: Which they are.
        is_kept: Whether those are instead the only ones that are stored.
    """

    name: str
    when: Condition
    is_kept: bool = False
    sort: Sort = "redactor"
    expect: Expect = "may"


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _blanked(match: re.Match[bytes]) -> bytes:
    start, end = match.start(1) - match.start(), match.end(1) - match.start()
    whole = match.group()
    return whole[:start] + re.sub(rb"[0-9A-Za-z]", b"0", whole[start:end]) + whole[end:]
