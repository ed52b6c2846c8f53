"""The journal of an exploration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.errors import UsageError
from conformance.generate import Journal, explore
from tests.generate.boxes import BOX, Reversed, explorer, journal_in

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("journal")
    with journal_in(folder) as journal:
        explore(explorer(Reversed, journal, programs=40))
    return (folder / "box.jsonl").read_bytes()


@settings(suppress_health_check=[HealthCheck.nested_given])  # what an exploration does with Hypothesis is its own
@given(st.data())
def test_a_journal_that_is_cut_off_anywhere_holds_all_that_was_whole(
    written: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(written)))
    folder = tmp_path_factory.mktemp("cut")
    (folder / "box.jsonl").write_bytes(written[:at])
    with journal_in(folder) as journal:
        ran = [line for line in written[:at].split(b"\n")[:-1] if b'"kind":"ran"' in line]
        assert journal.harvest.programs == journal.resumed == len(ran)
        explore(explorer(Reversed, journal, programs=journal.resumed + 2))
    with journal_in(folder) as again:
        assert again.harvest == journal.harvest
        assert again.resumed == len(ran) + 2


def test_a_journal_of_another_contract_is_refused_and_left_alone(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        explore(explorer(Reversed, journal, programs=3))
    before = journal.path.read_bytes()
    with pytest.raises(UsageError, match="box.jsonl:1: is of box@1"):
        Journal(journal.path, contract="box@2", fixture="box")
    assert journal.path.read_bytes() == before


def test_a_journal_of_a_newer_schema_is_refused_and_says_how_to_go_on(tmp_path: Path, written: bytes) -> None:
    (tmp_path / "box.jsonl").write_bytes(written.replace(b'"schema":1', b'"schema":2'))
    with pytest.raises(UsageError, match="is of box@1, schema 2") as raised:
        journal_in(tmp_path)
    assert raised.value.fault.slug == "foreign-journal"
    assert "--fresh" in raised.value.fault.cure


def test_of_a_program_that_was_being_written_nothing_is_taken(tmp_path: Path, written: bytes) -> None:
    at = written.index(b'{"kind":"ran"')
    (tmp_path / "box.jsonl").write_bytes(written[:at])
    with journal_in(tmp_path) as journal:
        assert (journal.harvest.candidates, journal.harvest.shortest) == ([], {})
    assert journal.path.read_bytes() == written[: written.index(b"\n") + 1]


def test_a_line_that_is_no_event_is_refused_with_its_number(tmp_path: Path, written: bytes) -> None:
    (tmp_path / "box.jsonl").write_bytes(written + b'{"kind": "ran"}\n')
    with pytest.raises(UsageError, match=f"box.jsonl:{len(written.splitlines()) + 1}: is not an event"):
        Journal(tmp_path / "box.jsonl", contract=BOX.id, fixture="box")


def test_a_journal_is_removed_when_all_is_kept_elsewhere(tmp_path: Path) -> None:
    journal = journal_in(tmp_path)
    journal.remove()
    assert list(tmp_path.iterdir()) == []
