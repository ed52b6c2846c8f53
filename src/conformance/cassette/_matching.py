"""Says whether a stored request answers a sent one and, if not, which part differs."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from conformance.cassette._interaction import Request
from conformance.cassette._meaning import meaning_of, sort_of, without_boundary
from conformance.cassette.scrubbing._codings import unwrapped

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from urllib.parse import SplitResult

    from conformance.cassette._meaning import Sort

DEFAULT_PORTS = {"http": 80, "https": 443}
SHOWN_CHARACTERS = 200

REMEMBERED_URIS = 100_000
NO_BODY = f"0 bytes, sha256 {hashlib.sha256(b'').hexdigest()}"

Fingerprint = tuple[tuple[str, str], ...]
Part = Callable[[Request], str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One part in which two requests differ, as text that can be shown."""

    part: str
    recorded: str
    sent: str


class Matcher:
    """Turns a request into its fingerprint: the parts that must agree, each with its name.

    Paths are compared decoded, because clients of one service encode ``/`` differently. Query parameters are compared
    as a sorted list of decoded pairs, with repeated and empty ones kept. Bodies are compared by digest, without their
    content codings: of their bytes, or of what they mean where that is declared.
    """

    def __init__(
        self,
        on: Sequence[str],
        headers: Sequence[str] = (),
        *,
        ignore_query: Sequence[str] = (),
        by_meaning: Collection[Sort] = (),
        parts: Mapping[str, Part] | None = None,
    ) -> None:
        """Make one for each cassette: it remembers the addresses that it has seen.

        Args:
            on: Names of the parts: those of ``PARTS``, and the keys of ``parts``.
            headers: Names of headers, lower case; ``*`` at the end for all that begin so.
            ignore_query: Names of query parameters that are left out; ``*`` stands for anything.
            by_meaning: The sorts of bodies that are compared by meaning.
            parts: Parts of the project's own, by name: each returns the text that must agree. One that raises agrees
                with nothing, and a report shows what it raised.
        """
        self._on, self._parts = tuple(on), dict(parts or {})
        self._has_method, self._has_body = "method" in on, "body" in on
        self._uri_parts = [name for name in on if name in PARTS and name not in {"method", "body"}]
        self._own_parts = [(name, self._parts[name]) for name in on if name not in PARTS]
        self._headers = tuple(headers)
        self._ignore_query = tuple(ignore_query)
        self._by_meaning = frozenset(by_meaning)
        self._pairs_of = lru_cache(REMEMBERED_URIS)(self._parse)

    def without(self, unrecorded: AbstractSet[str]) -> Matcher:
        """Return one that leaves headers and bodies out of a fingerprint, where they are among the unrecorded parts.

        A method or an address that was not recorded stays in: what stands for it agrees with nothing that is sent.
        """
        if unrecorded.isdisjoint({"headers", "body"}):
            return self
        has_headers = "headers" not in unrecorded
        return Matcher(
            [name for name in self._on if name != "body" or "body" not in unrecorded],
            self._headers if has_headers else (),
            ignore_query=self._ignore_query,
            by_meaning=self._by_meaning if has_headers else (),  # a body means what its content type says
            parts=self._parts,
        )

    def fingerprint(self, request: Request) -> Fingerprint:
        """Return the parts of a request: method, address, body, those of the project's own; equal ones match."""
        pairs = self._pairs_of(request.method, request.uri, not request.body)
        if self._has_body and request.body:
            pairs += (("body", self._body(request)),)
        if self._own_parts:
            pairs += tuple((name, _own_part(part, request)) for name, part in self._own_parts)
        return (*pairs, *self._header_parts(request)) if self._headers else pairs

    def differences(self, recorded: Fingerprint, sent: Fingerprint) -> list[Difference]:
        """Return the parts in which two fingerprints differ; a header that one lacks is shown as absent."""
        old, new = dict(recorded), dict(sent)
        names = dict.fromkeys([*old, *new])
        return [
            Difference(name, _shown(old.get(name)), _shown(new.get(name)))
            for name in names
            if old.get(name) != new.get(name)
        ]

    def _parse(self, method: str, uri: str, is_bodiless: bool) -> Fingerprint:
        """Return the parts of a request that it shares with others; a recorded one is met again when it is sent."""
        url = urlsplit(uri)
        ignored = self._ignore_query
        pairs = tuple(
            (name, _query(url, without=ignored) if name == "query" else PARTS[name](Request("", uri), url))
            for name in self._uri_parts
        )
        if self._has_method:
            pairs = (("method", method.upper()), *pairs)
        return (*pairs, ("body", NO_BODY)) if self._has_body and is_bodiless else pairs

    def _body(self, request: Request) -> str:
        return _body_by_meaning(request, self._by_meaning) if self._by_meaning else _body(request)

    def _header_parts(self, request: Request) -> list[tuple[str, str]]:
        found: dict[str, list[str]] = {}
        for name, value in request.headers:
            lower = name.lower()
            if _is_one_of(lower, self._headers):
                found.setdefault(lower, []).append(self._header_value(lower, value.strip()))
        return [(f"header {name}", ", ".join(values)) for name, values in sorted(found.items())]

    def _header_value(self, name: str, value: str) -> str:
        return without_boundary(value) if name == "content-type" and "multipart" in self._by_meaning else value


