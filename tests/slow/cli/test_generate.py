"""generate."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from conformance.cli._main import conformance
from conformance.compare import load_reports
from conformance.contract import Verdict
from conformance.errors import ConformanceError, Unavailable, UsageError
from conformance.generate import Journal
from conformance.registry import load_registry
from conformance.report import check_files
from conformance.trace import load_trace, load_traces
from tests.cli.generated import PROGRAMS, write_project

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.contract import Exploration
    from conformance.trace import Trace

BUG = "get/key: data empty"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(os, "fsync", os.fsync)  # the project changes it
    monkeypatch.delenv("CRATE_UNDER_TEST_KEY", raising=False)
    write_project(tmp_path)
    return tmp_path


def run(project: Path, *arguments: object, moment: str = "::", given: str = "") -> tuple[int, str]:
    sys.modules.pop("crates", None)
    result = CliRunner().invoke(
        conformance,
        ["generate", "--registry", str(project / "fixtures.toml"), *map(str, arguments)],
        env={"MOMENT": moment, "COLUMNS": "200"},
        input=given,
    )
    if isinstance(result.exception, ConformanceError):
        raise result.exception
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def report_of(project: Path, fixture: str) -> Exploration:
    (found,) = load_reports([project / ".conformance" / "reports" / f"{fixture}.json"]).explorations
    return found


def journal_of(project: Path, fixture: str) -> Path:
    return project / ".conformance" / "generate" / f"{fixture}.jsonl"


def traces_of(project: Path) -> list[Trace]:
    return load_traces(project / "traces" / "crate")


def test_what_was_found_is_in_the_traces_and_the_report_and_the_journal_is_gone(project: Path) -> None:
    code, output = run(project, "--fixture=crate_local", f"--programs={PROGRAMS}")
    assert code == 0
    assert f"crate_local: {PROGRAMS} programs" in output
    told = report_of(project, "crate_local")
    assert [(each.group, each.verdict) for each in told.findings] == [(BUG, Verdict.DIVERGES)]
    assert told.uncovered == ()
    (finding,) = told.findings
    assert finding.program in [trace.program for trace in traces_of(project)]
    assert not journal_of(project, "crate_local").exists()


@pytest.mark.parametrize("way", ["refuses", "gone"])
@pytest.mark.parametrize("moment", ["exploring:1", "exploring:57", "shrinking:9", "recording:1", "recording:4"])
def test_a_service_that_dies_ends_the_run_as_an_environment_fault_and_the_next_run_goes_on(
    project: Path, moment: str, way: str
) -> None:
    command = ("--fixture=crate_http", f"--programs={PROGRAMS}")
    code, output = run(project, *command, moment=f"{moment}:{way}")
    assert code == 3
    assert output.endswith("see to the service and run it again. (environment)\n")
    assert not (project / ".conformance" / "reports" / "crate_http.json").exists()
    with Journal(journal_of(project, "crate_http"), contract="crate@1", fixture="crate_http") as journal:
        found = {*journal.harvest.counts}
        assert found <= {
            "get/key -> not_found 404",
            "get/key -> ok (data none)",
            "get/key -> ok (data some)",
            "put/data none, key -> ok",
            "put/data some, key -> ok",
            "put/key, data none -> ok",
            "put/key, data some -> ok",
        }
        assert set(journal.harvest.hits) <= {BUG}
    for trace in traces_of(project):
        assert all(each.outcome.error in ("", "not_found") for each in trace.observed.get("crate_http", {}).values())
    assert check_files(load_registry(project / "fixtures.toml"))[1] == []

    assert run(project, *command)[0] == 0
    told = report_of(project, "crate_http")
    assert [(each.group, each.verdict) for each in told.findings] == [(BUG, Verdict.DIVERGES)]
    assert found <= told.signatures.keys()
    assert told.uncovered == ()
    count, problems = check_files(load_registry(project / "fixtures.toml"))
    assert (count, problems) == (len(traces_of(project)), [])


@pytest.mark.parametrize(("option", "most"), [("requests", 60), ("bytes", 40), ("programs", 7)])
def test_a_budget_holds_over_what_an_interrupted_run_has_spent(project: Path, option: str, most: int) -> None:
    code, _ = run(project, "--fixture=crate_http", "--programs=99", moment="exploring:30:refuses")
    assert code == 3
    spent = {"programs": "programs", "requests": "requests", "bytes": "size_bytes"}[option]
    with Journal(journal_of(project, "crate_http"), contract="crate@1", fixture="crate_http") as journal:
        before = getattr(journal.harvest, spent)
        assert 0 < before < most
    code, _ = run(project, "--fixture=crate_http", f"--{option}={most}", moment="recording:1:refuses")
    assert code == 3
    with Journal(journal_of(project, "crate_http"), contract="crate@1", fixture="crate_http") as journal:
        assert most <= getattr(journal.harvest, spent) < most + 2  # a value has two bytes


def test_a_fresh_run_throws_away_what_an_interrupted_one_left(project: Path) -> None:
    run(project, "--fixture=crate_http", "--programs=99", moment="exploring:90:gone")
    run(project, "--fixture=crate_http", "--programs=3", "--fresh")
    assert report_of(project, "crate_http").programs == 3


def test_a_journal_of_another_version_of_the_contract_stays_and_the_message_says_how_to_go_on(project: Path) -> None:
    path = journal_of(project, "crate_local")
    with Journal(path, contract="crate@0", fixture="crate_local"):
        before = path.read_bytes()
    with pytest.raises(UsageError, match=r"crate_local\.jsonl:1: is of crate@0.*") as raised:
        run(project, "--fixture=crate_local", "--programs=3")
    assert raised.value.fault.slug == "foreign-journal"
    assert "--fresh" in str(raised.value)
    assert path.read_bytes() == before
    assert run(project, "--fixture=crate_local", "--programs=3", "--fresh")[0] == 0


def test_another_seed_draws_other_programs(project: Path) -> None:
    found = []
    for seed in (0, 0, 1):
        assert run(project, "--fixture=crate_local", "--programs=5", f"--seed={seed}")[0] == 0
        found.append(report_of(project, "crate_local").steps)
    assert found[0] == found[1] != found[2]


def test_what_shows_nothing_of_its_own_is_pruned_and_a_guard_stays(project: Path) -> None:
    run(project, "--fixture=crate_local", f"--programs={PROGRAMS}")
    folder = project / "traces" / "crate"
    names = sorted(path.name for path in folder.iterdir())
    text = (folder / names[0]).read_text()
    (folder / "doubled.toml").write_text(
        text + '\n[[step]]\nop = "get"\nargs = { key = "b" }\nexpect = { error = "not_found" }\n'
    )
    guard = '\n[bug]\nid = "BUG-1"\ntitle = "kept"\nstate = "open"\n'
    (folder / "guard.toml").write_text((folder / "doubled.toml").read_text() + guard)
    code, output = run(project, "--fixture=crate_local", "--programs=3", "--prune")
    assert code == 0
    assert "traces removed that showed nothing of their own" in output
    assert (folder / "guard.toml").exists()
    assert not (folder / "doubled.toml").exists()


def test_what_is_kept_for_fixtures_that_were_not_run_is_not_pruned(project: Path) -> None:
    run(project, "--fixture=crate_local", f"--programs={PROGRAMS}")
    folder = project / "traces" / "crate"
    text = min(folder.iterdir()).read_text()
    more = '\n[[step]]\nop = "get"\nargs = { key = "b" }\nexpect = { error = "not_found" }\n'
    own, shared, every = folder / "own.toml", folder / "shared.toml", folder / "every.toml"
    shared.write_text(text.replace('["crate_local"]', '["crate_http", "crate_local"]') + more)
    own.write_text(text.replace('["crate_local"]', '["crate_http"]') + more * 2)
    every.write_text(text.replace('families = ["crate_local"]\n', "") + more * 3)
    before = own.read_text(), every.read_text()
    assert run(project, "--fixture=crate_local", "--programs=3", "--prune")[0] == 0
    assert load_trace(shared).families == ("crate_http",)
    assert (own.read_text(), every.read_text()) == before


def test_a_live_account_is_asked_for_with_what_it_may_cost(project: Path) -> None:
    command = ("--fixture=crate_live", "--programs=3", "--requests=50", "--bytes=1000")
    code, output = run(project, *command, given="n\n")
    assert code == 1
    assert "at most 50 requests while exploring, at most 1,000 bytes" in output
    assert not journal_of(project, "crate_live").exists()
    assert run(project, *command, given="y\n")[0] == 0
    code, output = run(project, *command, "--yes")
    assert (code, "Go on?" in output) == (0, False)


def test_no_fixture_at_all_is_refused_with_those_that_there_are(project: Path) -> None:
    with pytest.raises(UsageError, match="No fixture is named") as raised:
        run(project)
    assert "crate_local" in raised.value.fault.cure


@pytest.mark.parametrize(
    ("name", "what", "cure"),
    [
        ("crate_replay", "crate_replay replays crate_http", "Explore crate_http."),
        ("crate_alone", "has no contract", 'Add contract = "object_store"'),
    ],
)
def test_a_fixture_that_cannot_be_explored_is_refused_at_its_line(
    project: Path, name: str, what: str, cure: str
) -> None:
    with pytest.raises(UsageError, match=what) as raised:
        run(project, f"--fixture={name}")
    fault = raised.value.fault
    assert (fault.slug, cure in fault.cure) == ("nothing-to-explore", True)
    assert fault.line is not None
    assert f"[fixture.{name}]" in (project / "fixtures.toml").read_text().splitlines()[fault.line - 1]


def test_a_fixture_that_this_machine_lacks_something_for_is_refused_with_it(project: Path) -> None:
    with pytest.raises(Unavailable, match="CRATE_UNDER_TEST_KEY"):
        run(project, "--fixture=crate_lacking")
