"""scrub: the rules of today on what is stored already."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from conformance.cassette import Interaction, Provenance, Request, Response, load_cassette, locked, write_cassette
from conformance.cli._main import conformance
from conformance.errors import ConformanceError
from conformance.fixtures import scrubber_of
from conformance.registry import load_registry
from conformance.report import rescrub

if TYPE_CHECKING:
    from pathlib import Path

REGISTRY = """
[backend.box]
driver = "box:store"
scrub = { rules = [{ name = "box.key", value = { env = "BOX_SCRUBBED_KEY" }, stand_in = "KEY" }] }
[fixture.box_live]
backend = "box"
kind = "live"
[fixture.box_replay]
replays = "box_live"
[fixture.box_other]
backend = "box"
kind = "live"
"""
SECRET = "k3y-of-the-box"
LEAKY = (
    Interaction(Request("GET", f"http://box.test/?key={SECRET}"), Response(200, "OK", (("X-Key", SECRET),), b"a")),
    Interaction(Request("PUT", "http://box.test/", (), b"b"), Response(200, "OK", (), b"c")),
)
CLEAN = (LEAKY[1],)
PROVENANCE = Provenance("box_live", "2026-01-31", {"client": "1.0"}, "an older set", {"box.key": 1, "box.id": 3})


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registry with a cassette that its rules would change, and one that they would not."""
    monkeypatch.setenv("BOX_SCRUBBED_KEY", SECRET)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fixtures.toml").write_text(REGISTRY)
    registry = load_registry(tmp_path / "fixtures.toml")
    digest = scrubber_of(registry.fixture("box_live"), registry=registry, is_live=False).digest
    write_cassette(tmp_path / "cassettes" / "box_live" / "leaky.yaml", LEAKY, PROVENANCE)
    write_cassette(tmp_path / "cassettes" / "box_live" / "clean.yaml", CLEAN, replace(PROVENANCE, rules=digest))
    return tmp_path / "fixtures.toml"


@pytest.fixture
def leaky(registry: Path) -> Path:
    return registry.parent / "cassettes" / "box_live" / "leaky.yaml"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(conformance, ["scrub", *arguments])
    if isinstance(result.exception, ConformanceError):
        return 2, str(result.exception)  # as main does
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_what_the_rules_change_is_put_in_place_with_where_it_was_recorded(leaky: Path) -> None:
    code, output = run()
    assert code == 0
    assert output.splitlines() == [
        "cassettes/box_live/leaky.yaml: box.key 2",
        "2 cassettes, 3 interactions: 1 scrubbed, 0 rules only, 0 left alone because something is wrong",
    ]
    assert SECRET not in leaky.read_text()
    loaded = load_cassette(leaky)
    assert loaded.interactions[0].request.uri == "http://box.test/?key=KEY"
    assert loaded.provenance is not None
    assert loaded.provenance.rules != PROVENANCE.rules
    assert loaded.provenance == replace(PROVENANCE, rules=loaded.provenance.rules, fired={"box.key": 3, "box.id": 3})


def test_scrubbing_twice_changes_no_more_than_once(leaky: Path) -> None:
    run()
    before = {path: path.read_bytes() for path in leaky.parent.iterdir()}
    code, output = run("--check")
    assert code == 0
    assert "0 to be scrubbed, 0 rules only" in output
    run()
    assert {path: path.read_bytes() for path in leaky.parent.iterdir()} == before


def test_a_check_says_what_would_change_and_changes_nothing(leaky: Path) -> None:
    before = leaky.read_bytes()
    code, output = run("--check")
    assert code == 1
    assert "leaky.yaml: box.key 2\n" in output
    assert "1 to be scrubbed" in output
    assert leaky.read_bytes() == before


def test_a_cassette_on_which_only_the_rules_are_new_says_so(leaky: Path) -> None:
    write_cassette(leaky, CLEAN, PROVENANCE)
    assert run("--check")[0] == 1
    code, output = run()
    assert code == 0
    assert output.splitlines()[0] == "cassettes/box_live/leaky.yaml: rules only"
    assert "0 scrubbed, 1 rules only" in output
    loaded = load_cassette(leaky)
    assert loaded.interactions == CLEAN
    assert loaded.provenance is not None
    assert (loaded.provenance.fired, loaded.provenance.rules != PROVENANCE.rules) == (PROVENANCE.fired, True)


