"""A cassette as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from conformance.report._text import header_of, one_line, render_body, request_line

if TYPE_CHECKING:
    from conformance.cassette import Cassette, Interaction, Request, Response


def render_cassette_table(cassette: Cassette) -> Table:
    """Return one row an interaction: its number, line, request, answer and the sizes of both bodies in bytes."""
    table = Table(title=_title(cassette), title_justify="left")
    for heading in ("#", "line", "request", "sent", "status", "answered", "type"):
        numeric = heading in ("#", "line", "sent", "answered")
        table.add_column(heading, justify="right" if numeric else "left", overflow="fold")
    lines = cassette.lines()
    for at, item in enumerate(cassette.interactions):
        table.add_row(
            str(at + 1),
            str(lines[at]) if at < len(lines) else "",
            escape(request_line(item.request)),
            _size(item.request.body),
            escape(one_line(f"{item.response.status} {item.response.reason}".strip())),
            _size(item.response.body),
            escape(one_line(header_of(item.response.headers, "content-type"))),
        )
    return table


def render_interaction(item: Interaction, *, number: int) -> str:
    """Return both sides of one interaction with headers, bodies laid out where they are text, and what is unknown."""
    request, response = item.request, item.response
    lines = [one_line(f"#{number} {request.method} {request.uri}"), *_headers(request)]
    lines += ["", render_body(request.body, request.headers), ""] if request.body else [""]
    lines += [one_line(f"{response.status} {response.reason}".strip()), *_headers(response)]
    return "\n".join([*lines, "", render_body(response.body, response.headers)] if response.body else lines) + "\n"


def _title(cassette: Cassette) -> str:
    provenance = cassette.provenance
    origin = f", recorded from {provenance.fixture} on {provenance.day}" if provenance else ""
    return f"{cassette.path.name}: {len(cassette.interactions)} interactions{origin}"


def _size(body: bytes) -> str:
    return f"{len(body):,}" if body else ""


def _headers(message: Request | Response) -> list[str]:
    """Return the headers, and below them which parts of the message are unknown."""
    unrecorded = [f"  ({', '.join(sorted(message.unrecorded))} not recorded)"] if message.unrecorded else []
    return [*(one_line(f"  {name}: {value}") for name, value in message.headers), *unrecorded]
