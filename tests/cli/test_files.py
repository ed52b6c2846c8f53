"""fsck and recover."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from conformance.cassette import Interaction, Journal, Request, Response, load_cassette, write_cassette
from conformance.cli._main import conformance

if TYPE_CHECKING:
    from pathlib import Path

REGISTRY = '[backend.box]\ndriver = "box:store"\n[fixture.box_live]\nbackend = "box"\nkind = "live"\n'
TAPE = tuple(Interaction(Request("GET", f"http://box.test/{key}"), Response(200)) for key in range(3))


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """A registry with one good cassette."""
    (tmp_path / "fixtures.toml").write_text(REGISTRY)
    write_cassette(tmp_path / "cassettes" / "box_live" / "good.yaml", TAPE, None)
    return tmp_path / "fixtures.toml"


def run(command: str, registry: Path) -> tuple[int, str]:
    result = CliRunner().invoke(conformance, [command, "--registry", str(registry)])
    return result.exit_code, result.output


def test_all_is_well_where_every_cassette_is_whole(registry: Path) -> None:
    assert run("fsck", registry) == (0, "1 cassettes, 0 problems\n")


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("box_live/bad.yaml", "interactions: [\n", "bad.yaml:"),
        ("box_live/empty.yaml", "", "is no cassette"),
        ("box_live/.good.yaml.1-a.journal", "", "conformance recover"),
        ("box_live/.good.yaml.abc.new", "", "Delete it"),
        ("box_live/gone.bodies/5f70", "", "holds the bodies of gone.yaml, which is not there"),
        ("box_live/good.bodies/5f70", "", "is named by no interaction of good.yaml"),
        ("box_gone/good.yaml", "interactions: []\nversion: 1\n", "belongs to no fixture"),
    ],
)
def test_each_sort_of_problem_is_told_with_its_cure(registry: Path, name: str, content: str, word: str) -> None:
    path = registry.parent / "cassettes" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)
    code, output = run("fsck", registry)
    assert code == 1
    assert word in output
    assert output.endswith("1 problems\n")
    assert path.read_text() == content


def test_what_was_left_is_recovered_beside_the_cassette_and_twice_is_no_more(registry: Path) -> None:
    good = registry.parent / "cassettes" / "box_live" / "good.yaml"
    before = good.read_bytes()
    for _ in range(2):
        journal = Journal(good)
        for place, item in enumerate(TAPE, start=1):
            journal.append(place, item)
    code, output = run("recover", registry)
    assert (code, output.splitlines()[-1]) == (0, "2 journals recovered")
    assert good.read_bytes() == before
    recovered = [good.with_suffix(".recovered.yaml"), good.with_suffix(".recovered.1.yaml")]
    assert [load_cassette(path).interactions for path in recovered] == [TAPE, TAPE]
    assert run("recover", registry) == (0, "0 journals recovered\n")


def test_a_project_without_a_registry_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "cassettes" / "test_a" / "tape.yaml"
    Journal(path).append(1, TAPE[0])
    result = CliRunner().invoke(conformance, ["recover", "cassettes"])
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "1 journals recovered")
    assert load_cassette(path.with_suffix(".recovered.yaml")).interactions == TAPE[:1]
