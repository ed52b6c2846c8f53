"""Names of cassette files."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.cassette import cassette_name

IDS = st.one_of(st.text(min_size=1, max_size=30), st.from_regex(r"[Tt]est_[aAbB](\[[a-z0-9-]{1,9}\])?", fullmatch=True))


@given(IDS, IDS)
@example("Test_a", "test_a")
@example("con", "CON")
@example("a" * 101, "a" * 102)
@example("x", "x ")
def test_two_ids_never_share_a_file_even_where_case_is_folded(one: str, other: str) -> None:
    names = [str(cassette_name("box", "tests/m", test)).casefold() for test in (one, other)]
    assert (names[0] == names[1]) == (one == other)


@given(IDS)
def test_an_id_does_not_meet_the_file_of_another_by_looking_like_it(test: str) -> None:
    name = cassette_name("box", "tests/m", test)
    if name.stem != test:
        assert cassette_name("box", "tests/m", name.stem) != name


@given(IDS)
def test_every_name_is_safe_on_every_file_system(test: str) -> None:
    name = cassette_name("box", "tests/m", test)
    assert len(name.parts) == 4
    assert len(name.name) <= 120
    assert not set(name.name) & set('<>:"/\\|?* ')
    assert name.name.isascii()
    assert not name.stem.endswith((".", " "))
    assert name.stem.split(".")[0] not in {"con", "prn", "aux", "nul", "com1", "lpt1"}


def test_a_plain_id_can_be_read_off_the_file() -> None:
    name = cassette_name("s3_live", "tests/suite/test_copying", "test_a_copy_has_the_content")
    assert str(name) == "s3_live/tests/suite/test_copying/test_a_copy_has_the_content.yaml"
