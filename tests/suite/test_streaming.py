"""Bodies that come and go in chunks, and uploads in parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.suite import EIGHT_MIB, LARGE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.backends.object_store import ObjectStore

pytestmark = pytest.mark.subject(contract="streams")

CHUNK = 64 * 1024
PART = 5 * 1024 * 1024


def chunks_of(data: bytes) -> Iterator[bytes]:
    yield from (data[at : at + CHUNK] for at in range(0, len(data), CHUNK))


def test_an_object_is_read_in_chunks_no_larger_than_asked_for(subject: ObjectStore) -> None:
    subject.put("key", LARGE[: 3 * CHUNK + 1])
    chunks = list(subject.chunks("key", CHUNK))
    assert b"".join(chunks) == LARGE[: 3 * CHUNK + 1]
    assert max(len(chunk) for chunk in chunks) <= CHUNK


def test_eight_mib_are_streamed_up_and_down(subject: ObjectStore) -> None:
    subject.put_stream("large", chunks_of(LARGE))
    assert subject.info("large").size == EIGHT_MIB
    assert b"".join(subject.chunks("large", 1024 * 1024)) == LARGE


def test_a_short_stream_is_written(subject: ObjectStore) -> None:
    subject.put_stream("key", iter([b"one ", b"two ", b"three"]))
    assert subject.get("key") == b"one two three"


@pytest.mark.subject(capabilities="multipart")
def test_parts_are_put_together_in_order(subject: ObjectStore) -> None:
    subject.put_parts("key", [LARGE[:PART], LARGE[PART : PART + 1000]])
    assert subject.get("key") == LARGE[: PART + 1000]


@pytest.mark.subject(capabilities="multipart")
def test_one_part_is_enough(subject: ObjectStore) -> None:
    subject.put_parts("key", [b"only"])
    assert subject.get("key") == b"only"


@pytest.mark.subject(capabilities="multipart")
def test_an_upload_in_parts_replaces_what_was_there(subject: ObjectStore) -> None:
    subject.put("key", b"old")
    subject.put_parts("key", [b"new"])
    assert subject.get("key") == b"new"
