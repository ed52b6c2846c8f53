"""Deletion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.backends.object_store import NotFound

if TYPE_CHECKING:
    from tests.backends.object_store import ObjectStore

pytestmark = pytest.mark.subject(contract="object_store")


def test_a_deleted_key_is_gone(subject: ObjectStore) -> None:
    subject.put("key", b"x")
    subject.delete("key")
    assert not subject.exists("key")
    with pytest.raises(NotFound):
        subject.get("key")


def test_deleting_leaves_keys_with_the_same_beginning(subject: ObjectStore) -> None:
    subject.put("key", b"x")
    subject.put("key2", b"y")
    subject.delete("key")
    assert subject.keys() == ["key2"]


@pytest.mark.subject(capabilities="idempotent_delete")
def test_deleting_a_missing_key_is_no_error(subject: ObjectStore) -> None:
    subject.put("other", b"x")
    subject.delete("key")
    assert subject.keys() == ["other"]


@pytest.mark.subject(capabilities="multi_delete")
def test_deleting_many_keys_leaves_the_rest(subject: ObjectStore) -> None:
    for key in ("a", "b", "c & d", "keep"):
        subject.put(key, b"x")
    subject.delete_many(["a", "b", "c & d"])
    assert subject.keys() == ["keep"]


def test_a_deleted_key_can_be_written_again(subject: ObjectStore) -> None:
    subject.put("key", b"first")
    subject.delete("key")
    subject.put("key", b"second")
    assert subject.get("key") == b"second"
