"""Changes what one recorded response says: a small fault in the recording, under which a test must fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from conformance.cassette._interaction import Interaction, Response, with_body
from conformance.errors import UsageError

CURE = (
    'An edit is { at = 2 } with one or more of status = 500, headers = { etag = "" } and body = { find = "..", put = '
    '".." }.'
)
LOWEST, HIGHEST = 200, 599


def edited(interactions: Sequence[Interaction], edit: Mapping[str, Any]) -> tuple[Interaction, ...] | None:
    """Return interactions of which one response is another; None where the edit changes nothing of them.

    It changes nothing where there is no such interaction, or where all that it would put there stands there already.
    What the headers say of an old body (its size, digests) they say of the new one; the reason phrase of another status
    is left empty.

    Args:
        interactions: In recorded order.
        edit: ``at``, the number of the interaction from 1; ``status``; ``headers``, each with its new value, or an
            empty one for a header that goes; ``body``, where every ``find`` becomes ``put``, as UTF-8.

    Raises:
        UsageError: The edit is no such mapping.
    """
    _check(edit)
    at = edit["at"] - 1
    if at >= len(interactions):
        return None
    old = interactions[at]
    response = _edited(old.response, edit)
    if response == old.response:
        return None
    return (*interactions[:at], Interaction(old.request, response), *interactions[at + 1 :])


def _edited(response: Response, edit: Mapping[str, Any]) -> Response:
    if "body" in edit:
        find, put = (edit["body"][word].encode("utf-8", "surrogatepass") for word in ("find", "put"))
        response = with_body(response, response.body.replace(find, put))
    for name, value in edit.get("headers", {}).items():
        kept = tuple(pair for pair in response.headers if pair[0].lower() != name.lower())
        told = [old for each, old in response.headers if each.lower() == name.lower()]
        if told != ([value] if value else []):
            response = replace(response, headers=(*kept, (name, value)) if value else kept)
    if edit.get("status", response.status) != response.status:
        response = replace(response, status=edit["status"], reason="")
    return response


def _check(edit: Mapping[str, Any]) -> None:
    body, headers = edit.get("body", {"find": "x", "put": ""}), edit.get("headers", {})
    is_right = (
        edit.keys() <= {"at", "status", "headers", "body"}
        and len(edit) > 1
        and _is_whole(edit.get("at"), 1)
        and _is_whole(edit.get("status", LOWEST), LOWEST, HIGHEST)
        and isinstance(headers, Mapping)
        and all(isinstance(value, str) for value in headers.values())
        and isinstance(body, Mapping)
        and body.keys() == {"find", "put"}
        and all(isinstance(value, str) for value in body.values())
        and bool(body["find"])
    )
    if not is_right:
        raise UsageError(f"{dict(edit)} is no edit of a response.", CURE, slug="bad-edit")


def _is_whole(value: object, least: int, most: float = float("inf")) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
