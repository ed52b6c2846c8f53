"""Parts of objects; ranges are half open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.backends.object_store import InvalidRange
from tests.suite import LARGE

if TYPE_CHECKING:
    from tests.backends.object_store import ObjectStore

pytestmark = pytest.mark.subject(contract="object_store")

DATA = b"0123456789"


@pytest.mark.parametrize(
    ("start", "end"), [(0, 1), (0, 10), (3, 7), (9, 10), (5, None)], ids=["first", "all", "middle", "last", "open"]
)
def test_a_range_is_the_slice(subject: ObjectStore, start: int, end: int | None) -> None:
    subject.put("key", DATA)
    assert subject.get("key", start=start, end=end) == DATA[start:end]


def test_a_range_past_the_end_stops_at_the_end(subject: ObjectStore) -> None:
    subject.put("key", DATA)
    assert subject.get("key", start=8, end=100) == b"89"


@pytest.mark.subject(capabilities="suffix_range")
def test_a_negative_start_counts_from_the_end(subject: ObjectStore) -> None:
    subject.put("key", DATA)
    assert subject.get("key", start=-3) == b"789"


@pytest.mark.subject(capabilities="range_errors")
def test_a_range_that_starts_past_the_end_is_refused(subject: ObjectStore) -> None:
    subject.put("key", DATA)
    with pytest.raises(InvalidRange):
        subject.get("key", start=10, end=12)


def test_a_range_across_part_borders_is_the_slice(subject: ObjectStore) -> None:
    subject.put("large", LARGE)
    start, end = 4 * 1024 * 1024 - 5, 4 * 1024 * 1024 + 6
    assert subject.get("large", start=start, end=end) == LARGE[start:end]
