"""As whom requests to Azure Storage were sent, where a recorder took the tokens out and answers still tell it.

Changes of ACLs name what failed as it belongs to others (``failedEntries``). A recording in which there is any of that
after somebody got a token shows the work of two: that user changed the ACLs and made what could be changed, and who has
the account's key made what could not.
"""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.cassette import Interaction

USER = "00000000-0000-0000-0000-00000000000a"
RECURSIVE = "setaccesscontrolrecursive"
TOKEN_PATH = "/oauth2/"  # noqa: S105  (a path)
GOOD = 300


def bearer(user: str) -> str:
    """Return the value of Authorization by an unsigned token of a user."""
    parts = ({"alg": "none", "typ": "JWT"}, {"oid": user})
    return "Bearer " + ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode() for one in parts) + "."


def is_bearer(value: str) -> bool:
    """Return whether it is a value that `bearer` returns."""
    return value == bearer(USER)


def with_users(interactions: Iterable[Interaction]) -> list[Interaction]:
    """Return interactions, those of a user with a token of theirs."""
    items = list(interactions)
    failed = {name for item in items for name in _failed(item)}
    begins = next((at for at, item in enumerate(items) if _gives_token(item)), len(items))
    if not failed:
        return items
    return [*items[:begins], *(_sent_by_user(item, failed) for item in items[begins:])]


def _sent_by_user(item: Interaction, failed: set[str]) -> Interaction:
    query = _query(item)
    path = unquote(urlsplit(item.request.uri).path).strip("/").partition("/")[2]
    is_making = item.request.method.upper() == "PUT" and query.get("resource") in ("file", "directory")
    if not (is_making and path not in failed) and query.get("action", "").lower() != RECURSIVE:
        return item
    headers = (*item.request.headers, ("Authorization", bearer(USER)))
    return replace(item, request=replace(item.request, headers=headers))


def _failed(item: Interaction) -> list[str]:
    if _query(item).get("action", "").lower() != RECURSIVE or item.response.status >= GOOD:
        return []
    try:
        entries = json.loads(item.response.body)["failedEntries"]
        return [entry["name"] for entry in entries]
    except (ValueError, KeyError, TypeError):
        return []


def _gives_token(item: Interaction) -> bool:
    return item.request.method.upper() == "POST" and TOKEN_PATH in urlsplit(item.request.uri).path


def _query(item: Interaction) -> Mapping[str, str]:
    return dict(parse_qsl(urlsplit(item.request.uri).query, keep_blank_values=True))
