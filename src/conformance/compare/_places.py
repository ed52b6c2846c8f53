"""The places of a message in which a value may stand, and what stands there in every run."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from conformance.cassette import decoded_body, leaves_of, sort_of, without_boundary
from conformance.compare._spans import spans_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.cassette import Interaction, Request, Response
    from conformance.compare._runs import Aligned

Side = Literal["request", "response"]
PlaceSort = Literal["method", "host", "port", "path", "query", "header", "json", "xml", "form", "part", "text", "bytes"]
Item = TypeVar("Item")

INDEX = re.compile(r'("(?:[^"\\]|\\.)*")|\[\d+\]')
XML_INDEX = re.compile(r"\[\d+\](?=/|$)")
LAST_INDEX = re.compile(r'(?<=[\w"-])\[\d+\]$')
PART = re.compile(r"part (\d+) (header|body) ?(.*)", re.DOTALL)
PART_NAME = re.compile(r';\s*name="?([^";]+)')


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a value stands, in all the interactions that have it.

    Attributes:
        side: The message.
        sort: The part of the message; ``text`` and ``bytes`` are bodies that are nothing more.
        key: Which one: the name of a header, parameter, field or part; the path of a JSON or XML value, without
            numbers; the path up to a segment, ``*`` for those that differ; the text before a span. Empty where it is
            all of the part.
    """

    side: Side
    sort: PlaceSort
    key: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What stands at a place in one interaction.

    Attributes:
        place: The place.
        at: The number of the interaction among all that are aligned.
        cassette: The name of its cassette.
        values: The value of each run; None where it is not there.
        line: Of a span of text, all that is before it on its line.
    """

    place: Place
    at: int
    cassette: str
    values: tuple[str | None, ...]
    line: str = ""

    @property
    def differs(self) -> bool:
        """Whether the runs have different values, or not all have one."""
        return len(set(self.values)) > 1


def sightings_of(aligned: Aligned, at: int) -> Iterator[Sighting]:
    """Yield what stands at every place of an interaction, the request first; an absent body has no place."""
    for place, values, line in [*_request(aligned.items), *_response(aligned.items)]:
        yield Sighting(place, at, aligned.cassette, values, line)


Seen = tuple[Place, tuple[str | None, ...], str]


def _request(items: Sequence[Interaction]) -> Iterator[Seen]:
    requests = [item.request for item in items]
    urls = [urlsplit(request.uri) for request in requests]
    yield Place("request", "method"), tuple(request.method.upper() for request in requests), ""
    yield Place("request", "host"), tuple(url.hostname or "" for url in urls), ""
    ports = tuple(url.netloc.rpartition("@")[2].partition(":")[2] for url in urls)
    if any(ports):
        yield Place("request", "port"), tuple(port or None for port in ports), ""
    yield from _path([url.path for url in urls])
    queries = [_numbered(parse_qsl(url.query, keep_blank_values=True, errors="surrogateescape")) for url in urls]
    for (name, _), values in _joined(queries):
        yield Place("request", "query", name), values, ""
    yield from _headers("request", requests)
    yield from _bodies("request", requests)


def _response(items: Sequence[Interaction]) -> Iterator[Seen]:
    responses = [item.response for item in items]
    yield from _headers("response", responses)
    yield from _bodies("response", responses)


def _path(paths: Sequence[str]) -> Iterator[Seen]:
    """Yield the path segment by segment: one that differs behind those before it, the others by number."""
    split = [[unquote(word, errors="surrogateescape") for word in path.split("/")[1:]] for path in paths]
    before = ""
    for number in range(max(map(len, split))):
        values = tuple(words[number] if number < len(words) else None for words in split)
        differs = len(set(values)) > 1
        step = "*" if differs else str(values[0])
        yield Place("request", "path", f"{before}/*" if differs else f"segment {number + 1}"), values, ""
        before += f"/{step}"


def _headers(side: Side, messages: Sequence[Request | Response]) -> Iterator[Seen]:
    for name, values in _joined([_headers_of(message) for message in messages]):
        sizes = tuple(str(len(message.body)) for message in messages)
        if name != "content-length" or values != sizes:
            yield Place(side, "header", name), values, ""


def _headers_of(message: Request | Response) -> dict[str, str]:
    """Return the values of each header, by lower-case name; a boundary is form, and no value."""
    found: dict[str, list[str]] = {}
    for name, value in message.headers:
        lower = name.lower()
        plain = without_boundary(value) if lower == "content-type" else value
        found.setdefault(lower, []).append(plain.strip())
    return {name: ", ".join(values) for name, values in found.items()}


def _bodies(side: Side, messages: Sequence[Request | Response]) -> Iterator[Seen]:
    bodies = [decoded_body(message.body, message.headers) for message in messages]
    if not any(bodies):
        return
    types = [_content_type(message) for message in messages]
    leaves = [leaves_of(body, kind) for body, kind in zip(bodies, types, strict=True)]
    read = [dict(found) for found in leaves if found is not None]
    sorts = {sort_of(kind) for kind in types}
    if len(read) < len(bodies) or len(sorts) > 1:
        yield from _text(side, bodies)
        return
    values_by_path = _joined(read)
    sort = sorts.pop()
    if sort == "multipart":
        yield from _parts(side, list(values_by_path))
        return
    for path, values in values_by_path:
        yield _leaf_place(side, str(sort), path), tuple(_plain(value) for value in values), ""


def _leaf_place(side: Side, sort: str, path: str) -> Place:
    if sort == "json":
        return Place(side, "json", INDEX.sub(lambda found: found[1] or "[*]", path))
    if sort == "xml":
        return Place(side, "xml", XML_INDEX.sub("", path).removesuffix("/text()"))
    return Place(side, "form", str(_plain(LAST_INDEX.sub("", path))))


def _parts(side: Side, leaves: Sequence[tuple[str, tuple[str | None, ...]]]) -> Iterator[Seen]:
    """Yield the parts of a multipart by name; of one without a name, its text."""
    names = {}
    for path, values in leaves:
        found = PART.fullmatch(path)
        name = PART_NAME.search(_plain(values[0]) or "")
        if found and name and found[2] == "header" and found[3] == "content-disposition":
            names[found[1]] = name[1]
    for path, raw in leaves:
        found = PART.fullmatch(path)
        values = tuple(_plain(value) for value in raw)
        if found is None or (found[1] in names and found[2] == "body"):
            yield Place(side, "part", names[found[1]] if found else path), values, ""
        else:
            yield from _spans(side, values)


def _text(side: Side, bodies: Sequence[bytes]) -> Iterator[Seen]:
    try:
        texts = [body.decode() for body in bodies]
    except UnicodeDecodeError:
        values = tuple(f"{len(body)} bytes, sha256 {hashlib.sha256(body).hexdigest()}" for body in bodies)
        yield Place(side, "bytes"), values, ""
        return
    yield from _spans(side, texts)


def _spans(side: Side, values: Sequence[str | None]) -> Iterator[Seen]:
    """Yield the spans in which texts differ; the whole of what is the same, or the same nowhere."""
    texts = [value for value in values if value is not None]
    spans = spans_of(texts) if len(set(texts)) > 1 and len(texts) == len(values) else None
    if spans is None:
        yield Place(side, "text"), tuple(values), ""
        return
    for span in spans:
        yield Place(side, "text", span.context or "\n"), span.values, span.line


def _content_type(message: Request | Response) -> str:
    return next((value for name, value in message.headers if name.lower() == "content-type"), "")


def _plain(leaf: str | None) -> str | None:
    """Return the string that a leaf tells; a number or a word as it is."""
    return str(json.loads(leaf)) if leaf is not None and leaf.startswith('"') else leaf


def _numbered(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, int], str]:
    """Return the values by name, and number among those of one name."""
    seen: Counter[str] = Counter()
    found = {}
    for name, value in pairs:
        found[name, seen[name]] = value
        seen[name] += 1
    return found


def _joined(maps: Sequence[dict[Item, str]]) -> Iterator[tuple[Item, tuple[str | None, ...]]]:
    """Yield what every run has under a key, in the order in which keys come first."""
    for key in dict.fromkeys(key for found in maps for key in found):
        yield key, tuple(found.get(key) for found in maps)
