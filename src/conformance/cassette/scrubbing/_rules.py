"""What a rule is: its name, its sort, what is expected of it, and what it makes of a request and a response."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, Protocol

from conformance.cassette._interaction import with_body
from conformance.cassette.scrubbing._finders import Finder, Search

if TYPE_CHECKING:
    from conformance.cassette._interaction import Message, Request, Response

Sort = Literal["redactor", "normalizer"]
Expect = Literal["must", "may"]
Side = Literal["request", "response", "both"]


class Rule(Protocol):
    """A named rule; both methods return the very object they were given when they found nothing.

    A rule of a project's own may also have ``sort`` (it redacts, where it does not say) and ``expect``.
    """

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


class LeavesAlone:
    """The two methods of a rule that changes no message."""

    __slots__ = ()

    def request(self, request: Request) -> Request:
        """Leave the request alone."""
        return request

    def response(self, response: Response) -> Response:
        """Leave the response alone."""
        return response


class FindsInText:
    """The two methods of a rule, for a finder: it looks through the address, each header and the body."""

    __slots__ = ()

    def request(self: Finder, request: Request) -> Request:
        """Return the request with what was found replaced."""
        uri = _changed_text(self, request.uri)
        request = request if uri == request.uri else replace(request, uri=uri)
        return _changed(self, request)

    def response(self: Finder, response: Response) -> Response:
        """Return the response with what was found replaced."""
        return _changed(self, response)


def _changed(finder: Finder, message: Message) -> Message:
    headers = tuple((name, _changed_text(finder, value)) for name, value in message.headers)
    message = message if headers == message.headers else replace(message, headers=headers)
    return with_body(message, _changed_bytes(finder, message.body))


def _changed_text(finder: Finder, text: str) -> str:
    return _changed_bytes(finder, text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")


def _changed_bytes(finder: Finder, text: bytes) -> bytes:
    search = Search([finder])
    return search.replaced(text, search.hits(text.lower()))


def sort_of_rule(rule: Rule) -> Sort:
    """Return the sort of a rule."""
    return "normalizer" if getattr(rule, "sort", "redactor") == "normalizer" else "redactor"
