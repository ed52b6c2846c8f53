"""Keys that services treat unlike others: what may become of them, and the pool that programs draw from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from conformance.contract._draws import choice

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a key may be refused.

    Attributes:
        often: ``always`` where no service takes it, ``mostly`` where refusing it is usual, ``sometimes`` where not.
        reason: Why the unusual is allowed too.
    """

    often: Literal["always", "mostly", "sometimes"]
    reason: str = ""


@lru_cache(maxsize=4096)
def trouble_of(key: str) -> Trouble | None:
    """Return why a key may be refused; None for one that every service must take.

    S3 takes 1 to 1,024 bytes of UTF-8 (User Guide, "Naming Amazon S3 objects"), Azure 1 to 1,024 characters
    ("Naming and referencing containers, blobs, and metadata").
    """
    if not key or len(key) > MOST_BYTES:
        return Trouble("always")
    if len(key.encode()) > MOST_BYTES:
        return Trouble("mostly", "Azure counts characters, not bytes")
    if any(is_control(each) for each in key):
        return Trouble("sometimes", "XML 1.0 and URLs cannot carry a control character; both services warn of them")
    if _climbs(key):
        return Trouble("sometimes", "S3 refuses a key that climbs above the bucket when read as a path")
    return None


def is_control(character: str) -> bool:
    """Whether a character is a control character of ASCII."""
    return character < " " or character == "\x7f"


def _climbs(key: str) -> bool:
    depth = 0
    for segment in key.split("/"):
        depth += -1 if segment == ".." else 1
        if depth < 0:
            return True
    return False


@lru_cache(maxsize=4096)
def class_of_key(key: str) -> str:
    """Return in a few words what is odd in a key; empty for a plain one."""
    segments = key.split("/")
    words = {
        "empty key": not key,
        "key of 1025 bytes": len(key) > MOST_BYTES,
        "key of 1024 characters": len(key.encode()) > MOST_BYTES,
        "key with a control character": any(is_control(each) for each in key),
        "key with ..": ".." in segments or "." in segments,
        "key with //": "//" in key,
        "key ends in /": key.endswith("/"),
        "key begins with /": key.startswith("/"),
        "odd key": not ("".join(segments).isalnum() and key.isascii() and len(key) < MOST_BYTES),
    }
    return next((word for word, is_so in words.items() if is_so), "")


def relation_of(key: str, keys: Iterable[str]) -> str:
    """Return how a key stands to others where it would be a folder of them, or they of it; else nothing."""
    for other in keys:
        if other.startswith(key + "/"):
            return "key above another"
        if key.startswith(other + "/"):
            return "key below another"
    return ""


#: The keys of programs and how likely each is: most are prefixes of each other, or alike but for slashes.
WEIGHTS: Mapping[str, int] = {
    "a": 12,
    "b": 6,
    "a/b": 10,
    "a/": 8,
    "a//b": 6,
    "/a": 6,
    "/": 4,
    "a/b/c": 5,
    "a//": 2,
    "//": 1,
    "a/b/": 2,
    "ab": 3,
    "a-b": 3,
    "a b": 2,
    "a+b": 2,
    "a%2Fb": 2,
    "%41": 1,
    "é": 2,
    "e\u0301": 1,
    "A": 2,
    "\uff5e": 1,
    "\U0001f600": 1,
    "a?b=c&d": 1,
    "a#b": 1,
    "a\\b": 1,
    "a:b": 1,
    "a.": 1,
    " a ": 1,
    "<&\">'": 1,
    "a/../b": 2,
    "..": 1,
    ".": 1,
    "a/./b": 1,
    "a\nb": 1,
    "a\x01b": 1,
    "k" * MOST_BYTES: 1,
    "k" * (MOST_BYTES + 1): 2,
    "é" * 513: 1,
    "": 1,
}

KEYS = choice(*WEIGHTS, weights=tuple(WEIGHTS.values()))
