"""reproduce: findings are run again by hand, and in the fresh processes that confirm what `generate` found."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from conformance.cli._confirming import confirmed
from conformance.cli._main import conformance
from conformance.cli._scripting import make_scripts
from conformance.compare import DivergenceReport, load_reports, write_report
from conformance.contract import Expected, Exploration, Finding, Verdict
from conformance.errors import ConformanceError
from conformance.fixtures import Opener
from conformance.registry import load_registry
from conformance.trace import Outcome, Program, Step
from tests.cli.guarded import write_project

if TYPE_CHECKING:
    from collections.abc import Iterator

GROUP = "get/key: data empty"
REGISTRY = Path("fixtures.toml")
PROGRAM = Program("box@1", (Step("put", {"key": "a/", "data": b"hi"}), Step("get", {"key": "a/"})))
MORE = """
[backend.loose]
contract = "more:LOOSE"
[fixture.loose_one]
backend = "loose"
kind = "local"
driver = "more:one"
[fixture.loose_other]
backend = "loose"
kind = "local"
driver = "more:other"
[fixture.box_down]
backend = "box"
kind = "local"
driver = "more:down"
"""
MODULE = """
from contextlib import contextmanager
from conformance.contract import Refused, choice, contract, operation, refused


@contract("loose", errors=["missing", "gone"])
class LOOSE:
    def start(self, capabilities):
        return None

    @operation(key=choice("a"))
    def get(self, state, *, key):
        return refused(state, "missing"), refused(state, "gone", because="either word will do")


class Subject:
    def __init__(self, word):
        self.word = word

    def get(self, key):
        raise Refused(self.word)


@contextmanager
def one(opening):
    yield Subject("missing")


@contextmanager
def other(opening):
    yield Subject("gone")


