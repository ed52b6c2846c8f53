"""The redaction rules of seinfeld, as targets of `conformance fuzz`.

seinfeld is a TypeScript package; what its documented rules do is written down here in Python: headers are masked by
name, members of JSON by path or regular expression, parameters of the query are deleted, and regular expressions run
over bodies of text. What they do not say is not tried.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus, urlsplit, urlunsplit

from conformance.cassette import Request, Response, decoded_body
from conformance.laws import NAMED_PLACES, PLACES

if TYPE_CHECKING:
    from collections.abc import Callable
    from urllib.parse import SplitResult

    from conformance.cassette import Headers

MASK = "[REDACTED]"
BLOB_BYTES = 65_536  # a larger body is stored beside the cassette, as it came
AUTH = (
    "authorization", "api-key", "x-api-key", "x-anthropic-api-key", "x-goog-api-key", "cookie", "set-cookie",
    "proxy-authorization",
)  # fmt: skip
PARANOID = r"(?i)\b(?:api_?key|access_token|refresh_token|prompt_cache_key|token|secret|password|authorization)\b"
TEXT = re.compile(r"text/|.*xml|.*javascript|application/x-www-form-urlencoded")
JSON = re.compile(r"application/json|.*\+json")
EVENTS = "text/event-stream"
Field = str | re.Pattern[str]


@dataclass(frozen=True)
class Rules:
    """A redactor.

    Attributes:
        headers: `redactHeaders`: names, in any case; the values become a mask.
        fields: `redactBodyFields`: dotted paths, in which `*` is one segment and `**` any number of them, or regular
            expressions that are tried on the whole dotted path.
        query: `redactQueryParams`: names of parameters, which are deleted.
        text: `redactBodyText`: regular expressions, tried on bodies of text and on events.
        omits_request_headers: `omitRequestHeaders`.
    """

    headers: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    query: tuple[str, ...] = ()
    text: tuple[re.Pattern[str], ...] = ()
    omits_request_headers: bool = False

    def request(self, request: Request) -> Request:
        headers = () if self.omits_request_headers else self._masked(request.headers)
        body = self._body(request.body, request.headers)
        return replace(request, uri=self._uri(request.uri), headers=headers, body=body)

    def response(self, response: Response) -> Response:
        told = {"content-encoding", "content-length"}
        body = self._body(decoded_body(response.body, response.headers), response.headers)
        headers = tuple((name, value) for name, value in response.headers if name.lower() not in told)
        return Response(response.status, response.reason, self._masked(headers), body)

    def _masked(self, headers: Headers) -> Headers:
        return tuple((name, MASK if name.lower() in self.headers else value) for name, value in headers)

    def _uri(self, uri: str) -> str:
        parts: SplitResult = urlsplit(uri)
        kept = [pair for pair in parts.query.split("&") if unquote_plus(pair.partition("=")[0]) not in self.query]
        return urlunsplit(parts._replace(query="&".join(kept)))

    def _body(self, body: bytes, headers: Headers) -> bytes:
        content_type = next((value for name, value in headers if name.lower() == "content-type"), "")
        if not body or len(body) > BLOB_BYTES:
            return body
        if content_type.startswith(EVENTS):
            lines = [self._event(line) for line in body.decode().split("\n")]
            return self._texts("\n".join(lines)).encode()
        if JSON.match(content_type):
            return self._json(body.decode()).encode()
        if TEXT.match(content_type):
            return self._texts(self._json(body.decode())).encode()
        return body

    def _event(self, line: str) -> str:
        return f"data: {self._json(line[6:])}" if line.startswith("data: ") else line

    def _texts(self, text: str) -> str:
        for pattern in self.text:
            text = pattern.sub(MASK, text)
        return text

    def _json(self, text: str) -> str:
        """Return JSON with its fields masked; a text that is none as it is."""
        try:
            value = json.loads(text)
        except ValueError:
            return text
        return json.dumps(self._fields(value, ())) if self.fields else text

    def _fields(self, value: Any, path: tuple[str, ...]) -> Any:
        if path and any(_is_at(field, path) for field in self.fields):
            return MASK
        if isinstance(value, dict):
            return {name: self._fields(inner, (*path, name)) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._fields(inner, (*path, str(at))) for at, inner in enumerate(value)]
        return value


def _is_at(field: Field, path: tuple[str, ...]) -> bool:
    if isinstance(field, re.Pattern):
        return field.search(".".join(path)) is not None
    return _fits(tuple(field.split(".")), path)


def _fits(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    if not pattern or not path:
        return pattern in (path, ("**",))
    if pattern[0] == "**":
        return _fits(pattern[1:], path) or _fits(pattern, path[1:])
    return pattern[0] in ("*", path[0]) and _fits(pattern[1:], path[1:])


@dataclass(frozen=True)
class Recipe:
    """One way to configure the rules: what makes them of a secret, where secrets are planted, and its source."""

    rules: Callable[[str], Rules]
    places: tuple[str, ...]
    configured: str

    def __call__(self, secret: str) -> Rules:
        return self.rules(secret)


def _named(*words: str) -> tuple[str, ...]:
    """Return the places that begin with one of some words, and about which the rules say what they do."""
    unsaid = ("form client_secret, gzip", "json client_secret, gzip", "json client_secret, inside a string")
    return tuple(name for name in NAMED_PLACES if name.startswith(words) and name not in unsaid)


HEADERS = _named("request header", "response header")
QUERY = _named("query sig")
FIELDS = _named("form client_secret", "json client_secret", "part client_secret", "response json", "response event")
UNSAID = ("request body, gzip", "request body, deflate")

aggressive = Recipe(lambda _secret: Rules(headers=AUTH), HEADERS, "redact: 'aggressive'")
paranoid = Recipe(
    lambda _secret: Rules(
        AUTH, (re.compile(PARANOID),), text=(re.compile(r"Bearer \S+|sk-[A-Za-z0-9]{20,}"),), omits_request_headers=True
    ),
    (*HEADERS, *QUERY),
    "redact: 'paranoid'",
)
query = Recipe(lambda _secret: Rules(query=("sig",)), QUERY, "redact: { redactQueryParams: ['sig'] }")
fields = Recipe(
    lambda _secret: Rules(fields=("**.client_secret",)), FIELDS, "redact: { redactBodyFields: ['**.client_secret'] }"
)
anchored_fields = Recipe(
    lambda _secret: Rules(fields=(re.compile(r"(?i)^client_secret$"),)),
    tuple(name for name in FIELDS if "json" in name),
    "redact: { redactBodyFields: [/^client_secret$/i] }",
)
text = Recipe(
    lambda secret: Rules(text=(re.compile(re.escape(secret)),)),
    tuple(name for name in PLACES if " body, " in name and name not in UNSAID),
    "redact: { redactBodyText: [{ pattern: new RegExp(RegExp.escape(SECRET)) }] }",
)
