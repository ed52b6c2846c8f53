"""Journals: whole but for the line in flight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.cassette import Interaction, Journal, Recorder, Request, Response, Scrubber, read_journal
from conformance.errors import CassetteError
from tests.cassette.strategies import CHUNKED_TAPES

if TYPE_CHECKING:
    from pathlib import Path

IN_TMP = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def written(folder: Path, tape: tuple[Interaction, ...]) -> bytes:
    """Return the bytes of a journal with this tape, and remove it."""
    journal = Journal(folder / "tape.yaml")
    for place, item in enumerate(tape, start=1):
        journal.append(place, item)
    data = journal.path.read_bytes() if tape else b""
    journal.remove()
    return data


@IN_TMP
@given(CHUNKED_TAPES.filter(bool))
def test_what_was_appended_is_read(tmp_path: Path, tape: tuple[Interaction, ...]) -> None:
    path = tmp_path / ".tape.yaml.1-a.journal"
    path.write_bytes(written(tmp_path, tape))
    left = read_journal(path)
    assert (left.interactions, left.is_cut, left.cassette) == (tape, False, tmp_path / "tape.yaml")


@IN_TMP
@given(CHUNKED_TAPES.filter(bool), st.data())
def test_a_journal_cut_anywhere_has_every_line_before_the_cut(
    tmp_path: Path, tape: tuple[Interaction, ...], data: st.DataObject
) -> None:
    whole = written(tmp_path, tape)
    size = data.draw(st.integers(0, len(whole)))
    path = tmp_path / ".tape.yaml.1-a.journal"
    path.write_bytes(whole[:size])
    left = read_journal(path)
    assert left.interactions == tape[: max(0, whole[:size].count(b"\n") - 1)]
    assert left.cassette == tmp_path / "tape.yaml"
    assert left.is_cut == (size > 0 and not whole[:size].endswith(b"\n"))


@IN_TMP
@given(CHUNKED_TAPES.filter(bool), st.data())
def test_a_journal_with_a_byte_changed_before_its_last_line_is_refused(
    tmp_path: Path, tape: tuple[Interaction, ...], data: st.DataObject
) -> None:
    whole = bytearray(written(tmp_path, tape))
    at = data.draw(st.integers(0, whole.rindex(b"\n")))
    whole[at] ^= data.draw(st.integers(1, 255))
    path = tmp_path / ".tape.yaml.1-a.journal"
    path.write_bytes(whole)
    try:
        left = read_journal(path)
    except CassetteError as error:
        assert error.fault.line is not None
    else:
        assert left.is_cut
        assert left.interactions == tape[: len(left.interactions)]
        assert len(left.interactions) >= len(tape) - 1


def test_a_recorder_has_each_interaction_on_disk_before_it_is_handed_over(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "tape.yaml")
    recorder = Recorder(scrubber=Scrubber(), journal=journal)
    for key in range(3):
        recorder.keep(recorder.begin(), Request("GET", f"http://box.test/{key}"), Response(200))
        assert read_journal(journal.path).interactions == recorder.interactions
    recorder.close()
    assert list(tmp_path.iterdir()) == []


def test_a_recording_that_sent_nothing_leaves_no_file(tmp_path: Path) -> None:
    Recorder(scrubber=Scrubber(), journal=Journal(tmp_path / "tape.yaml")).close()
    assert list(tmp_path.iterdir()) == []


def test_two_journals_of_one_cassette_are_two_files(tmp_path: Path) -> None:
    assert Journal(tmp_path / "tape.yaml").path != Journal(tmp_path / "tape.yaml").path


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    tape = tuple(Interaction(Request("GET", f"http://box.test/{key}"), Response(200)) for key in range(3))
    path = tmp_path / ".tape.yaml.1-a.journal"
    path.write_bytes(written(tmp_path, tape).replace(b"box.test/1", b"box.test/7"))
    with pytest.raises(CassetteError) as caught:
        read_journal(path)
    assert caught.value.fault.line == 3
