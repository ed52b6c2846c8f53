"""Says whether a stored request answers a sent one and, if not, which part differs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from urllib.parse import SplitResult

    from conformance.cassette._interaction import Request

DEFAULT_PORTS = {"http": 80, "https": 443}
SHOWN_CHARACTERS = 200

Fingerprint = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One part in which two requests differ, as text that can be shown."""

    part: str
    recorded: str
    sent: str


class Matcher:
    """Turns a request into its fingerprint: the parts that must agree, each with its name.

    Paths are compared decoded, because clients of one service encode ``/`` differently. Query parameters are compared
    as a sorted list of decoded pairs, with repeated and empty ones kept. Bodies are compared by digest.
    """

    def __init__(self, on: Sequence[str], headers: Sequence[str] = ()) -> None:
        """Take the names of the parts, and of the headers (lower case, ``*`` at the end for all that begin so)."""
        self._parts = [(name, PARTS[name]) for name in on]
        self._headers = tuple(headers)

    def fingerprint(self, request: Request) -> Fingerprint:
        """Return the parts of a request in declared order; equal fingerprints match."""
        url = urlsplit(request.uri)
        parts = [(name, part(request, url)) for name, part in self._parts]
        return (*parts, *self._header_parts(request))

    def differences(self, recorded: Fingerprint, sent: Fingerprint) -> list[Difference]:
        """Return the parts in which two fingerprints differ; a header that one lacks is shown as absent."""
        old, new = dict(recorded), dict(sent)
        names = dict.fromkeys([*old, *new])
        return [
            Difference(name, _shown(old.get(name)), _shown(new.get(name)))
            for name in names
            if old.get(name) != new.get(name)
        ]

    def _header_parts(self, request: Request) -> list[tuple[str, str]]:
        if not self._headers:
            return []
        found: dict[str, list[str]] = {}
        for name, value in request.headers:
            lower = name.lower()
            if any(fnmatchcase(lower, wanted) for wanted in self._headers):
                found.setdefault(lower, []).append(value.strip())
        return [(f"header {name}", ", ".join(values)) for name, values in sorted(found.items())]


def _shown(value: str | None) -> str:
    if value is None:
        return "(absent)"
    return value if len(value) <= SHOWN_CHARACTERS else f"{value[:SHOWN_CHARACTERS]}…"


def _port(_request: Request, url: SplitResult) -> str:
    return str(url.port or DEFAULT_PORTS.get(url.scheme) or "")


def _query(_request: Request, url: SplitResult) -> str:
    pairs = sorted(parse_qsl(url.query, keep_blank_values=True))
    return "?" + "&".join(f"{name}={value!r}" if "&" in value else f"{name}={value}" for name, value in pairs)


def _body(request: Request, _url: SplitResult) -> str:
    return f"{len(request.body)} bytes, sha256 {hashlib.sha256(request.body).hexdigest()}"


PARTS: dict[str, Callable[[Request, SplitResult], str]] = {
    "method": lambda request, _: request.method.upper(),
    "scheme": lambda _, url: url.scheme,
    "host": lambda _, url: url.hostname or "",
    "port": _port,
    "path": lambda _, url: unquote(url.path, errors="surrogateescape") or "/",
    "query": _query,
    "body": _body,
}
