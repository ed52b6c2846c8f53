"""Secrets that a recording gives away."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import HeaderPlace, Interaction, Replace, Request, Response, Scrubber
from conformance.cassette.scrubbing import _learned
from conformance.cassette.scrubbing._finders import Search
from conformance.cassette.scrubbing._learned import Learned, is_worth_looking_for

if TYPE_CHECKING:
    import pytest

MANY = 2000
SECRETS = st.from_regex(r"\A[a-z]{4}[0-9]{4}[A-Z]{4}[a-z0-9]{2,8}\Z").filter(lambda text: len(set(text)) > 4)
RULE = Replace("box.token", HeaderPlace("token"), "STAND-IN")


@given(SECRETS)
def test_a_secret_is_found_in_its_own_interaction_and_in_later_ones(secret: str) -> None:
    scrubber = Scrubber([RULE])
    first = Interaction(
        Request("GET", "http://box.test/", (("Token", secret),)), Response(200, "", (), f"<{secret}>".encode())
    )
    assert scrubber.interaction(first).response.body == b"<STAND-IN>"
    later = Request("GET", f"http://box.test/{secret}", (("Link", secret),), secret.encode())
    found = scrubber.request(later)
    assert (found.uri, found.headers, found.body) == (
        "http://box.test/STAND-IN", (("Link", "STAND-IN"),), b"STAND-IN"
    )  # fmt: skip
    assert scrubber.fresh().request(later) is later


@given(st.text(string.ascii_lowercase, min_size=1, max_size=20))
def test_a_word_is_not_looked_for_anywhere_else(word: str) -> None:
    for secret in (word, word.title(), word.upper(), word[:7], "0" * len(word)):
        assert not is_worth_looking_for(secret)
        scrubber = Scrubber([RULE])
        scrubber.request(Request("GET", "http://box.test/", (("Token", secret),)))
        later = Request("GET", "http://box.test/", (), secret.encode())
        assert scrubber.request(later) is later


def test_many_secrets_cost_no_more_each_than_few(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[int] = []

    def counted(finders: list[object]) -> Search:
        built.append(len(finders))
        return Search([])

    monkeypatch.setattr(_learned, "Search", counted)
    learned = Learned()
    most = 0
    for number in range(MANY):
        learned.add("box.token", f"secret-{number:06}", "S")
        most = max(most, len(learned.searches()))
        learned.searches()
    assert len(built) == MANY
    assert sum(built) < 15 * MANY
    assert most <= 12
