"""What an object carries beside its content."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.backends.object_store import ObjectStore

pytestmark = pytest.mark.subject(contract="object_store")


@pytest.mark.subject(capabilities="metadata")
def test_metadata_comes_back(subject: ObjectStore) -> None:
    subject.put("key", b"x", metadata={"colour": "red", "shape": "round and flat"})
    assert subject.info("key").metadata == {"colour": "red", "shape": "round and flat"}


@pytest.mark.subject(capabilities="metadata")
def test_an_object_written_without_metadata_has_none(subject: ObjectStore) -> None:
    subject.put("key", b"x")
    assert subject.info("key").metadata == {}


@pytest.mark.subject(capabilities="metadata")
def test_writing_again_replaces_the_metadata(subject: ObjectStore) -> None:
    subject.put("key", b"x", metadata={"colour": "red", "shape": "round"})
    subject.put("key", b"x", metadata={"colour": "blue"})
    assert subject.info("key").metadata == {"colour": "blue"}


@pytest.mark.subject(capabilities="content_type")
def test_the_content_type_comes_back(subject: ObjectStore) -> None:
    subject.put("key", b"{}", content_type="application/json")
    assert subject.info("key").content_type == "application/json"
