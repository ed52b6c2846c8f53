"""Reads and writes that hold only for one version of an object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.backends.object_store import AlreadyExists, NotModified, PreconditionFailed

if TYPE_CHECKING:
    from tests.backends.object_store import ObjectStore

pytestmark = pytest.mark.subject(contract="object_store")

OTHER_ETAG = '"00000000000000000000000000000000"'


@pytest.mark.subject(capabilities="create_only")
def test_creating_a_new_key_writes_it(subject: ObjectStore) -> None:
    subject.put("key", b"new", is_new=True)
    assert subject.get("key") == b"new"


@pytest.mark.subject(capabilities="create_only")
def test_creating_an_existing_key_is_refused_and_changes_nothing(subject: ObjectStore) -> None:
    subject.put("key", b"old")
    with pytest.raises(AlreadyExists):
        subject.put("key", b"new", is_new=True)
    assert subject.get("key") == b"old"


@pytest.mark.subject(capabilities="conditional_write")
def test_replacing_the_current_version_writes(subject: ObjectStore) -> None:
    etag = subject.put("key", b"old")
    subject.put("key", b"new", if_match=etag)
    assert subject.get("key") == b"new"


@pytest.mark.subject(capabilities="conditional_write")
def test_replacing_another_version_is_refused_and_changes_nothing(subject: ObjectStore) -> None:
    subject.put("key", b"old")
    with pytest.raises(PreconditionFailed):
        subject.put("key", b"new", if_match=OTHER_ETAG)
    assert subject.get("key") == b"old"


@pytest.mark.subject(capabilities="conditional_read")
def test_reading_the_current_version_returns_it(subject: ObjectStore) -> None:
    etag = subject.put("key", b"data")
    assert subject.get("key", if_match=etag) == b"data"


@pytest.mark.subject(capabilities="conditional_read")
def test_reading_another_version_is_refused(subject: ObjectStore) -> None:
    subject.put("key", b"data")
    with pytest.raises(PreconditionFailed):
        subject.get("key", if_match=OTHER_ETAG)


@pytest.mark.subject(capabilities="conditional_read")
def test_reading_what_the_caller_has_is_not_modified(subject: ObjectStore) -> None:
    etag = subject.put("key", b"data")
    with pytest.raises(NotModified):
        subject.get("key", if_none_match=etag)


@pytest.mark.subject(capabilities="conditional_read")
def test_reading_what_the_caller_does_not_have_returns_it(subject: ObjectStore) -> None:
    subject.put("key", b"data")
    assert subject.get("key", if_none_match=OTHER_ETAG) == b"data"


@pytest.mark.subject(capabilities="etag")
def test_the_etag_of_a_write_is_the_etag_of_the_object(subject: ObjectStore) -> None:
    etag = subject.put("key", b"data")
    assert subject.info("key").etag == etag
