"""Rules that must fire: a recording run in which one did not, in none of the fixture's cassettes, fails."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.cassette import load_cassette, render_cassette
from conformance.registry import load_registry
from conformance.report import rescrub
from tests.pytest_plugin.test_recording import RECORD, REPLAY, SERVICE
from tests.slow.pytest_plugin.test_modes import declare

if TYPE_CHECKING:
    from pathlib import Path

RULES = 'scrub = { rules = [{ name = "box.key", value = { env = "BOX_SCRUBBED_KEY" }, expect = "must" }] }'
TESTS = """
def test_key(subject):
    subject.get('/?key=k3y-of-box')

def test_plain(subject):
    subject.get('/a')
"""
SILENT = '*fixtures.toml:*: *the rule box.key has expect = "must" and fired in none of its * cassette*.'


@pytest.fixture
def recorded(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with a rule that must fire, and fires in one of two tests where its variable is set."""
    declare(project, RULES)
    project.makepyfile(TESTS)
    monkeypatch.setenv("BOX_SCRUBBED_KEY", "k3y-of-box")
    return project


def cassette_of(project: pytest.Pytester, test: str) -> Path:
    (path,) = (project.path / "cassettes").rglob(f"{test}.yaml")
    return path


def fired_in(project: pytest.Pytester, test: str) -> dict[str, int] | None:
    provenance = load_cassette(cassette_of(project, test)).provenance
    assert provenance is not None
    return provenance.fired


def retell(path: Path, fired: dict[str, int] | None) -> None:
    """Make a cassette tell otherwise how often rules fired."""
    old = load_cassette(path)
    assert old.provenance is not None
    path.write_text(render_cassette(old.interactions, replace(old.provenance, fired=fired)))


def test_a_cassette_tells_how_often_each_rule_fired_while_it_was_recorded(recorded: pytest.Pytester) -> None:
    recorded.runpytest(*RECORD).assert_outcomes(passed=2)
    netloc = {"box.netloc": 1}
    assert fired_in(recorded, "test_key") == {"box.key": 2, **netloc}  # in the request, and echoed in the answer
    assert fired_in(recorded, "test_plain") == netloc


def test_what_is_recorded_besides_is_counted_besides(recorded: pytest.Pytester) -> None:
    recorded.runpytest(*RECORD).assert_outcomes(passed=2)
    recorded.makepyfile(TESTS.replace("'/a')", "'/a')\n    subject.get('/?key=k3y-of-box')"))
    recorded.runpytest(*SERVICE, "--record-missing").assert_outcomes(passed=2)
    fired = fired_in(recorded, "test_plain")
    assert fired is not None
    assert fired["box.key"] >= 2
    assert fired["box.netloc"] >= 2


@pytest.mark.parametrize("fired", [None, {"box.gone": 7}])
def test_what_is_extended_keeps_what_it_told_of_its_rules(
    recorded: pytest.Pytester, fired: dict[str, int] | None
) -> None:
    recorded.runpytest(*RECORD).assert_outcomes(passed=2)
    retell(cassette_of(recorded, "test_plain"), fired)
    recorded.makepyfile(TESTS.replace("'/a')", "'/a')\n    subject.get('/b')"))
    recorded.runpytest(*SERVICE, "--record-missing").assert_outcomes(passed=2)
    told = fired_in(recorded, "test_plain")
    assert (told and told["box.gone"]) == (fired and 7)


def test_what_extends_a_cassette_of_vcrpy_does_not_know_how_often_rules_fired(recorded: pytest.Pytester) -> None:
    recorded.runpytest(*RECORD).assert_outcomes(passed=2)
    path = cassette_of(recorded, "test_plain")
    path.write_text(render_cassette(load_cassette(path).interactions, None))
    recorded.makepyfile(TESTS.replace("'/a')", "'/a')\n    subject.get('/b')"))
    recorded.runpytest(*SERVICE, "--record-missing").assert_outcomes(passed=2)
    assert fired_in(recorded, "test_plain") is None


