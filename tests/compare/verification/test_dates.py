"""Dates are moved in the notation that they are written in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.compare.verification._dates import http_date, read_http_date, shifted_http_date, shifted_iso_date

WHEN = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
SECONDS = st.integers(-(10**8), 10**8)


@given(WHEN, SECONDS)
def test_the_date_of_a_header_is_moved(when: datetime, seconds: int) -> None:
    moved = read_http_date(shifted_http_date(http_date(when), seconds))
    assert moved == when.replace(microsecond=0) + timedelta(seconds=seconds)


@given(WHEN, SECONDS, st.sampled_from(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M:%S.1234567Z"]))
def test_an_iso_date_is_moved_in_its_notation(when: datetime, seconds: int, form: str) -> None:
    whole = when.replace(second=0, microsecond=0) if "%S" not in form else when.replace(microsecond=0)
    assert shifted_iso_date(whole.strftime(form), seconds) == (whole + timedelta(seconds=seconds)).strftime(form)


@given(WHEN, SECONDS)
def test_a_day_is_moved_as_its_beginning(when: datetime, seconds: int) -> None:
    day = when.replace(hour=0, minute=0, second=0, microsecond=0)
    moved = datetime.fromisoformat(shifted_iso_date(day.strftime("%Y-%m-%d"), seconds))
    assert moved == day + timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "tomorrow", "Fri, 99 Aug 2021", "9999-12-31T23:59:59Z"])
def test_what_is_no_date_or_has_no_later_one_stays(text: str) -> None:
    assert shifted_http_date(text, 3600) == text
    assert shifted_iso_date(text, 3600) == text
