"""Copies within the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.backends.object_store import NotFound

if TYPE_CHECKING:
    from tests.backends.object_store import ObjectStore

pytestmark = pytest.mark.subject(contract="object_store", capabilities="copy")


def test_a_copy_has_the_content_and_leaves_the_source(subject: ObjectStore) -> None:
    subject.put("source", b"data")
    subject.copy("source", "target")
    assert (subject.get("source"), subject.get("target")) == (b"data", b"data")


@pytest.mark.subject(capabilities="metadata")
def test_a_copy_has_the_metadata(subject: ObjectStore) -> None:
    subject.put("source", b"data", metadata={"colour": "red"})
    subject.copy("source", "target")
    assert subject.info("target").metadata["colour"] == "red"


def test_a_copy_replaces_what_was_there(subject: ObjectStore) -> None:
    subject.put("source", b"new")
    subject.put("target", b"old, and longer")
    subject.copy("source", "target")
    assert subject.get("target") == b"new"


def test_copying_a_missing_key_is_not_found(subject: ObjectStore) -> None:
    with pytest.raises(NotFound):
        subject.copy("nothing", "target")


def test_a_key_that_needs_encoding_is_copied(subject: ObjectStore) -> None:
    subject.put("a b/ü+%", b"data")
    subject.copy("a b/ü+%", "target")
    assert subject.get("target") == b"data"
