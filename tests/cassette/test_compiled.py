"""The compiled form of large cassettes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import (
    Cassette,
    Interaction,
    Provenance,
    Request,
    Response,
    load_cassette,
    render_cassette,
    write_cassette,
)
from conformance.cassette._compiled import WORTHWHILE_BYTES, parse_compiled, render_compiled
from conformance.errors import CassetteError
from tests.cassette.strategies import CHUNKED_TAPES

if TYPE_CHECKING:
    from pathlib import Path

PROVENANCES = st.one_of(
    st.none(),
    st.builds(
        Provenance,
        st.just("box_live"),
        st.just("2026-01-31"),
        st.just({"client": "1.0"}),
        st.just("abc"),
        st.none() | st.dictionaries(st.text(max_size=9), st.integers(1), max_size=3),
    ),
)
LARGE = tuple(
    Interaction(Request("GET", f"http://box.test/{key}"), Response(200, "OK", (("A", "1"),), b"x%d" % key * 300))
    for key in range(100)
)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own."""
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def cassette(tmp_path: Path) -> Path:
    """A cassette that is large enough to be compiled."""
    path = tmp_path / "tape.yaml"
    write_cassette(path, LARGE, None)
    assert path.stat().st_size > WORTHWHILE_BYTES
    return path


@given(CHUNKED_TAPES, PROVENANCES)
def test_what_was_compiled_is_parsed(tape: tuple[Interaction, ...], provenance: Provenance | None) -> None:
    assert parse_compiled(render_compiled((tape, provenance))) == (tape, provenance)


@given(CHUNKED_TAPES.filter(bool), st.data())
def test_a_compiled_form_that_is_cut_or_changed_anywhere_is_not_used(
    tape: tuple[Interaction, ...], data: st.DataObject
) -> None:
    whole = render_compiled((tape, None))
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[at] ^= data.draw(st.integers(1, 255))
    assert parse_compiled(whole[:at]) is None
    assert parse_compiled(bytes(changed)) is None


def test_a_second_load_does_not_read_the_yaml(cache: Path, cassette: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_cassette(cassette)
    assert len(list(cache.iterdir())) == 1
    monkeypatch.setattr("conformance.cassette._compiled.parse_cassette", lambda _: pytest.fail("it was read"))
    assert load_cassette(cassette) == first == Cassette(cassette, LARGE, None)


def test_a_cassette_that_changed_is_read_anew(cache: Path, cassette: Path) -> None:
    load_cassette(cassette)
    cassette.write_text(render_cassette(LARGE[1:], None), "utf-8")
    assert load_cassette(cassette).interactions == LARGE[1:]
    assert len(list(cache.iterdir())) == 2


def test_a_damaged_cassette_is_refused_whatever_was_compiled_before(cache: Path, cassette: Path) -> None:
    load_cassette(cassette)
    cassette.write_bytes(cassette.read_bytes()[:-20])
    with pytest.raises(CassetteError):
        load_cassette(cassette)
    assert len(list(cache.iterdir())) == 1


def test_a_cache_that_cannot_be_written_is_none(cache: Path, cassette: Path) -> None:
    cache.write_text("a file where the folder would be")
    assert load_cassette(cassette).interactions == LARGE


def test_the_cache_can_be_turned_off(cassette: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_CACHE", "off")
    assert load_cassette(cassette).interactions == LARGE
    assert not cache.exists()