@contextmanager
def down(opening):
    raise ConnectionRefusedError("nobody is there")
    yield
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A project of its own, which is also the working directory."""
    write_project(tmp_path)
    (tmp_path / "more.py").write_text(MODULE)
    with (tmp_path / "fixtures.toml").open("a") as file:
        file.write(MORE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield
    for name in ("guarded_box", "more"):
        sys.modules.pop(name, None)


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(conformance, [*map(str, arguments)], env={"COLUMNS": "200"})
    if isinstance(result.exception, ConformanceError):
        return 2, str(result.exception)  # as main does
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout


def finding(fixture: str, *, verdict: Verdict = Verdict.DIVERGES) -> Finding:
    expected, actual = Expected(Outcome({"data": b"hi"})), Outcome({"data": b""})
    group = "get/key: data empty"
    return Finding("box@1", fixture, group, verdict, PROGRAM, 2, (expected,), actual, 3, "get/key -> ok (data none)")


def reported(*findings: Finding) -> Path:
    """Write a report for each finding, and return the folder."""
    folder = Path(".conformance", "reports")
    for each in findings:
        write_report(folder / f"{each.fixture}.json", DivergenceReport((exploration(each),)))
    return folder


def exploration(found: Finding) -> Exploration:
    return Exploration(found.fixture, "box", "box@1", frozenset(), 10, 50, 1.5, {}, (found,))


def made(*names: str) -> Path:
    """Write the report of findings on some fixtures, with scripts."""
    folder = reported(*map(finding, names))
    registry = load_registry(REGISTRY)
    opener = Opener(registry)
    try:
        for name in names:
            make_scripts([finding(name)], folder / name, registry=registry, opener=opener, tell=lambda *_: None)
    finally:
        opener.close()
    return folder


def test_a_finding_that_shows_again_is_told_and_one_that_does_not_with_what_came() -> None:
    folder = reported(finding("box_bad"), finding("box_good"))
    assert run("reproduce", folder / "box_bad.json") == (0, f"shown       box_bad  {GROUP}\n1 of 1 findings shown\n")
    code, output = run("reproduce", "--json", "shown.json")
    assert code == 1
    assert f"not shown   box_good  {GROUP}: ok (data some)\n" in output
    told = json.loads(Path("shown.json").read_text())
    assert {each["fixture"]: each["shown"] for each in told} == {"box_bad": "shown", "box_good": "not shown"}


def test_what_is_flaky_may_stay_away_and_what_says_nothing_is_not_run() -> None:
    flaky, nothing = finding("box_good", verdict=Verdict.FLAKY), finding("box_down", verdict=Verdict.ENVIRONMENT)
    reported(flaky, nothing)
    code, output = run("reproduce")
    assert (code, output.splitlines()[-1]) == (0, "0 of 1 findings shown")
    assert "box_down" not in output


def test_a_service_that_does_not_work_is_no_verdict() -> None:
    reported(finding("box_down"), finding("box_bad"))
    code, output = run("reproduce")
    assert code == 3
    assert "environment box_down" in output
    assert "shown       box_bad" in output


def test_groups_are_chosen_by_a_part_of_their_name() -> None:
    reported(finding("box_bad"))
    assert run("reproduce", "--show", "data empty")[0] == 0
    code, output = run("reproduce", "--show", "data full")
    assert code == 2
    assert "(no-group)" in output


def test_a_finding_of_another_contract_is_refused() -> None:
    reported(replace(finding("box_bad"), program=replace(PROGRAM, contract="box@2")))
    code, output = run("reproduce")
    assert code == 2
    assert "fixtures.toml:" in output
    assert "(other-contract)" in output


def confirmed_of(*findings: Finding) -> tuple[tuple[Finding, ...], str]:
    found = replace(exploration(findings[0]), findings=findings)
    path = Path("report.json")
    write_report(path, DivergenceReport((found,)))
    told, why = confirmed(found, path, registry=REGISTRY, tell=lambda *_: None)
    return told.findings, why


def test_two_fresh_processes_confirm_what_shows_in_both_and_the_rest_is_flaky() -> None:
    shows = finding("box_bad")
    never = replace(shows, group="get/key: data longer")
    confirmed = replace(shows, reproduced=2), replace(never, verdict=Verdict.FLAKY)
    assert confirmed_of(shows, never) == (confirmed, "")


def test_a_service_that_fails_in_a_fresh_process_changes_no_verdict() -> None:
    (told,), why = confirmed_of(finding("box_down"))
    assert told == finding("box_down")
    assert "nobody is there" in why


def test_each_finding_has_a_script_and_that_of_an_http_client_its_requests() -> None:
    folder = made("box_bad", "box_http")
    assert [each.name for each in sorted((folder / "box_bad").iterdir())] == ["01-get-key-data-empty.py"]
    curl = (folder / "box_http" / "01-get-key-data-empty.sh").read_text()
    assert "ENDPOINT=${ENDPOINT:-http://127.0.0.1:" in curl
    sent = [line.split()[-1] for line in curl.splitlines() if line.startswith("curl")]
    assert sent == ['"$ENDPOINT"/ready', '"$ENDPOINT"/a/', '"$ENDPOINT"/a/']
    code, output = run("reproduce", "--scripts")
    assert code == 0
    assert output.endswith("2 of 2 findings shown\n")


def test_a_script_that_fails_by_itself_does_not_show_anything() -> None:
    folder = made("box_bad")
    (script,) = (folder / "box_bad").glob("*.py")
    script.write_text("raise SystemError('broken')")
    code, output = run("reproduce", "--scripts")
    assert code == 1
    assert "SystemError: broken" in output
    script.unlink()
    assert "01-get-key-data-empty.py" in run("reproduce", "--scripts")[1]


def test_scripts_of_an_earlier_report_go_and_those_that_are_there_are_printed() -> None:
    folder = made("box_bad")
    (folder / "box_bad" / "02-other.sh").write_text("an old one")
    (folder / "box_bad" / "notes.txt").write_text("mine")
    made("box_bad")
    assert sorted(each.name for each in (folder / "box_bad").iterdir()) == ["01-get-key-data-empty.py", "notes.txt"]
    _, output = run("report", "--show", "data empty")
    assert f"# {folder}/box_bad/01-get-key-data-empty.py\n# box_bad, box@1\n" in output


def test_a_run_confirms_what_it_finds_and_says_what_another_fixture_does() -> None:
    arguments = ("--time", "3s", "--programs", "40")
    code, output = run("generate", "--fixture", "box_bad", "--beside", "box_good", *arguments)
    assert code == 0, output
    (found,) = load_reports([Path(".conformance/reports/box_bad.json")]).explorations
    assert found.findings
    assert {(each.verdict, each.reproduced) for each in found.findings} == {(Verdict.DIVERGES, 2)}
    assert [each.fixture for each in found.beside] == ["box_good"]
    assert all(each.elsewhere["box_good"] == each.expected[0].outcome for each in found.findings)
    assert "client divergence on box" in run("report")[1]


def test_what_is_allowed_and_comes_out_differently_elsewhere_is_told_though_nothing_diverges() -> None:
    arguments = ("--time", "3s", "--programs", "5")
    code, output = run("generate", "--fixture", "loose_one", "--beside", "loose_other", *arguments)
    assert code == 0, output
    code, output = run("report")
    assert code == 0
    told = output[output.index("client divergence on loose: get") :].splitlines()[1:4]
    assert [line.strip() for line in told] == ["1. get(key='a')", "loose_one: missing", "loose_other: gone"]


def test_a_fixture_beside_must_keep_the_contract() -> None:
    with REGISTRY.open("a") as file:
        file.write('[backend.files]\ncontract = "file_system"\n[fixture.files]\nbackend = "files"\nkind = "local"\n')
        file.write('driver = "guarded_box:good"\n')
    code, output = run("generate", "--fixture", "box_bad", "--beside", "files", "--time", "1s")
    assert code == 2
    assert "--beside=files" in output
    assert "(other-contract)" in output
