"""Rules that must fire: a recording run in which one did not, in none of the fixture's cassettes, fails."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.cassette import load_cassette, write_cassette
from tests.pytest_plugin.test_modes import declare
from tests.pytest_plugin.test_recording import RECORD, REPLAY, SERVICE

if TYPE_CHECKING:
    from pathlib import Path

RULES = 'scrub = { rules = [{ name = "box.key", value = { env = "BOX_SCRUBBED_KEY" }, expect = "must" }] }'
TESTS = "def test_key(subject):\n    subject.get('/?key=k3y')\n\ndef test_plain(subject):\n    subject.get('/a')\n"
SILENT = '*fixtures.toml:*: *the rule box.key has expect = "must" and fired in none of its * cassette*.'


@pytest.fixture
def recorded(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with a rule that must fire, and fires in one of two tests where its variable is set."""
    declare(project, RULES)
    project.makepyfile(TESTS)
    monkeypatch.setenv("BOX_SCRUBBED_KEY", "k3y")
    return project


def cassette_of(project: pytest.Pytester, test: str) -> Path:
    (path,) = (project.path / "cassettes").rglob(f"{test}.yaml")
    return path


def fired_in(project: pytest.Pytester, test: str) -> dict[str, int] | None:
    provenance = load_cassette(cassette_of(project, test)).provenance
    assert provenance is not None
    return provenance.fired


def test_a_cassette_tells_how_often_each_rule_fired_while_it_was_recorded(recorded: pytest.Pytester) -> None:
    recorded.runpytest(*RECORD).assert_outcomes(passed=2)
    netloc = {"box.netloc": 1}
    assert fired_in(recorded, "test_key") == {"box.key": 2, **netloc}  # in the request, and echoed in the answer
    assert fired_in(recorded, "test_plain") == netloc


def test_what_is_recorded_besides_is_counted_besides(recorded: pytest.Pytester) -> None:
    recorded.runpytest(*RECORD).assert_outcomes(passed=2)
    recorded.makepyfile(TESTS.replace("'/a')", "'/a')\n    subject.get('/?key=k3y')"))
    recorded.runpytest(*SERVICE, "--record-missing").assert_outcomes(passed=2)
    fired = fired_in(recorded, "test_plain")
    assert fired is not None
    assert fired["box.key"] >= 2
    assert fired["box.netloc"] >= 2


def test_a_rule_that_must_fire_and_does_passes(recorded: pytest.Pytester) -> None:
    result = recorded.runpytest(*RECORD)
    assert result.ret == 0
    result.stdout.no_fnmatch_line("*scrub rules*")


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
    cassette_of(recorded, "test_key").unlink()
    result = recorded.runpytest(*RECORD, "-k", "plain")
    assert result.ret == 1
    result.stdout.fnmatch_lines([SILENT])


def test_where_a_cassette_does_not_tell_nothing_is_concluded_and_that_is_said(recorded: pytest.Pytester) -> None:
    recorded.runpytest(*RECORD)
    path = cassette_of(recorded, "test_key")
    old = load_cassette(path)
    assert old.provenance is not None
    write_cassette(path, old.interactions, replace(old.provenance, fired=None))
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
