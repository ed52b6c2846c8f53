"""Messages that hold something at the place of a rule, made from what the rule itself declares."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from functools import singledispatch
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from conformance.cassette._interaction import Request, Response
from conformance.cassette.scrubbing import _json_paths, _xml_paths
from conformance.cassette.scrubbing._named import NamedSecret
from conformance.cassette.scrubbing._place_rule import BlankBody, DropHeaders, KeepHeaders, Replace
from conformance.cassette.scrubbing._places import (
    BodyPlace,
    FormPlace,
    HeaderPlace,
    JsonPlace,
    PartPlace,
    QueryPlace,
    UrlPlace,
    XmlPlace,
)
from conformance.cassette.scrubbing._shaped import ShapedSecret, StripSigned
from conformance.cassette.scrubbing._values import ReplaceValue

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from conformance.cassette._interaction import Headers
    from conformance.cassette.scrubbing._rules import Side

URI = "http://probe.test/a/b"
SECRET = "Pr0be-Q7xK2mVt9Z"  # noqa: S105  (of no account)
NUMBER = "7340215"
FORM: Headers = (("Content-Type", "application/x-www-form-urlencoded"),)
MULTIPART: Headers = (("Content-Type", "multipart/form-data; boundary=frontier"),)


@dataclass(frozen=True, slots=True)
class Probe:
    """A message in which a rule has something to do.

    Attributes:
        where: The place, in words that hold nothing secret.
        message: The message.
        secret: What stands at the place, and must not any more once it is scrubbed.
    """

    where: str
    message: Request | Response
    secret: str = SECRET


class Unprovable(Exception):
    """A rule declares nothing that it would find; the message says what it lacks."""


@singledispatch
def probes_of(rule: Any) -> Iterator[Probe]:
    """Yield the probes of a rule; none of a rule of which nothing can be known without its author.

    Raises:
        Unprovable: It has no example, or one in which it would find nothing.
    """
    del rule
    yield from ()


@probes_of.register(DropHeaders)
def _dropped(rule: DropHeaders) -> Iterator[Probe]:
    for name in sorted(rule.names):
        yield from _on(rule.side, f"the header {name}", (("Range", "bytes=0-1"), (name.title(), SECRET)))


@probes_of.register(KeepHeaders)
def _unkept(rule: KeepHeaders) -> Iterator[Probe]:
    yield from _on(rule.side, "a header that is not kept", (("X-Probe-Of-A-Rule", SECRET),))


@probes_of.register(BlankBody)
def _blanked(rule: BlankBody) -> Iterator[Probe]:
    found = _found(rule.pattern, rule.example)
    yield Probe("its example", Response(400, "", (), rule.example.encode()), found)


@probes_of.register(StripSigned)
def _signed(rule: StripSigned) -> Iterator[Probe]:
    for name in rule.parameters:
        address = f"{URI}?a=1&{name}={SECRET}&b=2"
        yield Probe(f"an address with {name}", Request("GET", address))
        yield Probe(f"a body with an address with {name}", Response(200, "", (), f'{{"url": "{address}"}}'.encode()))


@probes_of.register(ReplaceValue)
def _value(rule: ReplaceValue) -> Iterator[Probe]:
    value, escaped = rule.value, quote(rule.value, safe="")
    yield Probe("the path", Request("GET", f"{URI}/{escaped}"), escaped)
    yield Probe("the query", Request("GET", f"{URI}?a={escaped}&b=2"), escaped)
    encoded = base64.b64encode(value.encode()).decode()
    forms = {
        "a header": value,
        "a text": f"one {value} two",
        "JSON": json.dumps({"a": value}),
        "XML": f"<a>{escape(value)}</a>",
        "base64": f"one {encoded} two",
        "hexadecimal": f"one {value.encode().hex()} two",
    }
    yield from _on("both", "a header", (("X-Probe", value),), secret=value)
    for where, text in list(forms.items())[1:]:
        secret = {"base64": encoded, "hexadecimal": value.encode().hex(), "JSON": json.dumps(value)[1:-1]}
        told = secret.get(where, escape(value) if where == "XML" else value)
        yield from _on("both", where, (), text.encode(), secret=told)


@probes_of.register(NamedSecret)
def _words(rule: NamedSecret) -> Iterator[Probe]:
    for word in rule.words:
        first, *others = dict.fromkeys(mark.join(word.split()) for mark in ("_", "-", ".", ""))
        yield from _named(first)
        for name in [*others, *[f"db_{first}"] * rule.is_suffix]:
            yield Probe(f"JSON, under {name}", Response(200, "OK", (), json.dumps({name: SECRET}).encode()))


def _named(name: str) -> Iterator[Probe]:
    texts = {
        "JSON": json.dumps({"a": "1", name: SECRET, "b": "2"}),
        "JSON in a string": json.dumps({"a": json.dumps({name: SECRET})}),
        "XML": f"<Root><{name}>{SECRET}</{name}><b>2</b></Root>",
        "a line of settings": f"a: 1\n{name}: {SECRET}\nb: 2\n",
        "a quoted line of settings": f"a: '1'\n{name}: '{SECRET}'\nb: '2'\n",
    }
    for form, text in texts.items():
        yield Probe(f"{form}, under {name}", Response(200, "OK", (), text.encode()))
    pairs = f"a=1&{quote_plus(name)}={SECRET}&b=2"
    yield Probe(f"a form, under {name}", Request("POST", URI, FORM, pairs.encode()))
    yield Probe(f"a query, under {name}", Request("GET", f"{URI}?{pairs}"))


@probes_of.register(ShapedSecret)
def _form(rule: ShapedSecret) -> Iterator[Probe]:
    found = _found(rule.pattern, rule.example)
    yield from _on("both", "its example", (), rule.example.encode(), secret=found)
    if rule.example.isprintable():
        yield from _on("both", "its example in a header", (("X-Probe", rule.example),), secret=found)
    nested = json.dumps({"a": rule.example, "b": "2"})
    yield from _on("both", "its example in JSON", (), nested.encode(), secret=json.dumps(found)[1:-1])


@probes_of.register(Replace)
def _placed(rule: Replace) -> Iterator[Probe]:
    place = rule.place
    if isinstance(place, UrlPlace):
        yield _url_probe(place, rule.example)
    elif isinstance(place, QueryPlace):
        pairs = f"?a=1&{quote(place.parameter, safe='')}={SECRET}&b=2"
        yield Probe(f"the parameter {place.parameter}", Request("GET", URI + pairs))
    elif isinstance(place, HeaderPlace):
        value = _header_value(place, rule.example)
        secret = _found(place.part, value) if place.part else value
        named = (("Range", "bytes=0-1"), (place.header.replace("*", "any").title(), value))
        yield from _on(rule.on, f"the header {place.header}", named, secret=secret)
    else:
        for where, headers, body, secret in _bodies(rule):
            yield from _on(rule.on, where, headers, body.encode("utf-8", "surrogateescape"), secret=secret)


def _header_value(place: HeaderPlace, example: str) -> str:
    values = [example] if example else [SECRET, f"name={SECRET}", f"Bearer {SECRET}"]
    wanted = place.part
    value = values[0] if wanted is None else next((each for each in values if wanted.search(each)), "")
    if not value:
        message = f"has a part that finds nothing in {', '.join(values)}"
        raise Unprovable(message)
    return value


def _bodies(rule: Replace) -> Iterator[tuple[str, Headers, str, str]]:
    """Yield where something stands in a body, the headers, the body, and what stands there."""
    place = rule.place
    if isinstance(place, BodyPlace):
        yield "its example", (), rule.example, _found(place.pattern, rule.example)
    elif isinstance(place, JsonPlace):
        for secret, value in ((SECRET, SECRET), (NUMBER, int(NUMBER))):
            yield f"the JSON at {place.path}", (), json.dumps(_json(_json_paths.parse_path(place.path), value)), secret
    elif isinstance(place, XmlPlace):
        yield f"the XML at {place.path}", (), _xml(_xml_paths.parse_path(place.path)), SECRET
    elif isinstance(place, FormPlace):
        yield f"the field {place.field}", FORM, f"a=1&{quote_plus(place.field)}={SECRET}&b=2", SECRET
    elif isinstance(place, PartPlace):
        parts = (("a", "1"), (place.part, SECRET), ("b", "2"))
        disposition = "Content-Disposition: form-data; name"
        body = "".join(f'--frontier\r\n{disposition}="{name}"\r\n\r\n{value}\r\n' for name, value in parts)
        yield f"the part {place.part}", MULTIPART, f"{body}--frontier--\r\n", SECRET


def _json(steps: tuple[_json_paths.Step, ...], value: object) -> object:
    for kind, name in reversed(steps):
        if kind == "name" and name.isdigit():
            value = [*([None] * int(name)), value]
        else:
            value = {name if kind == "name" else "any": value}
    return value


def _xml(steps: tuple[_xml_paths.Step, ...]) -> str:
    *outer, last = [(is_deep, name.replace("*", "any")) for is_deep, name in steps]
    if last[1].startswith("@"):
        is_deep, name = outer.pop() if outer else (True, "any")
        text = f'<{name} {last[1][1:]}="{SECRET}"><other/></{name}>'
    else:
        is_deep, name = last
        text = f"<{name}>{SECRET}</{name}>"
    for deep, name in [*reversed(outer)]:
        text = f"<outer>{text}</outer>" if is_deep else text
        text, is_deep = f"<{name}>{text}</{name}>", deep
    return f"<outer>{text}</outer>" if is_deep else text


def _url_probe(place: UrlPlace, example: str) -> Probe:
    _found(place.pattern, example)
    uris = [example] if "://" in example else [f"http://probe.test{mark}{example}" for mark in ("", "/")]
    for uri in uris:
        if place.pattern.search(uri):
            return Probe("its example", Request("GET", uri), _found(place.pattern, uri))
    message = "finds nothing where its example is a part of an address"
    raise Unprovable(message)


def _found(pattern: re.Pattern[str] | re.Pattern[bytes], text: str) -> str:
    """Return what a pattern finds in a text: its first group, or all of it."""
    if not text:
        message = "has no example"
        raise Unprovable(message)
    searched: Any = text.encode() if isinstance(pattern.pattern, bytes) else text
    found: Any = pattern.search(searched)
    group = found[1 if pattern.groups else 0] if found else None
    if not group:
        message = "finds nothing in its example"
        raise Unprovable(message)
    return group.decode() if isinstance(group, bytes) else str(group)


def _on(side: Side, where: str, headers: Headers, body: bytes = b"", *, secret: str = SECRET) -> Iterator[Probe]:
    if side != "response":
        yield Probe(f"{where} of a request", Request("POST", URI, headers, body), secret)
    if side != "request":
        yield Probe(f"{where} of a response", Response(200, "OK", headers, body), secret)
