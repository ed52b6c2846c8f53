"""Messages as text, for the report of a broken law."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from conformance.cassette import Interaction, Request, decoded_body

if TYPE_CHECKING:
    from conformance.cassette import Response
    from conformance.laws._law import Broken

COLUMN = 58


def message_text(message: Request | Response) -> str:
    """Return a message as a person reads it: first line, headers, and the body, decompressed where it is text."""
    if isinstance(message, Request):
        first = f"{message.method} {message.uri}"
    else:
        first = f"{message.status} {message.reason}".rstrip()
    lines = [first, *(f"{name}: {value}" for name, value in message.headers)]
    body = decoded_body(message.body, message.headers)
    if body:
        try:
            lines += ["", body.decode()]
        except UnicodeDecodeError:
            lines += ["", repr(body)]
    if not isinstance(message, Request) and message.chunks:
        lines.append(f"(in chunks of {', '.join(map(str, message.chunks))} bytes)")
    return "\n".join(lines)


def interaction_text(item: Interaction) -> str:
    """Return both sides of an interaction, one below the other; a side that holds nothing is left out."""
    texts = [message_text(item.request)]
    if item.response.body or item.response.headers:
        texts.append(message_text(item.response))
    return "\n\n".join(texts)


def side_by_side(one: str, other: str, *, titles: tuple[str, str]) -> str:
    """Return two texts next to each other, with a mark on each line in which they differ."""
    rows = [*zip_longest(one.splitlines(), other.splitlines(), fillvalue="")]
    width = min(COLUMN, max(len(left) for left, _ in [titles, *rows]))
    lines = [f"  {titles[0]:<{width}}  {titles[1]}"]
    for left, right in rows:
        mark = "≠" if left != right else " "
        if len(left) > width:
            lines += [f"{mark} {left}", f"  {'':<{width}}  {right}"]
        else:
            lines.append(f"{mark} {left:<{width}}  {right}")
    return "\n".join(lines)


def broken_text(broken: Broken) -> str:
    """Return a counter-example as a person reads it: law, target, place, and what is to be seen there."""
    shown = "\n".join(f"  {line}".rstrip() for line in broken.shown.splitlines())
    return f"{broken.target} breaks {broken.law}: {broken.statement}\n  {broken.where}\n\n{shown}"
