"""Conditional headers (REST reference, "Specifying conditional headers for Blob service operations")."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from conformance.emulators.hns._errors import ServiceError

if TYPE_CHECKING:
    from datetime import datetime

    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import Container, Node


def check_conditions(
    call: Call,
    target: Node | Container | None,
    *,
    prefix: str = "",
    is_read: bool = False,
    code: str = "ConditionNotMet",
) -> None:
    """Hold the conditional headers of a request against what it is about.

    Args:
        call: Its headers ``If-Match``, ``If-None-Match``, ``If-Modified-Since`` and ``If-Unmodified-Since`` count.
        target: What there is; None for nothing.
        prefix: Of the names of the headers: ``x-ms-source-`` for those about the source of a copy or a rename.
        is_read: Whether a condition that says "not changed" is answered with 304 (RFC 9110 section 13.2.2) and not 412.
        code: The error of one that is not met.

    Raises:
        ServiceError: One is not met, or is no date.
    """
    unchanged = HTTPStatus.NOT_MODIFIED.value if is_read else None
    if (match := call.headers.get(f"{prefix}if-match")) and (target is None or not _matches(match, target.etag)):
        raise ServiceError(code)
    if (none := call.headers.get(f"{prefix}if-none-match")) and target is not None and _matches(none, target.etag):
        raise ServiceError(code, status=unchanged)
    if target is None:
        return
    modified = target.modified.replace(microsecond=0)
    since = _date(call, f"{prefix}if-modified-since")
    if since is not None and modified <= since:
        raise ServiceError(code, status=unchanged)
    until = _date(call, f"{prefix}if-unmodified-since")
    if until is not None and modified > until:
        raise ServiceError(code)


def _matches(value: str, etag: str) -> bool:
    """Whether an ETag is among those of a header; quotes may be left out."""
    return any(
        one.strip() == "*" or one.strip().removeprefix("W/").strip('"') == etag.strip('"') for one in value.split(",")
    )


def _date(call: Call, name: str) -> datetime | None:
    value = call.headers.get(name)
    if not value:
        return None
    try:
        return parsedate_to_datetime(value)
    except ValueError as error:
        raise ServiceError("InvalidHeaderValue", {"HeaderName": name, "HeaderValue": value}) from error
