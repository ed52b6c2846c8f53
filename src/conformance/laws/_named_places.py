"""Places with a name that tells what they hold: where a rule that goes by names says that it looks.

Three names stand for all: the header ``Authorization`` (``Set-Cookie`` in a response), the query parameter ``sig`` and
the field ``client_secret``. They are planted only for a target that asks for them. Each is one sort of message, built
around the secret, so that what a rule overlooks is how the name is written, or what it stands in.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from conformance.cassette import Interaction, Request, Response, decoded_body
from conformance.laws._encodings import json_escaped
from conformance.laws._places import BOUNDARY, OWN, SUB

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.cassette import Headers
    from conformance.laws._encodings import Encoding
    from conformance.laws._places import Side

BOX = "https://box.test/files/data"
NEXT = "https://box.test/next?sig="
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
PARTS = f"multipart/form-data; boundary={BOUNDARY}"
MARK = "planted-mark"
PADDING = 65_536
SAFE_IN_URL = SUB + "+:@/?"
ESCAPE: dict[str, Callable[[str], str]] = {
    "url": lambda text: quote(text, safe=""),
    "form": lambda text: quote(text, safe=""),
    "json": json_escaped,
}
UNDO: dict[str, Callable[[str], str]] = {
    "url": unquote,
    "form": unquote,
    "json": lambda text: str(json.loads(f'"{text}"')),
}


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """One place that has a name.

    Attributes:
        name: What it is called in reports, and what ``Planted.pairs`` names it by.
        side: Which message it is in.
        notations: How what stands there is escaped, innermost first.
        make: Returns a message with a text at the place, as it is written.
    """

    name: str
    side: Side
    notations: tuple[str, ...]
    make: Callable[[str], Interaction]
    slot: str = "text"

    @property
    def layout(self) -> str:
        """A sort of message of its own."""
        return self.name

    def undoes(self, encoding: Encoding) -> bool:
        """Return whether the notation of the place is that of the encoding, so that reading the place reads both."""
        return len(self.notations) == 1 and OWN[self.notations[0]] == encoding.family

    def written(self, encoding: Encoding, secret: str) -> str:
        """Return what stands at the place: the encoded secret, in the notations of what it stands in."""
        text = encoding.write(secret)
        if self.undoes(encoding):
            return text
        if self.notations == ("url",) and encoding.family in ("raw", "case"):
            return quote(text, safe=SAFE_IN_URL)
        for notation in self.notations:
            text = ESCAPE[notation](text)
        return text

    def read(self, item: Interaction) -> str:
        """Return what stands there, out of its notations.

        Raises:
            LookupError: There is nothing at the place.
            ValueError: It is not escaped as it should be.
        """
        found, (before, after) = _text(item, self.side), _text(self.make(MARK), self.side).split(MARK)
        if len(found) < len(before + after) or not (found.startswith(before) and found.endswith(after)):
            raise LookupError(self.name)
        text = found[len(before) : len(found) - len(after)]
        for notation in reversed(self.notations):
            text = UNDO[notation](text)
        return text


def _text(item: Interaction, side: Side) -> str:
    message = item.request if side == "request" else item.response
    told = {"content-length", "content-encoding"}
    headers = "".join(f"{name}: {value}\n" for name, value in message.headers if name.lower() not in told)
    first = message.uri if isinstance(message, Request) else ""
    return f"{first}\n{headers}{decoded_body(message.body, message.headers).decode('utf-8', 'surrogateescape')}"


def _asked(
    before: str = "", *, headers: Sequence[tuple[str, str]] = (), after: str = ""
) -> Callable[[str], Interaction]:
    """Return what makes a GET with a text behind a query, or in the last of its headers."""

    def make(text: str) -> Interaction:
        if not headers:
            return Interaction(Request("GET", f"{BOX}{before}{text}{after}"), Response(200, "OK"))
        return Interaction(Request("GET", BOX, _filled(headers, text)), Response(200, "OK"))

    return make


def _told(*headers: tuple[str, str], status: int = 200) -> Callable[[str], Interaction]:
    """Return what makes an answer with a text in the last of its headers."""
    return lambda text: Interaction(Request("GET", BOX), Response(status, "", _filled(headers, text)))


def _filled(headers: Sequence[tuple[str, str]], text: str) -> Headers:
    *others, (name, value) = headers
    return (*others, (name, f"{value}{text}"))


def _posted(
    content_type: str, before: str, after: str = "", *, method: str = "POST", is_compressed: bool = False
) -> Callable[[str], Interaction]:
    """Return what makes a request with a text in its body."""

    def make(text: str) -> Interaction:
        headers, body = _body(content_type, f"{before}{text}{after}", is_compressed=is_compressed)
        return Interaction(Request(method, BOX, headers, body), Response(200, "OK"))

    return make


def _answered(
    content_type: str, before: str, after: str = "", *, is_compressed: bool = False
) -> Callable[[str], Interaction]:
    """Return what makes an answer with a text in its body."""

    def make(text: str) -> Interaction:
        headers, body = _body(content_type, f"{before}{text}{after}", is_compressed=is_compressed)
        return Interaction(Request("GET", BOX), Response(200, "OK", headers, body))

    return make


def _body(content_type: str, text: str, *, is_compressed: bool) -> tuple[Headers, bytes]:
    headers: Headers = (("Content-Type", content_type),)
    if is_compressed:
        return (*headers, ("Content-Encoding", "gzip")), gzip.compress(text.encode(), mtime=0)
    return headers, text.encode()


def _part(disposition: str) -> tuple[str, str]:
    return f"--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n", f"\r\n--{BOUNDARY}--\r\n"


_FIELD = '{"client_secret": "', '"}'
_NESTED = '{"auth": {"client_secret": "', '"}}'
_LISTED = '[{"client_secret": "', '"}]'
_INSIDE = '{"text": "{\\"client_secret\\": \\"', '\\"}"}'
_LARGE = f'{{"padding": "{"." * PADDING}", "client_secret": "', '"}'
_BASIC = ("Authorization", "Basic ")
_BEARER = ("Authorization", "Bearer ")

_ALL = (
    NamedPlace("request header Authorization", "request", (), _asked(headers=[_BEARER])),
    NamedPlace(
        "request header Authorization, upper case", "request", (), _asked(headers=[("AUTHORIZATION", "Bearer ")])
    ),
    NamedPlace("request header Authorization, second value", "request", (), _asked(headers=[_BASIC, _BEARER])),
    NamedPlace("response header Set-Cookie", "response", (), _told(("Set-Cookie", "session="))),
    NamedPlace(
        "response header Set-Cookie, second value",
        "response",
        (),
        _told(("Set-Cookie", "theme=dark"), ("Set-Cookie", "session=")),
    ),
    NamedPlace("query sig", "request", ("url",), _asked("?sig=")),
    NamedPlace("query sig, upper case", "request", ("url",), _asked("?SIG=")),
    NamedPlace("query sig, name escaped", "request", ("url",), _asked("?s%69g=")),
    NamedPlace("query sig, second value", "request", ("url",), _asked("?sig=first&sig=")),
    NamedPlace("query sig in the fragment", "request", ("url",), _asked("#sig=")),
    NamedPlace("query sig of a URL in a query", "request", ("url", "url"), _asked(f"?source={quote(NEXT, safe='')}")),
    NamedPlace("query sig of a URL in a request header", "request", ("url",), _asked(headers=[("Copy-Source", NEXT)])),
    NamedPlace(
        "query sig of a URL in a request body", "request", ("url", "json"), _posted(JSON, f'{{"source": "{NEXT}', '"}')
    ),
    NamedPlace("query sig of a URL in Location", "response", ("url",), _told(("Location", NEXT), status=302)),
    NamedPlace(
        "query sig of a URL in a response body",
        "response",
        ("url", "json"),
        _answered(JSON, f'{{"next": "{NEXT}', '"}'),
    ),
    NamedPlace("form client_secret", "request", ("form",), _posted(FORM, "client_secret=")),
    NamedPlace("form client_secret, upper case", "request", ("form",), _posted(FORM, "CLIENT_SECRET=")),
    NamedPlace("form client_secret, name escaped", "request", ("form",), _posted(FORM, "client%5Fsecret=")),
    NamedPlace(
        "form client_secret, second value", "request", ("form",), _posted(FORM, "client_secret=first&client_secret=")
    ),
    NamedPlace("form client_secret, put", "request", ("form",), _posted(FORM, "client_secret=", method="PUT")),
    NamedPlace("form client_secret, gzip", "request", ("form",), _posted(FORM, "client_secret=", is_compressed=True)),
    NamedPlace("json client_secret", "request", ("json",), _posted(JSON, *_FIELD)),
    NamedPlace(
        "json client_secret, name escaped", "request", ("json",), _posted(JSON, '{"client\\u005fsecret": "', '"}')
    ),
    NamedPlace("json client_secret, charset", "request", ("json",), _posted(f"{JSON}; charset=utf-8", *_FIELD)),
    NamedPlace("json client_secret, +json", "request", ("json",), _posted("application/vnd.box+json", *_FIELD)),
    NamedPlace("json client_secret, nested", "request", ("json",), _posted(JSON, *_NESTED)),
    NamedPlace("json client_secret, in a list", "request", ("json",), _posted(JSON, *_LISTED)),
    NamedPlace("json client_secret, inside a string", "request", ("json", "json"), _posted(JSON, *_INSIDE)),
    NamedPlace("json client_secret, gzip", "request", ("json",), _posted(JSON, *_FIELD, is_compressed=True)),
    NamedPlace("json client_secret, behind 64 KiB", "request", ("json",), _posted(JSON, *_LARGE)),
    NamedPlace("part client_secret", "request", (), _posted(PARTS, *_part('name="client_secret"'))),
    NamedPlace("part client_secret, name not quoted", "request", (), _posted(PARTS, *_part("name=client_secret"))),
    NamedPlace("response json client_secret", "response", ("json",), _answered(JSON, *_FIELD)),
    NamedPlace("response json client_secret, nested", "response", ("json",), _answered(JSON, *_NESTED)),
    NamedPlace(
        "response json client_secret, gzip", "response", ("json",), _answered(JSON, *_FIELD, is_compressed=True)
    ),
    NamedPlace(
        "response event client_secret",
        "response",
        ("json",),
        _answered("text/event-stream", 'data: {"client_secret": "', '"}\n\n'),
    ),
)

NAMED_PLACES: dict[str, NamedPlace] = {place.name: place for place in _ALL}
