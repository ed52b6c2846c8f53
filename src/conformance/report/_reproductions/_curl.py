"""Recorded requests as commands of curl, for a POSIX shell."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.cassette import Interaction, Request

LONGEST_LITERAL = 2000
#: What curl says for itself, or what is another in each request.
OWN = re.compile(
    r"host|content-length|transfer-encoding|connection|user-agent|accept|accept-encoding|authorization|expect|cookie"
    r"|traceparent|(.*-)?date|(.*-)?(client-)?(request|invocation)-id|(.*-)?retry-attempts?|.*-sdk-(invocation-id|request)"
)
SIGNED = re.compile(r"AWS4-HMAC-SHA256 +Credential=[^/]*/\d*/(?P<region>[^/]*)/(?P<service>[^/]*)/", re.IGNORECASE)
SIGNATURE = re.compile(r"x-amz-(content-sha256|security-token)")


class _Quoted(str):
    """A word that is shell source already."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class CurlScript:
    """Commands of curl, one a line, each after a comment that says what was answered.

    Attributes:
        text: A script for a POSIX shell. Keys come from the variables ``KEY`` and ``SECRET``, any other authorisation
            from ``AUTHORIZATION``.
        files: Bodies that stand in no command, by the name under which the script looks for them beside itself.
    """

    text: str
    files: Mapping[str, bytes]


def curl_script(interactions: Iterable[Interaction], *, stem: str = "body", is_movable: bool = False) -> CurlScript:
    """Return requests as commands, in their order. Of the headers those that curl does not say by itself are kept.

    Args:
        interactions: The requests, and what was answered.
        stem: How the names of files with bodies begin.
        is_movable: Whether the variable ``ENDPOINT`` can put another address in the place of the service's.
    """
    lines: list[str] = []
    files: dict[str, bytes] = {}
    origin = ""
    for number, item in enumerate(interactions, start=1):
        name = f"{stem}-{number}"
        words = list(_words(item.request, name))
        if is_movable:
            origin = origin or _origin(item.request.uri)
            words[-1] = _moved(item.request.uri, origin)
        if f"@{name}" in words:
            files[name] = item.request.body
        reason = "".join(letter for letter in item.response.reason if letter.isprintable())
        lines += [f"# {number}: answered {item.response.status} {reason}".rstrip(), _joined(words)]
    head = ["#!/bin/sh"]
    head += ['cd "$(dirname "$0")" || exit'] if files and is_movable else []
    head += [f"ENDPOINT=${{ENDPOINT:-{shlex.quote(origin)}}}"] if origin else []
    return CurlScript("\n".join([*head, *lines]) + "\n", files)


def _origin(uri: str) -> str:
    url = urlsplit(uri)
    return f"{url.scheme}://{url.netloc.rpartition('@')[2]}"


def _moved(uri: str, origin: str) -> str:
    if not uri.startswith(f"{origin}/"):
        return uri
    return _Quoted('"$ENDPOINT"' + shlex.quote(uri.removeprefix(origin)))


def _joined(words: Iterable[str]) -> str:
    return " ".join(word if isinstance(word, _Quoted) else shlex.quote(word) for word in words)


def _words(request: Request, body_name: str) -> Iterator[str]:
    yield from ("curl", "--silent", "--show-error", "--include", "--globoff", "--path-as-is")
    if request.method == "HEAD":
        yield "--head"
    else:
        yield from ("--request", request.method)
    yield from _authorisation(request)
    signed = SIGNED.match(_header(request, "authorization"))
    for name, value in request.headers:
        if OWN.fullmatch(name.lower()) or (signed and _is_signature(name, value)):
            continue
        yield from ("--header", f"{name}: {value}" if value.strip() else f"{name};")
    host = _header(request, "host")
    if host and host != urlsplit(request.uri).netloc.rpartition("@")[2]:
        yield from ("--header", f"Host: {host}")
    if request.body:
        if not _header(request, "content-type"):
            yield from ("--header", "Content-Type:")
        text = _literal(request.body)
        yield from ("--data-binary", f"@{body_name}") if text is None else ("--data-raw", text)
    elif request.method in ("PUT", "POST", "PATCH"):
        yield from ("--header", "Content-Length: 0")
    yield request.uri


def _authorisation(request: Request) -> Iterator[str]:
    value = _header(request, "authorization")
    signed = SIGNED.match(value)
    if signed:
        yield from ("--aws-sigv4", f"aws:amz:{signed['region'] or 'us-east-1'}:{signed['service'] or 's3'}")
        yield from ("--user", _Quoted('"$KEY:$SECRET"'))
    elif value:
        yield from ("--header", _Quoted('"Authorization: $AUTHORIZATION"'))


def _is_signature(name: str, value: str) -> bool:
    return bool(SIGNATURE.fullmatch(name.lower())) and not value.startswith(("STREAMING-", "UNSIGNED-"))


def _literal(body: bytes) -> str | None:
    """Return a body as text that a shell hands on as it is; None where it is to stand in a file."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return text if len(text) <= LONGEST_LITERAL and "\0" not in text else None


def _header(request: Request, wanted: str) -> str:
    return next((value for name, value in request.headers if name.lower() == wanted), "")
