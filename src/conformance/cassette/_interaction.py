"""A request, the response to it, and the two together. Immutable, and of no protocol beyond headers and a body."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

Headers = tuple[tuple[str, str], ...]
Unrecorded = frozenset[str]
"""The parts of a message that nobody kept: what they were is unknown, not empty.

What stands in such a part is what the source has in its place: the name of a call for a URI, a parsed answer for a
body, some of the headers, or nothing.
"""
UNRECORDED: dict[str, Unrecorded] = {
    "request": frozenset({"method", "uri", "headers", "body"}),
    "response": frozenset({"headers", "body"}),
}


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent.

    Attributes:
        method: As sent.
        uri: Absolute, as sent, percent-encoding kept.
        headers: Name and value pairs in the order of sending; a name may come more than once.
        body: Exact bytes; empty where there was none.
        unrecorded: The parts that are unknown; none in what is recorded here.
    """

    method: str
    uri: str
    headers: Headers = ()
    body: bytes = b""
    unrecorded: Unrecorded = frozenset()


@dataclass(frozen=True, slots=True)
class Response:
    """What a service answered.

    Attributes:
        status: The status code.
        reason: The reason phrase; empty where there was none.
        headers: Name and value pairs in the order of arrival; a name may come more than once.
        body: Exact bytes, as the client's transport handed them over.
        chunks: The sizes of the chunks that the body came in, where it came in more than one (RFC 9112 section 7.1);
            empty where it did not, where its client does not tell, and after the body was changed.
        unrecorded: The parts that are unknown (headers, body); none in what is recorded here.
    """

    status: int
    reason: str = ""
    headers: Headers = ()
    body: bytes = b""
    chunks: tuple[int, ...] = ()
    unrecorded: Unrecorded = frozenset()


@dataclass(frozen=True, slots=True)
class Interaction:
    """One request and the response to it."""

    request: Request
    response: Response


Message = TypeVar("Message", Request, Response)


def unrecorded_words(item: Interaction) -> dict[str, list[str]]:
    """Return the unrecorded parts by side, sorted, as files have them; empty where all is recorded."""
    sides = {"request": sorted(item.request.unrecorded), "response": sorted(item.response.unrecorded)}
    return {side: list(words) for side, words in sides.items() if words}


def with_unrecorded(item: Interaction, words: dict[str, list[str]]) -> Interaction:
    """Return an interaction with the parts that a file says were not recorded.

    Raises:
        ValueError: A word is no part of such a message.
    """
    for side, parts in words.items():
        if not UNRECORDED.get(side, frozenset()).issuperset(parts):
            message = f"unrecorded parts of a {side} that there are none of: {parts}"
            raise ValueError(message)
    request = replace(item.request, unrecorded=frozenset(words.get("request", ())))
    return Interaction(request, replace(item.response, unrecorded=frozenset(words.get("response", ()))))


def without_headers(message: Message, names: frozenset[str]) -> Message:
    """Return the message without the headers of those names (lower case)."""
    kept = tuple(pair for pair in message.headers if pair[0].lower() not in names)
    return message if len(kept) == len(message.headers) else replace(message, headers=kept)


def with_body(message: Message, body: bytes) -> Message:
    """Return the message with another body, and a Content-Length that told the old one's size telling the new one's."""
    if body == message.body:
        return message
    sizes = {str(len(message.body)): str(len(body))}
    headers = tuple(
        (name, sizes.get(value, value) if name.lower() == "content-length" else value)
        for name, value in message.headers
    )
    changed = replace(message, headers=headers, body=body)
    return replace(changed, chunks=()) if isinstance(changed, Response) else changed