@lru_cache(maxsize=4096)  # clients send the same few names in every request
def _is_one_of(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _shown(value: str | None) -> str:
    if value is None:
        return "(absent)"
    return value if len(value) <= SHOWN_CHARACTERS else f"{value[:SHOWN_CHARACTERS]}…"


def _port(_request: Request, url: SplitResult) -> str:
    return str(url.port or DEFAULT_PORTS.get(url.scheme) or "")


def _query(url: SplitResult, *, without: Sequence[str] = ()) -> str:
    if not url.query:
        return "?"
    pairs = sorted(parse_qsl(url.query, keep_blank_values=True))
    if without:
        pairs = [pair for pair in pairs if not any(fnmatchcase(pair[0], name) for name in without)]
    return "?" + "&".join(f"{name}={value!r}" if "&" in value else f"{name}={value}" for name, value in pairs)


def _body(request: Request) -> str:
    body = _uncoded(request)
    return f"{len(body)} bytes, sha256 {hashlib.sha256(body).hexdigest()}"


def _uncoded(request: Request) -> bytes:
    """Return a body without its content codings: compression tells the time, and frames of chunks are signed."""
    if any(name.lower() == "content-encoding" for name, _ in request.headers):
        return unwrapped(request.body, request.headers).body
    return request.body


def _body_by_meaning(request: Request, sorts: Collection[Sort]) -> str:
    content_type = next((value for name, value in request.headers if name.lower() == "content-type"), "")
    sort = sort_of(content_type)
    if sort not in sorts:
        return _body(request)
    meaning = meaning_of(_uncoded(request), content_type, sorts)
    if isinstance(meaning, bytes):
        return _body(request)
    return f"{sort}, sha256 {hashlib.sha256(meaning.encode()).hexdigest()}"


def _own_part(part: Part, request: Request) -> str:
    try:
        return str(part(request))
    except Exception as error:  # noqa: BLE001  (a matcher never raises, whatever a project's own function does)
        return f"raised {error!r} ({next(_failures)})"


_failures = itertools.count(1)

PARTS: dict[str, Callable[[Request, SplitResult], str]] = {
    "method": lambda request, _: request.method.upper(),
    "scheme": lambda _, url: url.scheme,
    "host": lambda _, url: url.hostname or "",
    "port": _port,
    "path": lambda _, url: unquote(url.path, errors="surrogateescape") or "/",
    "query": lambda _, url: _query(url),
    "body": lambda request, _: _body(request),
}
