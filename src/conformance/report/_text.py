"""Recorded requests and bodies as text that is safe to print and easy to read."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from xml.dom import minidom
from xml.parsers.expat import ExpatError

from conformance.cassette import decoded_body, meaning_of, sort_of

if TYPE_CHECKING:
    from conformance.cassette import Headers, Request

SHOWN_CHARACTERS = 2000
LONGEST_LAID_OUT = 1_000_000  # of which but the beginning would be shown
SHOWN_BYTES = 128
ROW_BYTES = 16
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def one_line(text: str) -> str:
    """Return a text on one line, each control character and half of a surrogate pair as its escape."""
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def request_line(request: Request) -> str:
    """Return method, decoded path and query."""
    url = urlsplit(request.uri)
    return one_line(f"{request.method} {unquote(url.path) or '/'}" + (f"?{url.query}" if url.query else ""))


def header_of(headers: Headers, wanted: str) -> str:
    """Return the first value of a header (lower case); empty where there is none."""
    return next((value for name, value in headers if name.lower() == wanted), "")


def size_text(size_bytes: int) -> str:
    """Return a size as a person reads it: ``12 B``, ``3.4 kB``, ``8.4 MB``."""
    size, unit = float(size_bytes), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 1000:  # noqa: PLR2004  (SI)
            break
        size, unit = size / 1000, larger
    return f"{size_bytes} B" if unit == "B" else f"{size:.1f} {unit}"


def render_body(body: bytes, headers: Headers) -> str:
    """Return a body, indented: without its codings, JSON and XML laid out, cut where it is long.

    Of what is no text, the first bytes are dumped. What is laid out means what the body means: one that could only be
    laid out as something else stays as it is.
    """
    decoded, content_type = decoded_body(body, headers), header_of(headers, "content-type")
    try:
        text = decoded.decode()
    except UnicodeDecodeError:
        return _dumped(decoded)
    laid, note = _laid_out(text, content_type)
    if len(laid) > SHOWN_CHARACTERS:
        laid = f"{laid[:SHOWN_CHARACTERS]}… ({len(laid):,} characters)"
    lines = [*laid.removesuffix("\n").split("\n"), *([note] if note else [])]
    return "\n".join(f"  {one_line(line.removesuffix(chr(13)))}" for line in lines)


def _laid_out(text: str, content_type: str) -> tuple[str, str]:
    """Return a text laid out as its sort is, and what there is to say of it."""
    sort = sort_of(content_type)
    if sort not in {"json", "xml"} or len(text) > LONGEST_LAID_OUT:
        return text, ""
    meaning = meaning_of(text.encode(), content_type)
    if isinstance(meaning, bytes):
        return text, f"(its type says {sort.upper()}, which it is not)" if text else ""
    laid = _json(text) if sort == "json" else _xml(text)
    return (laid if meaning_of(laid.encode("utf-8", "replace"), content_type) == meaning else text), ""


def _json(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:  # a number of more digits than Python converts
        return text


def _xml(text: str) -> str:
    try:
        lines = minidom.parseString(text.encode()).toprettyxml(indent="  ").split("\n")  # noqa: S318  (as at the import)
    except (ExpatError, ValueError):
        return text
    return "\n".join(line for line in lines if line.strip())


def _dumped(body: bytes) -> str:
    rows = []
    for at in range(0, min(len(body), SHOWN_BYTES), ROW_BYTES):
        row = body[at : at + ROW_BYTES]
        letters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)  # noqa: PLR2004  (printable ASCII)
        rows.append(f"  {at:08x}  {row.hex(' '):<47}  {letters}")
    return "\n".join([*rows, f"  ({len(body):,} bytes that are no text)"])
