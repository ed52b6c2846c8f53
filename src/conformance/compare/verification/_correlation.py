"""Values that a server chose: the live ones stand for the recorded ones in all that is sent later."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from conformance.cassette import with_body
from conformance.compare.verification._dates import read_http_date, shifted_http_date

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from conformance.cassette import Request

SHORTEST = 4
NEIGHBOURS = "0-9A-Za-z"


class Correlation:
    """What stands for what, in one recording. Not safe across threads."""

    def __init__(self) -> None:
        """Know of nothing yet."""
        self._live: dict[str, str] = {}

    def pair(self, recorded: Iterable[tuple[str, str]], live: Iterable[tuple[str, str]]) -> None:
        """Learn from two answers to one request; a value that is chosen again stands for the later one.

        Args:
            recorded: Places and values of the recorded answer, without quotes.
            live: Those of the other.
        """
        now = dict(live)
        for place, was in recorded:
            if was and now.get(place):
                self._live[was] = now[place]

    def placed(self, request: Request) -> Request:
        """Return a request with the live value wherever a recorded one stands.

        It is found in the query and the path, decoded as often as need be, in every header and in the body; in the
        place of a date only where a header holds nothing else. What is put into a URL is encoded as what stood there.
        """
        head, mark, query = request.uri.partition("?")
        scheme, _, rest = head.partition("://")
        host, slash, path = rest.partition("/")
        pairs = [self._parameter(pair) for pair in query.split("&")] if mark else []
        uri = f"{scheme}://{host}{slash}{self.substituted(path, is_encoded=True)}{mark}{'&'.join(pairs)}"
        headers = tuple((name, self.substituted(value)) for name, value in request.headers)
        moved = replace(request, uri=uri, headers=headers)
        return with_body(moved, self._body(request.body)) if self._live else moved

    def dated(self, request: Request, names: Collection[str], *, shift_s: float) -> Request:
        """Return a request whose dates are later by some seconds, but for those that a server chose.

        Args:
            request: As it was recorded, before ``placed``.
            names: Lower-case names of the headers that hold a date.
            shift_s: How much later.
        """
        headers = tuple(
            (name, shifted_http_date(value, shift_s) if name.lower() in names and value not in self._live else value)
            for name, value in request.headers
        )
        return replace(request, headers=headers)

    def substituted(self, text: str, *, is_encoded: bool = False) -> str:
        """Return a text with live values; ``is_encoded`` where it is part of a URL."""
        if text in self._live and not is_encoded:
            return self._live[text]
        decoded = [text]
        while "%" in decoded[-1] and len(decoded) <= 2 and unquote(decoded[-1]) != decoded[-1]:  # noqa: PLR2004
            decoded.append(unquote(decoded[-1]))
        found = [was for was in self._known() if any(was in form for form in decoded)]
        if not found:
            return text
        choices = "|".join(f"(?:{_any_encoding(was)})" for was in found)
        pattern = re.compile(
            rf"(?<![{NEIGHBOURS}])(?:{choices})(?![{NEIGHBOURS}])|(?<=%22)(?:{choices})", re.IGNORECASE
        )
        return pattern.sub(lambda match: self._encoded_like(match[0], is_encoded=is_encoded), text)

    def _known(self) -> list[str]:
        """Return what may stand anywhere, longest first: not a date, and nothing so short that it stands by chance."""
        return sorted(
            (was for was in self._live if len(was) >= SHORTEST and read_http_date(was) is None), key=len, reverse=True
        )

    def _parameter(self, pair: str) -> str:
        name, sign, value = pair.partition("=")
        whole = self._live.get(unquote(value)) or self._live.get(unquote(value).strip('"'))
        if whole is not None and len(unquote(value)) < SHORTEST:
            return f"{name}{sign}{quote(whole, safe='')}"
        return f"{name}{sign}{self.substituted(value, is_encoded=True)}"

    def _encoded_like(self, found: str, *, is_encoded: bool) -> str:
        depth, plain = 0, found
        while plain not in self._live and depth < 2:  # noqa: PLR2004  (nothing is encoded more than twice)
            depth, plain = depth + 1, unquote(plain)
        if plain not in self._live:
            return found
        depth = max(depth, int(is_encoded))
        value = self._live[plain]
        for _ in range(depth):
            value = quote(value, safe="")
        return value

    def _body(self, body: bytes) -> bytes:
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return body
        return self.substituted(text).encode()


def _any_encoding(text: str) -> str:
    """Return a pattern of a text in which each character may be percent-encoded, once or twice."""
    return "".join(
        f"(?:{re.escape(letter)}|{'|'.join(_encoded(letter, sign) for sign in ('%', '%25'))})" for letter in text
    )


def _encoded(letter: str, sign: str) -> str:
    return "".join(f"{sign}{byte:02X}" for byte in letter.encode())
