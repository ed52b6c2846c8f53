"""The test that every rule carries in itself: it finds what it names, once, and spoils nothing around it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit
from xml.parsers import expat

from conformance.cassette._interaction import Request, Response
from conformance.cassette.scrubbing._place_rule import ANYWHERE, BlankBody, KeepHeaders, Replace
from conformance.cassette.scrubbing._probes import FORM, URI, Unprovable, probes_of
from conformance.cassette.scrubbing._scrubber import Scrubber
from conformance.cassette.scrubbing._values import ReplaceValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.cassette.scrubbing._probes import Probe
    from conformance.cassette.scrubbing._rules import Rule

OF_AN_ADDRESS = re.compile(r"[!#-;=?-\[\]_a-z~%]+")
ORDINARY: tuple[Request | Response, ...] = (
    Request("GET", f"{URI}?ordinary=words"),
    Request("POST", URI, FORM, b"ordinary=words"),
    Request("PUT", URI, (("Content-Type", "text/plain"),), b"ordinary words"),
    Response(200, "OK", (("Content-Type", "application/json"),), b'{"ordinary": "words"}'),
    Response(200, "OK", (("Content-Type", "application/xml"),), b"<Ordinary>words</Ordinary>"),
)


def self_test(rule: Rule) -> str | None:
    """Return what is wrong with a rule, in words that hold nothing secret; None where nothing is.

    Messages are made from what the rule declares: its header, parameter, path, field, part or names, the example of a
    pattern, its value. It has to fire on each, leave nothing of what it removes, leave JSON, XML and addresses whole,
    find nothing more in what it scrubbed, and leave alone what has not its place. Conditions are not looked at. Of a
    rule that keeps interactions out, of a function and of a rule of a project's own, nothing is known.
    """
    if isinstance(rule, Replace):
        rule = replace(rule, when=ANYWHERE, seen={})
    if isinstance(rule, BlankBody) and not rule.pattern.groups:
        return "has a pattern without a group"
    try:
        probes = list(probes_of(rule))
    except Unprovable as wrong:
        return str(wrong)
    return next((wrong for probe in probes for wrong in _wrong(rule, probe)), None) or (
        next(_wrong_with_ordinary(rule), None) if probes else None
    )


def _wrong(rule: Rule, probe: Probe) -> Iterator[str]:
    after = _scrubbed(rule, probe.message)
    if after == probe.message:
        yield f"does not fire on {probe.where}"
    elif _count(after, probe.secret) >= _count(probe.message, probe.secret):
        yield f"leaves what it removes in {probe.where}"
    yield from (f"breaks the {what} of {probe.where}" for what in _broken(probe.message, after))
    if _scrubbed(rule, after) != after:
        yield f"fires again on what it scrubbed in {probe.where}"


def _wrong_with_ordinary(rule: Rule) -> Iterator[str]:
    for message in ORDINARY:
        is_own = isinstance(rule, ReplaceValue) and rule.value.lower() in str(message).lower()
        is_own = is_own or (isinstance(rule, Replace) and _is_any(rule))
        expected = replace(message, headers=()) if isinstance(rule, KeepHeaders) else message
        if not is_own and _scrubbed(rule, expected) != expected:
            yield "changes a message that has not its place"


def _is_any(rule: Replace) -> bool:
    """Return whether the place of a rule may be in any message: every member, every element, every header."""
    return "*" in str(getattr(rule.place, "path", getattr(rule.place, "header", "")))


def _scrubbed(rule: Rule, message: Request | Response) -> Request | Response:
    scrubber = Scrubber([rule]).fresh()
    return scrubber.request(message) if isinstance(message, Request) else scrubber.response(message)


def _count(message: Request | Response, secret: str) -> int:
    texts = [value for _, value in message.headers]
    texts += [message.uri if isinstance(message, Request) else "", message.body.decode("utf-8", "surrogateescape")]
    return sum(text.count(form) for text in texts for form in {secret, quote(secret, safe="")})


def _broken(before: Request | Response, after: Request | Response) -> Iterator[str]:
    """Yield what was whole and is so no more."""
    if isinstance(before, Request) and isinstance(after, Request):
        was, now = urlsplit(before.uri), urlsplit(after.uri)
        is_whole = was.scheme == now.scheme and was.path.count("/") == now.path.count("/") and now.netloc
        if not is_whole or not OF_AN_ADDRESS.fullmatch(after.uri):
            yield "address"
    if any(mark in value for _, value in after.headers for mark in "\r\n"):
        yield "headers"
    if before.body[:1] in {b"{", b"["} and _skeleton(before.body) != _skeleton(after.body):
        yield "JSON"
    if before.body[:1] == b"<" and _is_xml(before.body) and not _is_xml(after.body):
        yield "XML"


def _skeleton(body: bytes) -> object:
    """Return JSON with nothing but its names; of what is no JSON, nothing."""
    try:
        return _names(json.loads(body))
    except ValueError:
        return None


def _names(value: object) -> object:
    if isinstance(value, dict):
        return {name: _names(member) for name, member in value.items()}
    return [_names(member) for member in value] if isinstance(value, list) else ""


def _is_xml(body: bytes) -> bool:
    try:
        expat.ParserCreate().Parse(body, True)  # noqa: FBT003  (expat takes it by position)
    except expat.ExpatError:
        return False
    return True