def test_counts_that_were_not_known_stay_so(leaky: Path) -> None:
    write_cassette(leaky, LEAKY, replace(PROVENANCE, fired=None))
    assert run()[0] == 0
    provenance = load_cassette(leaky).provenance
    assert provenance is not None
    assert provenance.fired is None


def test_what_vcrpy_wrote_is_scrubbed_and_left_alone_where_there_is_nothing_to_scrub(leaky: Path) -> None:
    write_cassette(leaky, LEAKY, None)
    clean = leaky.with_name("clean.yaml")
    clean.write_text("interactions: []\nversion: 1\n")
    assert run()[0] == 0
    assert SECRET not in leaky.read_text()
    assert load_cassette(leaky).provenance is None
    assert clean.read_text() == "interactions: []\nversion: 1\n"


@pytest.mark.parametrize("damage", ["cut", "edited"])
def test_a_damaged_cassette_is_named_and_left_alone_and_the_others_are_scrubbed(leaky: Path, damage: str) -> None:
    damaged = leaky.with_name("damaged.yaml")
    text = leaky.read_text()
    damaged.write_text(text[:-20] if damage == "cut" else text.replace("PUT", "GET"))
    before = damaged.read_bytes()
    code, output = run()
    assert code == 2
    assert "cassettes/box_live/damaged.yaml:" in output
    assert "1 scrubbed, 0 rules only, 1 left alone" in output
    assert damaged.read_bytes() == before
    assert SECRET not in leaky.read_text()


def test_what_would_not_replay_is_named_and_left_alone(leaky: Path) -> None:
    (leaky.parents[2] / "fixtures.toml").write_text(
        REGISTRY.replace("scrub =", 'match = { on = ["broken:part"] }\nscrub =')
    )
    (leaky.parents[2] / "broken.py").write_text(
        "import itertools\ncount = itertools.count()\n\ndef part(request):\n    return str(next(count))\n"
    )
    before = leaky.read_bytes()
    code, output = run("cassettes/box_live/leaky.yaml")
    assert code == 2
    assert "(unproven)" in output
    assert leaky.read_bytes() == before


def test_a_cassette_that_somebody_writes_is_waited_for(leaky: Path) -> None:
    registry = load_registry(leaky.parents[2] / "fixtures.toml")
    before = leaky.read_bytes()
    thread = threading.Thread(target=rescrub, args=(leaky,), kwargs={"registry": registry})
    with locked(leaky):
        thread.start()
        thread.join(0.2)
        assert thread.is_alive()
        assert leaky.read_bytes() == before
    thread.join()
    assert SECRET not in leaky.read_text()


def test_a_hidden_file_is_no_cassette(leaky: Path) -> None:
    hidden = leaky.with_name(".leaky.yaml")
    hidden.write_bytes(leaky.read_bytes())
    assert run()[1].splitlines()[-1].startswith("2 cassettes")
    assert SECRET in hidden.read_text()


@pytest.mark.parametrize("name", ["cassettes/box_live/leaky.yaml", "cassettes", "box_live", "box_replay"])
def test_a_cassette_a_folder_and_a_fixture_can_be_named(leaky: Path, name: str) -> None:
    other = leaky.parents[1] / "box_other" / "other.yaml"
    write_cassette(other, LEAKY, PROVENANCE)
    before = other.read_bytes()
    assert run(name)[0] == 0
    assert SECRET not in leaky.read_text()
    assert (other.read_bytes() == before) is (name != "cassettes")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("gone/gone.yaml", "no-file"),
        ("box_liv", "unknown-fixture"),
        ("stray.yaml", "no-family"),
        ("cassettes/odd", "unknown-fixture"),
    ],
)
def test_what_cannot_be_meant_is_an_error_and_changes_nothing(leaky: Path, name: str, slug: str) -> None:
    strays = [leaky.parents[2] / "stray.yaml", leaky.parents[1] / "odd" / "stray.yaml"]
    for stray in strays:
        write_cassette(stray, LEAKY, None)
    code, output = run(name)
    assert code == 2
    assert f"({slug})" in output
    assert all(SECRET in path.read_text() for path in [leaky, *strays])
