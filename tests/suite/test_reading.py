"""Whole objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.backends.object_store import NotFound

if TYPE_CHECKING:
    from tests.backends.object_store import ObjectStore

pytestmark = pytest.mark.subject(contract="object_store")


def test_what_was_written_is_read(subject: ObjectStore) -> None:
    subject.put("key", b"some bytes")
    assert subject.get("key") == b"some bytes"


def test_reading_a_missing_key_is_not_found(subject: ObjectStore) -> None:
    with pytest.raises(NotFound):
        subject.get("nothing")
