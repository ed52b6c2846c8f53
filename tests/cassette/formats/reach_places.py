"""Where the places are that a rule may name; written from what they declare."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, unquote_plus

from tests.cassette.formats.reach_forms import spans_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.cassette import Request, Response
    from tests.cassette.formats.reach_forms import Span

    Message = Request | Response

PATH_STEP = re.compile(r"\.\.(?=\[)|\.\.|\.?\*|\[\*\]|\[\d+\]|\['[^']*'\]|\[\"[^\"]*\"\]|\.?[A-Za-z_][\w-]*")
TAG = re.compile(rb"<(/?)([\w:.-]+)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*?)(/?)>")
BLANK = re.compile(rb"[\s,:]*")


def header_spans(place: Any, name: str, value: bytes) -> list[Span]:
    if not fnmatchcase(name.lower(), place.header):
        return []
    text = value.decode("utf-8", "surrogateescape")
    if place.part is None:
        return [(0, len(value))]
    return [_in_bytes(text, found.span(1)) for found in place.part.finditer(text)]


def uri_spans(place: Any, uri: bytes) -> list[Span]:
    kind = type(place).__name__
    if kind == "UrlPlace":
        text = uri.decode()
        found = [each.span(1 if place.pattern.groups else 0) for each in place.pattern.finditer(text)]
        return [_in_bytes(text, span) for span in found]
    start = uri.find(b"?") + 1
    if kind != "QueryPlace" or not start:
        return []
    return _pair_spans(uri.partition(b"#")[0], start, place.parameter, unquote)


def body_spans(place: Any, message: Message) -> list[Span]:
    finds = BODY.get(type(place).__name__)
    return finds(place, message) if finds else []


def _of_pattern(place: Any, message: Message) -> list[Span]:
    return spans_of(place.pattern, message.body)


def _of_json(place: Any, message: Message) -> list[Span]:
    steps = []
    for step in PATH_STEP.findall(place.path.removeprefix("$")):
        name = step.strip(".[]'\"")
        steps.append("(?:/[^/]*)*" if step == ".." else "/[^/]*" if name == "*" else "/" + re.escape(name))
    is_there = re.compile("".join(steps) + "(?:/.*)?", re.DOTALL).fullmatch
    return [(start, end) for path, start, end in _scalars(message.body) if is_there(path)]


def _scalars(text: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield each scalar of a text of JSON with its path; nothing where it is none."""
    try:
        json.loads(text)
    except ValueError:
        return
    yield from _members(text.decode(), text, 0, "")


def _members(text: str, data: bytes, at: int, path: str) -> Iterator[tuple[str, int, int]]:
    at = _skipped(text, at)
    if text[at] not in "[{":
        start, end = _in_bytes(text, (at, json.JSONDecoder().raw_decode(text, at)[1]))
        yield path, start, end
        return
    is_object, index = text[at] == "{", 0
    at = _skipped(text, at + 1)
    while text[at] not in "]}":
        name: object = index
        if is_object:
            name, at = json.JSONDecoder().raw_decode(text, at)
            at = _skipped(text, at)
        yield from _members(text, data, at, f"{path}/{name}")
        at = _skipped(text, json.JSONDecoder().raw_decode(text, at)[1])
        index += 1


def _skipped(text: str, at: int) -> int:
    found = re.compile(r"[\s,:]*").match(text, at)
    return found.end() if found else at


def _of_xml(place: Any, message: Message) -> list[Span]:
    path, _, attribute = place.path.partition("@")
    steps = re.escape(path.rstrip("/")).replace("//", "/(?:[^/]+/)*").replace(r"\*", "[^/]+")
    is_there = re.compile(steps or ".*").fullmatch
    found: list[Span] = []
    opened: list[tuple[str, int]] = []
    for tag in TAG.finditer(message.body):
        close, name, attributes, is_empty = tag.groups()
        local = name.rpartition(b":")[2].decode()
        if close:
            here, start = "/" + "/".join(each for each, _ in opened), opened.pop()[1]
            if not attribute and is_there(here):
                found.append((start, tag.start()))
            continue
        opened.append((local, tag.end()))
        value = attribute and re.search(rb"\s%b\s*=\s*[\"']([^\"']*)" % attribute.encode(), attributes)
        if value and is_there("/" + "/".join(each for each, _ in opened)):
            found.append((tag.start(3) + value.start(1), tag.start(3) + value.end(1)))
        if is_empty:
            opened.pop()
    return found


def _of_form(place: Any, message: Message) -> list[Span]:
    if "x-www-form-urlencoded" not in _content_type(message):
        return []
    return _pair_spans(message.body, 0, place.field, unquote_plus)


def _of_part(place: Any, message: Message) -> list[Span]:
    boundary = re.search(r"multipart/.*boundary=\"?([^\";]+)", _content_type(message))
    if boundary is None:
        return []
    found, at = [], 0
    for piece in message.body.split(f"--{boundary[1]}".encode()):
        head, blank, content = piece.partition(b"\r\n\r\n")
        if blank and re.search(rb'name="?%b"?' % re.escape(place.part.encode()), head, re.IGNORECASE):
            start = at + len(head) + len(blank)
            found.append((start, start + len(content.removesuffix(b"\r\n"))))
        at += len(piece) + len(boundary[1]) + 2
    return found


BODY: dict[str, Callable[[Any, Message], list[Span]]] = {
    "BodyPlace": _of_pattern,
    "JsonPlace": _of_json,
    "XmlPlace": _of_xml,
    "FormPlace": _of_form,
    "PartPlace": _of_part,
}


def _content_type(message: Message) -> str:
    return next((value for name, value in message.headers if name.lower() == "content-type"), "")


def _pair_spans(text: bytes, at: int, wanted: str, read: Callable[[str], str]) -> list[Span]:
    found = []
    for pair in text[at:].split(b"&"):
        name, mark, value = pair.partition(b"=")
        if mark and read(name.decode("latin-1")) == wanted:
            found.append((at + len(name) + 1, at + len(name) + 1 + len(value)))
        at += len(pair) + 1
    return found


def _in_bytes(text: str, span: Span) -> Span:
    start, end = (len(text[:at].encode("utf-8", "surrogateescape")) for at in span)
    return start, end
