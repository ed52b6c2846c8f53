"""Keys, prefixes, folders and pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.backends.object_store import ObjectStore

pytestmark = pytest.mark.subject(contract="object_store")

KEYS = ["a/1", "a/2", "a/b/3", "b/4", "c"]


def put_all(subject: ObjectStore) -> None:
    for key in KEYS:
        subject.put(key, key.encode())


def test_an_empty_container_lists_nothing(subject: ObjectStore) -> None:
    assert subject.keys() == []


def test_every_key_is_listed(subject: ObjectStore) -> None:
    put_all(subject)
    assert sorted(subject.keys()) == KEYS


def test_a_prefix_lists_what_begins_with_it(subject: ObjectStore) -> None:
    put_all(subject)
    assert sorted(subject.keys("a/")) == ["a/1", "a/2", "a/b/3"]


def test_a_prefix_that_nothing_has_lists_nothing(subject: ObjectStore) -> None:
    put_all(subject)
    assert subject.keys("z") == []


def test_a_folder_lists_its_keys_and_the_folders_below(subject: ObjectStore) -> None:
    put_all(subject)
    keys, prefixes = subject.folder("a/")
    assert (sorted(keys), prefixes) == (["a/1", "a/2"], ["a/b/"])


@pytest.mark.subject(capabilities="paging")
@pytest.mark.parametrize("size", [1, 2, 4, 5, 6])
def test_pages_together_hold_every_key_once(subject: ObjectStore, size: int) -> None:
    put_all(subject)
    pages = subject.pages("", size)
    assert [key for page in pages for key in page] == KEYS
    assert max(len(page) for page in pages) <= size


def test_a_deleted_key_is_listed_no_more(subject: ObjectStore) -> None:
    put_all(subject)
    subject.delete("a/2")
    assert sorted(subject.keys()) == [key for key in KEYS if key != "a/2"]
