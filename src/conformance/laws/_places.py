"""The places of a message where a secret can stand: how it is put there, and how what stands there is read back.

Every place writes what it is given in the notation of its container, so that the message is well-formed whatever the
secret: an encoding of the container's own family is such a notation already, anything else is escaped for it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, unquote, urlsplit
from xml.etree import ElementTree as ET

from conformance.cassette import Interaction, Request, Response
from conformance.laws._encodings import json_escaped, xml_escaped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.cassette import Headers
    from conformance.laws._encodings import Encoding, Family

Side = Literal["request", "response"]
Slots = dict[str, str]
Body = tuple[str, bytes]

SUB = "!$'()*,;"
SAFE = {
    "url path segment": SUB + "&+=:@",
    "url query value": SUB + "+=:@/?",
    "url query name": SUB + "+:@/?",
    "url userinfo": SUB + "&+=",
    "url fragment": SUB + "&+=:@/?",
}
HEADER, REPEATED = "Content-Planted", "Content-Repeated"  # no rule set drops a header of the content
BOUNDARY = "planted-boundary"
NOISE_BYTES = 16
BEFORE, AFTER = b"\x00\xfe\x00", b"\x00\xfd\x00"
OWN: dict[str, Family] = {"json": "json", "xml": "xml", "form": "percent", "url": "percent"}


@dataclass(frozen=True, slots=True)
class Place:
    """One place.

    Attributes:
        name: What it is called in reports, and what ``Planted.pairs`` names it by.
        side: Which message it is in.
        layout: The sort of message it is in; places of one layout and side stand in one message.
        slot: Its name within the layout.
    """

    name: str
    side: Side
    layout: str
    slot: str

    def undoes(self, encoding: Encoding) -> bool:
        """Return whether the notation of the place is that of the encoding, so that reading the place reads both."""
        return OWN.get(self._notation) == encoding.family and self.slot != "cdata"

    def written(self, encoding: Encoding, secret: str) -> str:
        """Return what stands at the place: the encoded secret, in the notation of the container."""
        text = encoding.write(secret)
        if self.undoes(encoding):
            return text
        escape = ESCAPES.get(self._notation)
        if self._notation == "url":
            return quote(text, safe=SAFE[self.slot] if encoding.family in ("raw", "case") else "")
        return escape(text) if escape and self.slot != "cdata" else text

    def read(self, item: Interaction) -> str:
        """Return what stands there, out of the notation of the container.

        Raises:
            LookupError: There is nothing at the place.
            ValueError: The container is not well-formed.
        """
        if self.layout == "address" and self.slot in SAFE:
            return READ_URL[self.slot](item.request.uri)
        message = item.request if self.side == "request" else item.response
        if self.layout == "address":
            values = [value for name, value in message.headers if name.lower() == self.slot.lower()]
            return values[1 if self.slot == REPEATED else 0]
        return LAYOUTS[self.layout][1](message)[self.slot]

    @property
    def _notation(self) -> str:
        return "url" if self.slot in SAFE else self.layout


def build(layout: str, slots: Mapping[Side, Slots], *, around: str) -> Interaction:
    """Return an interaction of a layout with what is given in its slots, and nothing where nothing is given.

    Args:
        layout: ``address``, or the name of a sort of body.
        slots: What stands where, by side and slot.
        around: A text that stands before the secret in free text, and that the bytes of binary bodies are made of.
    """
    sent, received = slots.get("request", {}), slots.get("response", {})
    if layout == "address":
        uri = _url(sent)
        return Interaction(Request("GET", uri, _headers(sent)), Response(200, "OK", _headers(received)))
    request = Request("POST", "https://box.test/files/data")
    response = Response(200, "OK")
    if sent:
        headers, body, _ = _body(layout, sent, around)
        request = Request("POST", request.uri, headers, body)
    if received:
        headers, body, chunks = _body(layout, received, around)
        response = Response(200, "OK", headers, body, chunks)
    return Interaction(request, response)


def _body(layout: str, slots: Slots, around: str) -> tuple[Headers, bytes, tuple[int, ...]]:
    content_type, body = LAYOUTS[layout][0](slots, around)
    headers: Headers = (("Content-Type", content_type),)
    if layout in ("gzip", "deflate"):
        headers += (("Content-Encoding", layout),)
    if layout == "chunked":
        middle = body.index(slots["text"].encode()) + len(slots["text"].encode()) // 2
        return (*headers, ("Transfer-Encoding", "chunked")), body, (middle, len(body) - middle)
    return (*headers, ("Content-Length", str(len(body)))), body, ()


def _url(slots: Slots) -> str:
    user = f"{slots['url userinfo']}@" if "url userinfo" in slots else ""
    segment = f"{slots['url path segment']}/" if "url path segment" in slots else ""
    pairs = [f"field={slots['url query value']}"] if "url query value" in slots else []
    pairs += [f"{slots['url query name']}=named"] if "url query name" in slots else []
    query = "?" + "&".join(pairs) if pairs else ""
    fragment = f"#{slots['url fragment']}" if "url fragment" in slots else ""
    return f"https://{user}box.test/files/{segment}data{query}{fragment}"


def _pair(uri: str, *, named: bool) -> str:
    pairs = [pair.partition("=")[::2] for pair in urlsplit(uri).query.split("&")]
    return next(unquote(name if named else value) for name, value in pairs if (value == "named") == named)


def _query(*, named: bool) -> Callable[[str], str]:
    def read(uri: str) -> str:
        try:
            return _pair(uri, named=named)
        except StopIteration:
            raise LookupError(uri) from None

    return read


READ_URL: dict[str, Callable[[str], str]] = {
    "url path segment": lambda uri: unquote(urlsplit(uri).path.split("/")[2]),
    "url query value": _query(named=False),
    "url query name": _query(named=True),
    "url userinfo": lambda uri: unquote(urlsplit(uri).netloc.rpartition("@")[0]),
    "url fragment": lambda uri: unquote(urlsplit(uri).fragment),
}


def _headers(slots: Slots) -> Headers:
    pairs = [(HEADER, slots[HEADER])] if HEADER in slots else []
    return (*pairs, *([(REPEATED, "first"), (REPEATED, slots[REPEATED])] if REPEATED in slots else []))


def _write_text(slots: Slots, around: str) -> Body:
    return "text/plain; charset=utf-8", f"{around}> {slots['text']} .".encode()


def _read_text(body: bytes) -> Slots:
    text = body.decode()
    if "> " not in text or not text.endswith(" ."):
        message = "a text without what stood around the secret"
        raise ValueError(message)
    return {"text": text.partition("> ")[2][:-2]}


def _write_json(slots: Slots, _around: str) -> Body:
    members = []
    if "value" in slots:
        members.append(f'"value": "{slots["value"]}"')
    if "deep" in slots:
        members.append(f'"deep": [{{"a": [[{{"b": {{"c": "{slots["deep"]}"}}}}]]}}]')
    if "inside" in slots:
        inner = f'{{"field": "{slots["inside"]}"}}'
        members.append(f'"inside": {json.dumps(inner)}')
    if "key" in slots:
        members.append(f'"keys": {{"{slots["key"]}": 1}}')
    return "application/json; charset=utf-8", f"{{{', '.join(members)}}}".encode()


def _read_json(body: bytes) -> Slots:
    value: dict[str, Any] = json.loads(body)
    found = {}
    if "value" in value:
        found["value"] = value["value"]
    if "deep" in value:
        found["deep"] = value["deep"][0]["a"][0][0]["b"]["c"]
    if "inside" in value:
        found["inside"] = json.loads(value["inside"])["field"]
    if "keys" in value:
        found["key"] = next(iter(value["keys"]))
    return found


def _write_xml(slots: Slots, _around: str) -> Body:
    elements = f"<Text>{slots['text']}</Text>" if "text" in slots else ""
    elements += f'<Attribute value="{slots["attribute"]}"/>' if "attribute" in slots else ""
    elements += f"<Data><![CDATA[{slots['cdata']}]]></Data>" if "cdata" in slots else ""
    return "application/xml", f'<?xml version="1.0" encoding="utf-8"?><Answer>{elements}</Answer>'.encode()


def _read_xml(body: bytes) -> Slots:
    try:
        root = ET.fromstring(body)  # noqa: S314  (built here; expat refuses what expands)
    except ET.ParseError as error:
        raise ValueError(str(error)) from error
    attribute = root.find("Attribute")
    found = {"text": root.findtext("Text"), "cdata": root.findtext("Data")}
    found["attribute"] = attribute.get("value") if attribute is not None else None
    return {slot: text for slot, text in found.items() if text is not None}


def _write_form(slots: Slots, _around: str) -> Body:
    pairs = [f"field={slots['value']}"] if "value" in slots else []
    pairs += [f"{slots['name']}=named"] if "name" in slots else []
    return "application/x-www-form-urlencoded", "&".join(["grant=plain", *pairs]).encode()


def _read_form(body: bytes) -> Slots:
    found = {}
    for pair in body.decode().split("&")[1:]:
        name, _, value = pair.partition("=")
        found["name" if value == "named" else "value"] = unquote(name if value == "named" else value)
    return found


def _write_multipart(slots: Slots, _around: str) -> Body:
    parts = []
    if "content" in slots:
        parts.append(f'Content-Disposition: form-data; name="field"\r\n\r\n{slots["content"]}')
    if "filename" in slots:
        name = slots["filename"].replace('"', "%22")  # WHATWG HTML, multipart/form-data
        parts.append(
            f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/plain\r\n\r\nabc'
        )
    body = "".join(f"--{BOUNDARY}\r\n{part}\r\n" for part in parts) + f"--{BOUNDARY}--\r\n"
    return f"multipart/form-data; boundary={BOUNDARY}", body.encode()


def parts_of(body: bytes) -> list[tuple[str, str]]:
    """Return the parts of a multipart body that was built here, each as its headers and its content.

    Raises:
        ValueError: It is not delimited as it should be.
    """
    head, *parts = f"\r\n{body.decode()}".split(f"\r\n--{BOUNDARY}")
    if head or not parts or parts[-1] != "--\r\n":
        message = "a multipart body without its delimiters"
        raise ValueError(message)
    split = [part.removeprefix("\r\n").partition("\r\n\r\n") for part in parts[:-1]]
    if not all(gap for _, gap, _ in split):
        message = "a part without an end of its headers"
        raise ValueError(message)
    return [(headers, content) for headers, _, content in split]


def _read_multipart(body: bytes) -> Slots:
    found = {}
    for headers, content in parts_of(body):
        name = re.search(r'filename="([^"]*)"', headers)
        if name:
            found["filename"] = name[1].replace("%22", '"')
        else:
            found["content"] = content
    return found


def _write_binary(slots: Slots, around: str) -> Body:
    noise = hashlib.shake_256(around.encode()).digest(NOISE_BYTES)
    return "application/octet-stream", noise + BEFORE + slots["text"].encode() + AFTER + noise


def _read_binary(body: bytes) -> Slots:
    inner, gap, _ = body.partition(BEFORE)[2].partition(AFTER)
    if not gap:
        message = "a binary body without what stood around the secret"
        raise ValueError(message)
    return {"text": inner.decode()}


def _write_gzip(slots: Slots, around: str) -> Body:
    content_type, body = _write_text(slots, around)
    return content_type, gzip.compress(body, mtime=0)


def _write_deflate(slots: Slots, around: str) -> Body:
    content_type, body = _write_text(slots, around)
    return content_type, zlib.compress(body)


def _read_gzip(body: bytes) -> Slots:
    try:
        return _read_text(gzip.decompress(body))
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(str(error)) from error


def _read_deflate(body: bytes) -> Slots:
    try:
        return _read_text(zlib.decompress(body))
    except zlib.error as error:
        raise ValueError(str(error)) from error


def _of_body(read: Callable[[bytes], Slots]) -> Callable[[Request | Response], Slots]:
    return lambda message: read(message.body)


ESCAPES: dict[str, Callable[[str], str]] = {
    "json": json_escaped,
    "xml": xml_escaped,
    "form": lambda text: quote(text, safe=""),
}
LAYOUTS: dict[str, tuple[Callable[[Slots, str], Body], Callable[[Request | Response], Slots]]] = {
    "text": (_write_text, _of_body(_read_text)),
    "json": (_write_json, _of_body(_read_json)),
    "xml": (_write_xml, _of_body(_read_xml)),
    "form": (_write_form, _of_body(_read_form)),
    "multipart": (_write_multipart, _of_body(_read_multipart)),
    "gzip": (_write_gzip, _of_body(_read_gzip)),
    "deflate": (_write_deflate, _of_body(_read_deflate)),
    "binary": (_write_binary, _of_body(_read_binary)),
    "chunked": (_write_text, _of_body(_read_text)),
}
BODIES = [
    ("text", "text", "text"),
    ("json value", "json", "value"),
    ("json, nested deep", "json", "deep"),
    ("json inside a json string", "json", "inside"),
    ("json key", "json", "key"),
    ("xml text", "xml", "text"),
    ("xml attribute", "xml", "attribute"),
    ("xml cdata", "xml", "cdata"),
    ("form value", "form", "value"),
    ("form name", "form", "name"),
    ("part content", "multipart", "content"),
    ("part header", "multipart", "filename"),
    ("gzip", "gzip", "text"),
    ("deflate", "deflate", "text"),
    ("binary", "binary", "text"),
]


def _all() -> list[Place]:
    found = [Place(name, "request", "address", name) for name in SAFE]
    sides: tuple[Side, Side] = ("request", "response")
    for side in sides:
        found.append(Place(f"{side} header", side, "address", HEADER))
        found.append(Place(f"{side} header, second value", side, "address", REPEATED))
    found += [Place(f"{side} body, {name}", side, layout, slot) for side in sides for name, layout, slot in BODIES]
    return [*found, Place("response body, across chunks", "response", "chunked", "text")]


PLACES: dict[str, Place] = {place.name: place for place in _all()}
