"""Dates of recordings: read, and moved in time in the notation that they are written in."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(:\d\d)?(\.\d+)?(Z)?)?")


def http_date(when: datetime) -> str:
    """Return a date as headers have it (RFC 9110 section 5.6.7)."""
    return format_datetime(when.astimezone(UTC), usegmt=True)


def read_http_date(text: str) -> datetime | None:
    """Return the date that a header holds; None where it is none."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def shifted_http_date(text: str, seconds: float) -> str:
    """Return a date later by some seconds; a text that is no date as it is."""
    read = read_http_date(text)
    return text if read is None else http_date(_later(read, seconds))


def shifted_iso_date(text: str, seconds: float) -> str:
    """Return an ISO 8601 date later by some seconds, in its notation; a text that is none as it is.

    A day without a time is its beginning in UTC, and gets a time, so that what had passed or lay ahead does so still.
    """
    found = ISO.fullmatch(text)
    if found is None:
        return text
    day, minutes, second, fraction, zone = found.groups()
    read = datetime.fromisoformat(f"{day}T{minutes or '00:00'}{second or ':00'}+00:00")
    if minutes is None:
        return _later(read, seconds).strftime("%Y-%m-%dT%H:%M:%SZ")
    clock = "%H:%M:%S" if second else "%H:%M"
    return _later(read, seconds).strftime(f"%Y-%m-%dT{clock}") + (fraction or "") + (zone or "")


def _later(when: datetime, seconds: float) -> datetime:
    try:
        return when + timedelta(seconds=round(seconds))
    except OverflowError:
        return when
