"""Keys that clients and servers have to encode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.backends.object_store import ObjectStore

pytestmark = pytest.mark.subject(contract="object_store")

ODD = {
    "space": "with space",
    "plus": "a+b",
    "percent": "100%25",
    "unicode": "grüße/文件/🗂",
    "marks": "a&b=c;d,e'f(g)!h@i$j",
    "hash": "a#b",
    "question": "a?b",
    "dots": "a..b/.c",
    "deep": "/".join("abcdefghij"),
    "long": "k" * 200,
}


@pytest.mark.parametrize("key", ODD.values(), ids=ODD.keys())
def test_an_odd_key_is_written_listed_and_read(subject: ObjectStore, key: str) -> None:
    subject.put(key, b"odd")
    assert subject.keys() == [key]
    assert subject.get(key) == b"odd"


def test_keys_that_differ_in_case_are_two(subject: ObjectStore) -> None:
    subject.put("key", b"lower")
    subject.put("KEY", b"upper")
    assert (subject.get("key"), subject.get("KEY")) == (b"lower", b"upper")
