"""fuzz: what it attacks, prints, writes and returns."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from conformance.cli import fuzz_target
from conformance.cli._fuzz_targets import fuzz_targets
from conformance.cli._main import conformance
from conformance.errors import ConformanceError, RegistryError, UsageError
from conformance.laws import MatcherTarget, ScrubberTarget, run_laws, write_regression

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.cassette import Request, Response

REGISTRY = """
[backend.box]
driver = "box:store"
scrub = { presets = ["aws"], rules = [{ name = "box.key", value = { env = "BOX_KEY" }, stand_in = "KEY" }] }
match = { headers = ["range"], ignore_query = ["nonce"] }
[fixture.box_live]
backend = "box"
kind = "live"
[fixture.box_local]
backend = "box"
kind = "local"
"""


def grow(message: Request | Response) -> Request | Response:
    """A rule that never has enough."""
    return replace(message, headers=(*message.headers, ("X-Grown", "1")))


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(conformance, ["fuzz", *arguments])
    if isinstance(done.exception, ConformanceError):
        raise done.exception
    return done.exit_code, done.output


def test_a_scrubber_that_keeps_a_law_is_exit_code_0_with_the_plantings(tmp_path: Path) -> None:
    code, output = run("tests.slow.laws.reference:Reference", "--law=idempotent", "--plants=1", f"--save={tmp_path}/s")
    assert code == 0
    assert "880 secrets planted in 880 places and encodings" in output
    assert "1 of 1 laws hold" in output
    assert not (tmp_path / "s").exists()


def test_a_law_that_is_broken_is_exit_code_1_with_a_test_and_json(tmp_path: Path) -> None:
    target = "tests.slow.test_fuzz:Leaking"
    report = tmp_path / "report.json"
    code, output = run(
        target, "--law=leaks-nothing", "--plants=1", f"--save={tmp_path}", f"--json={report}", "--seed=3"
    )
    assert code == 1
    assert f"{target} breaks leaks-nothing" in output
    (saved,) = tmp_path.glob("test_leaks_nothing_*.py")
    assert f"pytest {saved}" in output.replace("\n", "")
    value = json.loads(report.read_text("utf-8"))
    assert (value["holds"], value["seed"], value["planted"]) == (False, 3, 880)
    assert value["verdicts"][0]["counter_example"]["example"].startswith("Planted(")


def test_a_matcher_is_named_with_its_sort_and_what_was_not_planted_is_said(tmp_path: Path) -> None:
    code, output = run("tests.slow.laws.reference:matches", "--as=matcher", "--law=reflexive", f"--save={tmp_path}")
    assert code == 0
    assert "1 of 1 laws hold" in output


def test_the_fixtures_of_a_registry_are_targets_once_for_all_that_declare_the_same(tmp_path: Path) -> None:
    registry = tmp_path / "fixtures.toml"
    registry.write_text(REGISTRY, encoding="utf-8")
    found = [target for target in fuzz_targets(registry) if target.name.startswith("fixture:")]
    assert [(type(target), target.name) for target in found] == [
        (ScrubberTarget, "fixture:box_live"),
        (MatcherTarget, "fixture:box_live"),
    ]
    matcher = fuzz_target("fixture:box_local", registry=registry, sort="matcher")
    assert isinstance(matcher, MatcherTarget)
    assert "query:nonce" in matcher.volatile
    assert "header:range" in matcher.significant
    scrubber = fuzz_target("fixture:box_local", registry=registry)
    assert isinstance(scrubber, ScrubberTarget)


def test_a_saved_counter_example_of_a_fixture_names_its_registry(tmp_path: Path) -> None:
    registry = tmp_path / "fixtures.toml"
    rule = '{ name = "box.grow", function = "tests.slow.test_fuzz:grow" }'
    registry.write_text(REGISTRY.replace("rules = [", f"rules = [{rule}, "), encoding="utf-8")
    target = fuzz_target("fixture:box_live", registry=registry)
    (broken,) = run_laws([target], seed=0, plants=1, only=["idempotent"]).broken
    saved = write_regression(broken, tmp_path, registry=str(registry))
    module: dict[str, Any] = {}
    exec(compile(saved.read_text("utf-8"), saved, "exec"), module)  # noqa: S102  (the test that was saved)
    (test,) = [value for name, value in module.items() if name.startswith("test_")]
    with pytest.raises(AssertionError, match="fixture:box_live breaks idempotent"):
        test()


def test_a_project_without_a_registry_attacks_the_presets(tmp_path: Path) -> None:
    names = [target.name for target in fuzz_targets(tmp_path / "none.toml")]
    assert "preset:all" in names
    assert "matcher:default" in names


@pytest.mark.parametrize(
    ("arguments", "error", "word"),
    [
        (["preset:awz"], UsageError, "preset:aws"),
        (["preset:aws", "--law=idempotnt"], UsageError, "idempotent"),
        (["preset:aws", "--plants=3", "--time=5m"], UsageError, "Give one of them"),
        (["preset:aws", "--law=sharp"], UsageError, "No target is held to sharp"),
        (["fixture:none", "--registry=none.toml"], RegistryError, "none.toml"),
    ],
)
def test_what_is_misspelt_is_an_error(arguments: list[str], error: type[ConformanceError], word: str) -> None:
    with pytest.raises(error, match=word):
        run(*arguments)


def test_a_time_is_a_number_with_a_unit() -> None:
    code, output = run("preset:aws", "--time=soon")
    assert code == 2
    assert "write 90, 90s, 5m or 1h" in output


def test_hypothesis_is_not_loaded_until_the_command_runs() -> None:
    script = "import sys; import conformance.cli, conformance.report; sys.exit('hypothesis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


class Leaking:
    """Takes out nothing."""

    def __init__(self, _secret: str) -> None:
        pass

    def request(self, request: object) -> object:
        return request

    response = request
