"""What is accepted has a reason, and what is wrong in an accept file is told with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import Difference, Interaction, Request, Response
from conformance.compare.verification import (
    AcceptedEntry,
    Behaviour,
    Checked,
    FileResult,
    Verification,
    apply_accepted,
    load_accepted,
)
from conformance.errors import FileError

if TYPE_CHECKING:
    from pathlib import Path

REQUEST = Request("PUT", "https://account.test/a")
BEHAVIOUR = Behaviour("PUT", "blob", "path", "comp=block", 201, "")


def checked(number: int, *parts: str, file: str = "family/test_a[b].yaml") -> Checked:
    differences = tuple(Difference(part, "was", "is") for part in parts)
    item = Interaction(REQUEST, Response(201))
    return Checked(file, number, BEHAVIOUR, item, REQUEST, Response(201), differences)


def verification(*found: Checked) -> Verification:
    return Verification((FileResult("family/test_a[b].yaml", found),))


@pytest.mark.parametrize(
    ("entry", "accepts"),
    [
        (AcceptedEntry("why"), {1, 2}),
        (AcceptedEntry("why", file="test_a[b].yaml"), {1, 2}),
        (AcceptedEntry("why", file="family/*"), {1, 2}),
        (AcceptedEntry("why", file="a[b].yaml"), set()),
        (AcceptedEntry("why", index=2), {2}),
        (AcceptedEntry("why", behaviour="PUT * comp=block -> 2?1"), {1, 2}),
        (AcceptedEntry("why", behaviour="PUT"), set()),
        (AcceptedEntry("why", part="header x-*"), {1}),
        (AcceptedEntry("why", index=3), set()),
    ],
)
def test_an_entry_accepts_what_all_it_says_fits(entry: AcceptedEntry, accepts: set[int]) -> None:
    found, unused = apply_accepted(verification(checked(1, "header x-a"), checked(2, "status"), checked(3)), [entry])
    assert {each.number for each in found.checked if each.is_accepted} == accepts
    assert unused == ([] if accepts else [entry])
    assert found.score() == verification(checked(1, "header x-a"), checked(2, "status"), checked(3)).score()
    assert found.score(with_accepted=True).conforming == 1 + len(accepts)


def test_an_interaction_of_which_one_part_is_not_accepted_is_not() -> None:
    found, unused = apply_accepted(verification(checked(1, "status", "code")), [AcceptedEntry("why", part="status")])
    assert [each.is_accepted for each in found.checked] == [False]
    assert [entry and entry.reason for entry in found.checked[0].accepted] == ["why", None]
    assert unused == []
    assert [len(group.members) for group in found.groups()] == [1]
    assert found.groups(is_accepted=True) == []


@given(st.lists(st.sampled_from(["file", "behaviour", "part"]), unique=True), st.integers(1, 99))
def test_an_entry_is_read_as_it_is_written(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], index: int
) -> None:
    path = tmp_path_factory.mktemp("accepted") / "accepted.toml"
    values = {name: f"{name} *" for name in names}
    lines = ["# why", "[[accepted]]", 'reason = "first"', "", "[[accepted]]", 'reason = "second"', f"index = {index}"]
    path.write_text("\n".join([*lines, *(f'{name} = "{value}"' for name, value in values.items())]), "utf-8")
    assert load_accepted(path) == (
        AcceptedEntry("first", line=2),
        AcceptedEntry("second", index=index, line=5, **values),
    )


WRONG = {
    '[[accepted]]\nfile = "a"': (1, "accepted.0.reason", "missing-key"),
    '[[accepted]]\nreason = "a"\nparts = "b"': (3, "accepted.0.parts", "unknown-key"),
    '[[accepted]]\nreason = "a"\n\n[[accepted]]\nreason = 7': (5, "accepted.1.reason", "wrong-type"),
    '[[accepted]]\nreason = "a"\nindex = "1"': (3, "accepted.0.index", "wrong-type"),
    '[[accepted]]\nreason = "a"\nindex = true': (3, "accepted.0.index", "wrong-type"),
    '[[accepted]]\nreason = "a"\nindex = 0': (3, "accepted.0.index", "empty-value"),
    '[[accepted]]\nreason = ""': (2, "accepted.0.reason", "empty-value"),
    'accept = "a"': (1, "accept", "unknown-key"),
    'accepted = "a"': (1, "accepted", "wrong-type"),
    '[[accepted]]\nreason = "a': (2, None, "bad-toml"),
    '[[accepted]]\nreason = "a"\nreason = "b"': (3, "reason", "duplicate"),
}


@pytest.mark.parametrize("text", WRONG)
def test_a_fault_tells_its_line_and_key(text: str, tmp_path: Path) -> None:
    path = tmp_path / "accepted.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(FileError) as caught:
        load_accepted(path)
    fault = caught.value.faults[0]
    line, key, slug = WRONG[text]
    assert (fault.path, fault.line, fault.slug) == (path, line, slug)
    assert key is None or (fault.key or "").endswith(key)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b'[[accepted]]\nreason = "\xe9"')
    for name in ("missing.toml", "latin.toml"):
        with pytest.raises(FileError) as caught:
            load_accepted(tmp_path / name)
        assert caught.value.fault.slug == "unreadable-accepted"
