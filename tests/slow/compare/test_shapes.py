"""What values look like."""

from __future__ import annotations

import base64
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.compare._shapes import pattern_between, shape_of
from tests.slow.compare.programs import SHAPES

SEEDS = st.lists(st.integers(0, 10**6), min_size=2, max_size=8, unique=True)


@given(st.sampled_from(sorted(SHAPES)), SEEDS)
def test_values_of_one_shape_have_it_and_its_pattern_finds_each(name: str, seeds: list[int]) -> None:
    values = [SHAPES[name](random.Random(seed)) for seed in seeds]  # noqa: S311  (nothing secret is made)
    shape = shape_of(values)
    assert shape.name == name
    assert shape.is_clock == name.startswith(("date", "epoch"))
    pattern = pattern_between(values, shape, otherwise=".*")
    assert [value for value in values if not re.fullmatch(pattern, value)] == []


@given(SEEDS)
def test_values_of_several_shapes_are_opaque(seeds: list[int]) -> None:
    values = [SHAPES[name](random.Random(seed)) for seed in seeds for name in ("uuid", "date (RFC 1123)")]  # noqa: S311
    assert shape_of(values).name == "opaque text"


@given(st.binary(max_size=48))
def test_the_size_of_base64_is_that_of_its_bytes(data: bytes) -> None:
    text = base64.b64encode(base64.b64decode("aB2zaB2z") + data).decode()
    assert shape_of([text, text.replace("aB2z", "cD3y")]).name == f"base64 of {len(data) + 6} bytes"


@pytest.mark.parametrize(
    ("values", "is_port", "name"),
    [
        (["49152", "60001"], True, "port"),
        (["49152", "60001"], False, "integer"),
        (["0", "-17"], False, "integer"),
        (["70000", "80000"], True, "integer"),
        (["1700000000", "1700000001"], False, "epoch seconds"),
        (["1700000000000", "1700000001000"], False, "epoch milliseconds"),
        (["1700000000", "17"], False, "integer"),
        (["2024-01-02", "2024-01-03"], False, "date (ISO 8601)"),
        (["20240102T030405Z", "20240102T030406Z"], False, "date (ISO 8601)"),
        (["0011223344556677", "8899112233445566"], False, "hex of 16"),
        (["deadbeef", "DEADBEEF"], False, "hex of 8"),
        (["deadbee", "1234567"], False, "opaque text"),
        (["deadbeef", "deadbeef00"], False, "opaque text"),
        (["dGVzdGluZyE=", "bW9yZSB3b3I="], False, "base64 of 8 bytes"),
        (["password", "anything"], False, "opaque text"),
        ([], False, "opaque text"),
        (["", "x"], False, "opaque text"),
    ],
)
def test_the_shape_of(values: list[str], is_port: bool, name: str) -> None:
    assert shape_of(values, is_port=is_port).name == name
