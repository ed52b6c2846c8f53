"""Strategies for secrets: strings of the forms that keys, tokens and passwords have."""

from __future__ import annotations

import base64
import string
from dataclasses import dataclass

from hypothesis import strategies as st

LETTERS_AND_DIGITS = string.ascii_letters + string.digits
SPECIALS = "\"<&%\\ +/=:;,?#@!'$*()~éß€中"
FEWEST_DISTINCT = 6  # so that none stands anywhere by chance, however far it is shrunk


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret to plant.

    Attributes:
        text: At least 8 characters, at least 6 of them distinct; no white space at its ends, no control characters.
        is_case_free: Whether its case says nothing: an account name or a GUID.
    """

    text: str
    is_case_free: bool = False


def _texts(alphabet: str, least: int, most: int | None = None) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=least, max_size=most or least)


def _base64_of(size_bytes: int) -> st.SearchStrategy[str]:
    return st.binary(min_size=size_bytes, max_size=size_bytes).map(lambda data: base64.b64encode(data).decode())


def _token(parts: list[bytes]) -> str:
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


_HEAD = st.just(b'{"alg":"RS256"}')
_CLAIMS = _texts(LETTERS_AND_DIGITS, 8).map(lambda name: f'{{"sub":"{name}"}}'.encode())
_ACCOUNTS = st.builds("{}{}".format, _texts(string.ascii_lowercase, 1), _texts(string.ascii_lowercase, 7, 15))
_KEY_IDS = _texts(string.ascii_uppercase + "234567", 16).map("AKIA".__add__)
_PASSWORDS = st.builds(
    lambda start, special, tripled, end: start + special + tripled + end,
    _texts(LETTERS_AND_DIGITS, 4, 8),
    _texts(SPECIALS, 1, 4),
    st.sampled_from(["???", "~~~"]),  # is / or + in base64 at every alignment
    _texts(LETTERS_AND_DIGITS, 4, 8),
)

KINDS: dict[str, st.SearchStrategy[str]] = {
    "password": _PASSWORDS,
    "storage key": _base64_of(64),
    "guid": st.uuids().map(str),
    "secret key": _texts(LETTERS_AND_DIGITS + "/+", 40),
    "access key id": _KEY_IDS,
    "signature": _base64_of(32),
    "token": st.tuples(_HEAD, _CLAIMS, st.binary(min_size=16, max_size=16)).map(lambda parts: _token(list(parts))),
    "account name": _ACCOUNTS,
}
CASE_FREE = ("guid", "account name")
SHORTEST = (  # of any kind, and of those with specials that every notation escapes; each with another of its kind
    (Secret("abcdefgh", is_case_free=True), Secret("ijklmnop", is_case_free=True)),
    (Secret('abcd"???abcd'), Secret('efgh"~~~efgh')),
)


def secrets(kind: str | None = None) -> st.SearchStrategy[Secret]:
    """Return a strategy for secrets.

    Args:
        kind: A key of ``KINDS``; all of them where there is none.
    """
    kinds = list(KINDS) if kind is None else [kind]
    return st.one_of([_secrets_of(name) for name in kinds])


def pairs_of_secrets(kinds: tuple[str, ...] = tuple(KINDS)) -> st.SearchStrategy[tuple[Secret, Secret]]:
    """Return a strategy for two secrets of one kind that have nothing to do with each other.

    Their sizes in bytes leave the same rest when divided by 3, so that both fill base64 alike.
    """
    both = st.sampled_from(kinds).flatmap(lambda kind: st.tuples(_secrets_of(kind), _secrets_of(kind)))
    return both.filter(lambda pair: _are_comparable(pair[0].text, pair[1].text))


def _secrets_of(kind: str) -> st.SearchStrategy[Secret]:
    texts = KINDS[kind].filter(lambda text: len(set(text.lower())) >= FEWEST_DISTINCT)
    return texts.map(lambda text: Secret(text, is_case_free=kind in CASE_FREE))


def _are_comparable(one: str, other: str) -> bool:
    if one.lower() in other.lower() or other.lower() in one.lower():
        return False
    return len(one.encode()) % 3 == len(other.encode()) % 3
