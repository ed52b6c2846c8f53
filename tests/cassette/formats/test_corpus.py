"""A sample of what was recorded at real services; `tests/slow/test_corpus.py` takes all of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from conformance.cassette import load_cassette
from conformance.cassette.formats import read_any
from conformance.cli._main import conformance
from conformance.errors import CassetteError
from tests.cassette.formats.corpus import CORPUS, FAMILIES, NOT_HERE, check, check_swept, recordings

if TYPE_CHECKING:
    from pathlib import Path

STEP = 25

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=NOT_HERE)


def test_every_folder_of_the_corpus_is_known() -> None:
    assert {path.name for path in CORPUS.iterdir() if path.is_dir()} == set(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_recording_of_a_real_service_is_read_kept_scrubbed_and_replayed(tmp_path: Path, family: str) -> None:
    done = Counter[str]()
    for path in recordings(family)[::STEP]:
        done += check(path, family, tmp_path)
    assert done["files"] >= FAMILIES[family].files // STEP
    assert done["interactions"] >= done["files"]


@pytest.mark.parametrize("family", FAMILIES)
def test_no_credential_is_left_in_a_recording_of_a_real_service(family: str) -> None:
    done = Counter[str]()
    for path in recordings(family)[::STEP]:
        done += check_swept(path, family, path.name)
    assert done.total() >= FAMILIES[family].credentials // (4 * STEP)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_recording_of_a_real_service_is_converted(tmp_path: Path, family: str) -> None:
    source, target = recordings(family)[0], tmp_path / "tape.yaml"
    result = CliRunner().invoke(conformance, ["convert", str(source), "--to", "vcr-yaml", "--output", str(target)])
    assert (result.exit_code, "1 files, 0 not converted" in result.output) == (0, True)
    assert load_cassette(target).interactions == read_any(source).interactions


def test_what_only_tells_when_something_was_recorded_is_no_recording() -> None:
    paths = sorted(CORPUS.rglob("*.validation.json"))
    assert paths
    for path in paths:
        with pytest.raises(CassetteError, match="no format that is known") as caught:
            read_any(path)
        assert caught.value.fault.slug == "unknown-format"
