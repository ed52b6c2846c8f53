"""What a service draws from time and chance: dates, ETags, ids. All of it can be fixed."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
TICK = timedelta(milliseconds=1)
DOTNET_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
FILETIME_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


class Clock:
    """The time, and what is drawn from it and from chance.

    Args:
        seed: Fixes all of it: the clock begins in 2026 and goes a millisecond forward whenever it is read. Without a
            seed it is the time of the machine.
    """

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)  # noqa: S311  (nothing secret is drawn)
        self._fixed = None if seed is None else BEGINNING
        self._ahead = timedelta(0)
        self._last_etag = 0

    def now(self) -> datetime:
        """Return the time, in UTC."""
        if self._fixed is None:
            return datetime.now(UTC) + self._ahead
        self._fixed += TICK
        return self._fixed + self._ahead

    def machine_time(self) -> datetime:
        """Return the time of the machine, as far ahead: what clients sign is of their time, whatever the seed."""
        return datetime.now(UTC) + self._ahead

    def advance(self, seconds: float) -> None:
        """Go forward at once: leases end, retention runs out."""
        self._ahead += timedelta(seconds=seconds)

    def etag(self, at: datetime) -> str:
        """Return an ETag that no other has, in quotes; the real ones are the .NET ticks of the change."""
        self._last_etag = max(ticks(at, since=DOTNET_EPOCH), self._last_etag + 1)
        return f'"0x{self._last_etag:X}"'

    def uuid(self) -> str:
        """Return a random id."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def request_id(self) -> str:
        """Return the id of a request, as the service writes them."""
        low, high = self._random.getrandbits(48), self._random.getrandbits(32)
        return f"{high:08x}-{low >> 36:03x}e-{low >> 24 & 0xFFF:04x}-{low >> 8 & 0xFFFF:04x}-{low & 0xFF:06x}000000"


def ticks(at: datetime, *, since: datetime = FILETIME_EPOCH) -> int:
    """Return the count of 100 ns from a beginning."""
    span = at - since
    return (span.days * 86_400 + span.seconds) * 10_000_000 + span.microseconds * 10


def http_date(at: datetime) -> str:
    """Return a date of RFC 9110 section 5.6.7."""
    return format_datetime(at, usegmt=True)


def precise(at: datetime) -> str:
    """Return a date with seven digits of a second, as error bodies, snapshots and versions have it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"