def test_what_was_just_recorded_is_under_the_rules_of_today(recorded: pytest.Pytester) -> None:
    recorded.runpytest(*RECORD).assert_outcomes(passed=2)
    registry = load_registry(recorded.path / "fixtures.toml")
    path = cassette_of(recorded, "test_key")
    assert rescrub(path, registry=registry, is_check=True).change == "nothing"


def test_a_rule_that_must_fire_and_does_passes(recorded: pytest.Pytester) -> None:
    result = recorded.runpytest(*RECORD)
    assert result.ret == 0
    result.stdout.no_fnmatch_line("*scrub rules*")


def test_a_rule_that_may_fire_need_not(recorded: pytest.Pytester) -> None:
    path = recorded.path / "fixtures.toml"
    path.write_text(
        path.read_text().replace("rules = [", 'rules = [{ name = "box.id", value = { env = "BOX_NO_ID" } }, ')
    )
    result = recorded.runpytest(*RECORD)
    assert result.ret == 0
    result.stdout.no_fnmatch_line("*scrub rules*")


def test_of_nothing_recorded_nothing_is_concluded(recorded: pytest.Pytester) -> None:
    recorded.makepyfile("def test_it(subject):\n    pass\n")
    result = recorded.runpytest(*RECORD)
    assert result.ret == 0
    result.stdout.no_fnmatch_line("*scrub rules*")


def test_only_the_controller_judges(recorded: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    recorded.makeconftest(
        """
        import os, pathlib, sys
        def pytest_unconfigure():
            name = os.environ.get("PYTEST_XDIST_WORKER", "controller")
            pathlib.Path(f"{name}.txt").write_text(str("conformance.report" in sys.modules))
        """
    )
    recorded.runpytest_subprocess(*RECORD, "-p", "xdist", "-n1").assert_outcomes(passed=2)
    told = {path.stem: path.read_text() for path in recorded.path.glob("*.txt")}
    assert told == {"controller": "True", "gw0": "False"}


@pytest.mark.parametrize("workers", [(), ("-p", "xdist", "-n1")], ids=["alone", "xdist"])
def test_a_rule_that_must_fire_and_never_does_fails_the_run(
    recorded: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, workers: tuple[str, ...]
) -> None:
    monkeypatch.delenv("BOX_SCRUBBED_KEY")
    result = recorded.runpytest_subprocess(*RECORD, *workers)
    result.assert_outcomes(passed=2)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*= scrub rules =*", SILENT, "*(silent-rule)"])
    assert result.stdout.str().count("(silent-rule)") == 1
    assert recorded.runpytest(*REPLAY).ret == 0


def test_a_part_that_is_recorded_again_is_judged_by_all_that_is_recorded(recorded: pytest.Pytester) -> None:
    recorded.runpytest(*RECORD)
    assert recorded.runpytest(*RECORD, "-k", "plain").ret == 0
    path = cassette_of(recorded, "test_key")
    path.rename(path.with_name(".test_key.yaml"))  # what is hidden is no cassette
    result = recorded.runpytest(*RECORD, "-k", "plain")
    assert result.ret == 1
    result.stdout.fnmatch_lines([SILENT])


def test_where_a_cassette_does_not_tell_nothing_is_concluded_and_that_is_said(recorded: pytest.Pytester) -> None:
    recorded.runpytest(*RECORD)
    retell(cassette_of(recorded, "test_key"), None)
    result = recorded.runpytest(*RECORD, "-k", "plain")
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        ["box_service: 1 of its 2 cassettes do not tell how often*nothing is concluded of box.key*"]
    )


def test_a_cassette_that_cannot_be_read_leaves_the_judgement_open(recorded: pytest.Pytester) -> None:
    recorded.runpytest(*RECORD)
    cassette_of(recorded, "test_key").write_text("interactions: [\n")
    result = recorded.runpytest(*RECORD, "-k", "plain")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["box_service: nothing is concluded of its rules: *test_key.yaml:*"])


def test_verbose_shows_how_often_each_rule_fired(recorded: pytest.Pytester) -> None:
    result = recorded.runpytest(*RECORD, "-v")
    result.stdout.fnmatch_lines(
        [
            "box_service:",
            "  rule * sort * expect * fired",
            "  box.key * redactor * must * 2",
            "  box.netloc * redactor * may * 2",
        ]
    )
