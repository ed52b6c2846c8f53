"""Regular expressions that find the volatile part of an address or a text, and no other, in all that was recorded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product, takewhile
from typing import TYPE_CHECKING
from urllib.parse import unquote

from conformance.cassette import decoded_body
from conformance.compare._shapes import pattern_between

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from conformance.compare._places import PlaceSort, Side
    from conformance.compare._volatility import Finding, Volatility

SEGMENT = r"[^/?#]+"
ORIGIN = r"^[^/]+//"
PLAIN = re.compile(r"[0-9A-Za-z._~-]+")


@dataclass(frozen=True, slots=True)
class Found:
    """A regular expression for one finding.

    Attributes:
        regex: Its first group is the value.
        example: What of a recorded text it finds.
        is_wide: Whether it also finds what does not differ.
    """

    regex: str
    example: str
    is_wide: bool


def pattern_for(finding: Finding, volatility: Volatility) -> Found | None:
    """Return the widest readable expression that finds nothing else; the narrowest where all find more; else None."""
    place = finding.place
    candidates = CANDIDATES[place.sort](finding)
    texts = dict.fromkeys(_texts(volatility, place.side) if place.sort == "text" else _addresses(volatility))
    known = {
        value
        for other in volatility.findings
        if other.place.sort == place.sort and other.place.side == place.side
        for value in other.values
    }
    decode = str if place.sort == "text" else _decoded
    return _best(candidates, list(texts), set(finding.values) - {""}, known, decode=decode)


def _best(
    candidates: Iterable[str],
    texts: Sequence[str],
    wanted: set[str],
    known: set[str],
    *,
    decode: Callable[[str], str],
) -> Found | None:
    found = None
    for regex in dict.fromkeys(candidates):
        matches = [match for text in texts for match in re.finditer(regex, text)]
        captured = {decode(match[1]): match[0] for match in reversed(matches)}
        if wanted <= captured.keys():
            found = Found(regex, captured[min(wanted)], is_wide=not captured.keys() <= known)
            if not found.is_wide:
                return found
    return found


def _decoded(text: str) -> str:
    return unquote(text, errors="surrogateescape")


def _host(_finding: Finding) -> Iterator[str]:
    yield rf"{ORIGIN}([^/:?#]+)"


def _port(_finding: Finding) -> Iterator[str]:
    yield rf"{ORIGIN}[^/:?#]+:(\d+)"


def _path(finding: Finding) -> Iterator[str]:
    *before, _ = finding.place.key.split("/")[1:]
    steps = [_literal(step) if PLAIN.fullmatch(step) else SEGMENT for step in before]
    whole = ORIGIN + "".join(f"{step}/" for step in [r"[^/?#]+", *steps])
    near = [f"/{steps[-1]}/"] if steps and steps[-1] != SEGMENT else []
    yield from (left + value for left, value in product([*near, whole], [f"({SEGMENT})", *_narrow(finding)]))


def _narrow(finding: Finding) -> Iterator[str]:
    """Yield patterns of a segment: by its shape, or by what all its values begin with."""
    if finding.shape.pattern is not None:
        yield f"({finding.shape.pattern})(?![^/?#])"
    start = re.match(r"(.*[^0-9A-Za-z])?", _beginning(finding.values))
    if start and start[0]:
        yield f"({_literal(start[0])}{SEGMENT})"


def _beginning(values: Sequence[str]) -> str:
    """Return what sorted values all begin with."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(values[0], values[-1], strict=False))
    return "".join(letter for letter, _ in pairs)


def _text(finding: Finding) -> Iterator[str]:
    if not finding.place.key or any("\n" in value for value in finding.values):
        return
    value = pattern_between(finding.values, finding.shape, otherwise=r"[^\n]*")
    lines = {sighting.line for sighting in finding.sightings}
    context = finding.place.key.removeprefix("\n")
    if context:
        yield f"{_literal(context)}({value})"
    if len(lines) == 1:
        yield f"(?m)^{_literal(lines.pop())}({value})"


def _literal(text: str) -> str:
    return re.sub(r"\\([-~ <>&#])", r"\1", re.escape(text))


def _texts(volatility: Volatility, side: Side) -> Iterator[str]:
    for one in volatility.aligned:
        for item in one.items:
            message = item.request if side == "request" else item.response
            try:
                yield decoded_body(message.body, message.headers).decode()
            except UnicodeDecodeError:
                continue


def _addresses(volatility: Volatility) -> Iterator[str]:
    return (item.request.uri for one in volatility.aligned for item in one.items)


CANDIDATES: dict[PlaceSort, Callable[[Finding], Iterator[str]]] = {
    "host": _host,
    "port": _port,
    "path": _path,
    "text": _text,
}
