"""Whole objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.backends.object_store import NotFound
from tests.suite import LARGE

if TYPE_CHECKING:
    from tests.backends.object_store import ObjectStore

pytestmark = pytest.mark.subject(contract="object_store")


@pytest.mark.parametrize(
    "data", [b"some bytes", b"", bytes(range(256)), "naïve 文".encode()], ids=lambda d: str(len(d))
)
def test_what_was_written_is_read(subject: ObjectStore, data: bytes) -> None:
    subject.put("key", data)
    assert subject.get("key") == data


def test_writing_again_replaces_the_content(subject: ObjectStore) -> None:
    subject.put("key", b"a long first version")
    subject.put("key", b"second")
    assert subject.get("key") == b"second"
    assert subject.info("key").size == len(b"second")


def test_reading_a_missing_key_is_not_found(subject: ObjectStore) -> None:
    with pytest.raises(NotFound):
        subject.get("nothing")


def test_asking_about_a_missing_key_is_not_found(subject: ObjectStore) -> None:
    with pytest.raises(NotFound):
        subject.info("nothing")


def test_a_key_exists_once_it_is_written(subject: ObjectStore) -> None:
    assert not subject.exists("key")
    subject.put("key", b"x")
    assert subject.exists("key")


def test_eight_mib_come_back_whole(subject: ObjectStore) -> None:
    subject.put("large", LARGE)
    assert subject.info("large").size == len(LARGE)
    assert subject.get("large") == LARGE
