"""Secrets that nobody has any more, in requests to Azure Storage: replaced by what the key of the account can sign.

After "Create a user delegation SAS", "Create a service SAS" and "Put Blob From URL" of the service's documentation.
"""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from conformance.compare.verification._azure_addresses import ADDRESS
from conformance.compare.verification._comparing import is_stand_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.cassette import Interaction, Request

OF_A_DELEGATION = frozenset({"skoid", "sktid", "skt", "ske", "sks", "skv", "scid"})
FOR_A_USER = frozenset({"saoid", "suoid", "skdutid"})
DATES = frozenset({"st", "se"})
ALL_PERMISSIONS = "racwdl"
COPY, PROOF = "x-ms-copy-source", "x-ms-copy-source-authorization"
TO_READ = "sv=2020-02-10&sr=b&sp=r&sig=x"


def with_own_signatures(interactions: Iterable[Interaction]) -> list[Interaction]:
    """Return interactions in which the account signs what a user had signed, or a recorder had cleared.

    A SAS of a user delegation key becomes one of the account, without dates that were cleared; the source of a copy
    that a token opened gets a SAS.
    """
    return [replace(item, request=_own(item.request)) for item in interactions]


def is_for_a_user(uri: str) -> bool:
    """Return whether a SAS names the user that it acts for, which only a user delegation key can."""
    return bool({name for name, _ in parse_qsl(urlsplit(uri).query)} & FOR_A_USER)


def asks_for_a_key(request: Request) -> bool:
    """Return whether a request is for a user delegation key, which only a token gets."""
    return dict(parse_qsl(urlsplit(request.uri).query)).get("comp") == "userdelegationkey"


def token() -> str:
    """Return a token that nobody has signed, for servers that take any; it never ends."""
    claims = {"aud": "https://storage.azure.com", "exp": 4102444800}
    parts = (json.dumps(each).encode() for each in ({"alg": "none", "typ": "JWT"}, claims))
    return "Bearer " + ".".join([*(base64.urlsafe_b64encode(each).decode().rstrip("=") for each in parts), ""])


def _own(request: Request) -> Request:
    told = {name.lower() for name, _ in request.headers}
    headers = []
    for name, value in request.headers:
        is_opened = name.lower() == COPY and PROOF in told and "?" not in value
        kept = f"{value}?{TO_READ}" if is_opened else _signable(value) if ADDRESS.match(value) else value
        headers += [] if name.lower() == PROOF else [(name, kept)]
    return replace(request, uri=_signable(request.uri), headers=tuple(headers))


def _signable(uri: str) -> str:
    """Return a URL whose SAS, if it has one, has no more than what the key of the account can sign."""
    head, mark, query = uri.partition("?")
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    if not any(name == "sv" for name, _, _ in pairs) or is_for_a_user(uri):
        return uri
    kept = []
    for name, sign, value in pairs:
        is_cleared = is_stand_in(unquote(value))
        if name not in OF_A_DELEGATION and not (name in DATES and is_cleared):
            kept.append(f"{name}{sign}{ALL_PERMISSIONS if name == 'sp' and is_cleared else value}")
    return head + mark + "&".join(kept)
