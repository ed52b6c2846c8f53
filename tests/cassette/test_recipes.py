"""Large bodies that repeat a pattern."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import Interaction, Request, Response, parse_cassette, render_cassette
from conformance.cassette._beside import LARGE_BYTES
from conformance.cassette._recipes import recipe_of


@given(st.binary(min_size=1, max_size=300), st.integers(0, 5000))
def test_a_recipe_cooks_the_very_body(pattern: bytes, extra: int) -> None:
    size = LARGE_BYTES + extra
    body = (pattern * (size // len(pattern) + 1))[:size]
    recipe = recipe_of(body)
    assert recipe is not None
    assert recipe.cook() == body


@given(st.integers(0, LARGE_BYTES + 99))
def test_a_body_that_breaks_the_pattern_anywhere_has_no_recipe(at: int) -> None:
    body = bytearray(b"abc" * (LARGE_BYTES // 3 + 50))
    body[at] ^= 0xFF
    recipe = recipe_of(bytes(body))
    assert recipe is None or recipe.cook() == body


def test_a_large_patterned_body_takes_little_room_and_comes_back() -> None:
    body = b"0123456789" * 100_000
    tape = (Interaction(Request("PUT", "http://box.test/", (), body), Response(200, "", (), body)),)
    text = render_cassette(tape, None)
    assert len(text) < 2000
    assert parse_cassette(text)[0] == tape
