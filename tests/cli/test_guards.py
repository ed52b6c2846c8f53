"""guard and guards: a filed bug becomes a guard, changes its state, and is shown to be able to fail."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from conformance.cli._main import conformance
from conformance.compare import DivergenceReport, write_report
from conformance.contract import Expected, Exploration, Finding, Verdict
from conformance.errors import ConformanceError
from conformance.trace import Bug, Mutant, Outcome, keep_failure, load_trace, with_observed, write_trace
from tests.cli.guarded import record, write_project

if TYPE_CHECKING:
    from collections.abc import Iterator

GUARD = Path("traces/guards/BUG-1.toml")
SLASH = ("--from", "traces/slash.toml")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project of its own, which is also the working directory."""
    write_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield tmp_path
    sys.modules.pop("guarded_box", None)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(conformance, arguments)
    if isinstance(result.exception, ConformanceError):
        return 2, str(result.exception)  # as main does
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def checked(*arguments: str) -> tuple[int, dict[str, Any]]:
    """Return the exit code and by mutant what became of the guard on each fixture."""
    code, output = run("guards", "--check", "--json", *arguments)
    found = json.loads(output)
    return code, {each["what"]: {name: shade["colour"] for name, shade in each["fixtures"].items()} for each in found}


def test_a_guard_is_made_of_a_trace_and_says_how_to_run_it() -> None:
    code, output = run("guard", "BUG-1", *SLASH, "--title", "lost", "--mutant", "guarded_box:upper_case")
    assert code == 0
    assert output.splitlines() == [
        "traces/guards/BUG-1.toml: BUG-1 is open on box_bad, box_http: lost",
        "  run it    pytest traces/guards/BUG-1.toml",
        "  check it  conformance guards --check",
    ]
    guard, trace = load_trace(GUARD), load_trace(Path("traces/slash.toml"))
    assert guard.bug == Bug("BUG-1", "lost", "open", (Mutant("guarded_box:upper_case"),))
    assert (guard.program, guard.expect) == (trace.program, trace.expect)
    assert {known.bug for steps in guard.observed.values() for known in steps.values()} == {"BUG-1"}


def test_a_guard_without_a_title_says_what_differs() -> None:
    assert run("guard", "BUG-1", *SLASH)[0] == 0
    guard = load_trace(GUARD)
    assert guard.bug is not None
    assert guard.bug.title == "get: data empty"


@pytest.mark.parametrize("name", ["BUG-1", "bug-1"])
def test_a_guard_is_never_overwritten(name: str) -> None:
    run("guard", "BUG-1", *SLASH)
    before = GUARD.read_bytes()
    for options in (SLASH, ("--title", "x"), (*SLASH, "--fixed"), ("--fixed", "--mutant", "a:b"), ()):
        code, output = run("guard", name, *options)
        assert (code, "(guard-exists)" in output) == (2, True), output
    assert GUARD.read_bytes() == before
    assert [path.name for path in GUARD.parent.iterdir()] == ["BUG-1.toml"]


def test_a_state_is_changed_and_what_people_wrote_stays() -> None:
    run("guard", "BUG-1", *SLASH)
    text = GUARD.read_text()
    lines = [f"{line}  # {at}" if line.startswith("[") else line for at, line in enumerate(text.splitlines())]
    by_hand = "# why we keep it\n" + "\n".join(lines).replace('state = "open"', 'state   =  "open" # today')
    by_hand = by_hand.replace("\n[bug]", "\n# the bug itself\n[bug]")
    GUARD.write_text(by_hand)
    code, output = run("guard", "BUG-1", "--fixed")
    assert (code, output.splitlines()[0]) == (0, "traces/guards/BUG-1.toml: BUG-1 is fixed: get: data empty")
    fixed = GUARD.read_text()
    assert "observed" not in fixed
    kept = [line for line in by_hand.splitlines() if line.strip() and "observed" not in line and "step.2" not in line]
    assert [line for line in fixed.splitlines() if line.strip()] == [line.replace('"open"', '"fixed"') for line in kept]
    code, output = run("guard", "BUG-1", "--open")
    assert (code, "(nothing-observed)" in output) == (2, True)
    code, output = run("guard", "BUG-1", "--open", *SLASH)
    assert (code, output.splitlines()[0]) == (
        0, "traces/guards/BUG-1.toml: BUG-1 is open on box_bad, box_http: get: data empty",
    )  # fmt: skip
    again = GUARD.read_text()
    assert [line for line in again.splitlines() if "#" in line] == [line for line in by_hand.splitlines() if "#" in line and "observed" not in line]  # fmt: skip  # noqa: E501


def test_a_guard_of_a_failure_shows_what_was_observed(project: Path) -> None:
    trace = with_observed(load_trace(Path("traces/slash.toml")), "box_bad", {2: Outcome(error="leaked")})
    assert "(no-failure)" in run("guard", "BUG-1", "--from-failure")[1]
    keep_failure(project, "traces/slash.toml::box_bad", trace)
    code, _ = run("guard", "BUG-1", "--from-failure", "--title", "x")
    assert code == 0
    assert load_trace(GUARD).observed["box_bad"][2].outcome == Outcome(error="leaked")
    keep_failure(project, "traces/slash.toml::box_http", load_trace(Path("traces/slash.toml")))
    code, output = run("guard", "BUG-2", "--from-failure")
    assert "2 traces failed" in output
    assert "traces/slash.toml::box_http" in output
    assert "(no-failure)" in run("guard", "BUG-2", "--from-failure", "traces/slash.toml::other")[1]
    assert run("guard", "BUG-2", "--from-failure", "traces/slash.toml::box_http")[0] == 0
    assert (project / ".conformance" / ".gitignore").read_text() == "*\n"


def found(fixture: str, data: bytes, **elsewhere: Outcome) -> Finding:
    program = load_trace(Path("traces/slash.toml")).program
    expected = (Expected(Outcome({"data": b"hi"})),)
    return Finding(
        "box@1", fixture, "get: data other", Verdict.DIVERGES, program, 2, expected, Outcome({"data": data}), 1,
        "get -> ok (data some)", elsewhere=elsewhere,
    )  # fmt: skip


def write(*findings: Finding) -> str:
    every = [Exploration(each.fixture, "box", each.contract, frozenset(), 1, 2, 0.1, {}, (each,)) for each in findings]
    write_report(Path("report.json"), DivergenceReport(tuple(every)))
    return "report.json"


def test_a_guard_is_made_of_a_finding_of_a_report() -> None:
    report = write(found("box_bad", b"", box_http=Outcome({"data": b""}), box_good=Outcome({"data": b"hi"})))
    code, output = run("guard", "BUG-1", "--from", report, "--mutant", "guarded_box:upper_case")
    assert (code, output.splitlines()[0]) == (0, f"{GUARD}: BUG-1 is open on box_http, box_bad: get: data empty")
    guard, trace = load_trace(GUARD), load_trace(Path("traces/slash.toml"))
    assert (guard.program, guard.expect) == (trace.program, trace.expect)
    assert run("guards", "--check", "--fixture", "box_bad")[0] == 0


@pytest.mark.parametrize("is_same", [True, False])
def test_a_guard_of_a_finding_is_its_trace_with_all_that_was_observed_where_that_is_there(*, is_same: bool) -> None:
    trace = with_observed(load_trace(Path("traces/slash.toml")), "box_bad", {1: Outcome(error="leaked")})
    program = trace.program if is_same else replace(trace.program, steps=trace.program.steps[:1])
    write_trace(Path("traces/slash.toml"), trace)
    report = write(replace(found("box_bad", b""), trace="slash.toml", program=program, step=len(program.steps)))
    assert run("guard", "BUG-1", "--from", report)[0] == 0
    assert load_trace(GUARD).observed["box_bad"].keys() == ({1, 2} if is_same else {1})


def test_a_report_with_several_findings_asks_which() -> None:
    report = write(found("box_bad", b""), found("box_http", b"ho"))
    code, output = run("guard", "BUG-1", "--from", report)
    assert (code, "2  box_http  get: data other" in output) == (2, True)
    assert "(no-finding)" in run("guard", "BUG-1", "--from", report, "--finding", "3")[1]
    assert "(no-finding)" in run("guard", "BUG-1", "--from", write())[1]
    report = write(found("box_bad", b""), found("box_http", b"ho"))
    assert run("guard", "BUG-1", "--from", report, "--finding", "2")[0] == 0
    assert load_trace(GUARD).observed.keys() == {"box_http"}


def test_a_finding_of_a_fixture_that_keeps_another_contract_now_is_refused() -> None:
    code, output = run("guard", "BUG-1", "--from", write(found("plain", b"")))
    assert (code, "(other-contract)" in output) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "slug"),
    [
        (("BUG-1",), "no-guard"),
        (("BUG-1", "--fixed"), "no-guard"),
        (("BUG-1", *SLASH, "--from-failure"), "bad-usage"),
        (("BUG-1", "--finding", "1"), "bad-usage"),
        (("../BUG", *SLASH), "bad-bug-id"),
        (("BUG-1", *SLASH, "--mutant", "nothing"), "bad-mutant"),
        (("BUG-1", *SLASH, "--edit", "status=500"), "bad-mutant"),
        (("BUG-1", *SLASH, "--edit", "1: delay=2"), "bad-mutant"),
        (("BUG-1", "--from", "traces/none.toml"), "unreadable-trace"),
    ],
)
def test_what_cannot_be_made_is_refused(arguments: tuple[str, ...], slug: str) -> None:
    code, output = run("guard", *arguments)
    assert (code, f"({slug})" in output) == (2, True), output
    assert not GUARD.parent.exists()


def test_guards_are_listed_with_what_they_run_on(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("guard", "BUG-1", *SLASH, "--title", "lost", "--edit", "3: status=500")
    (row,) = json.loads(run("guards", "--json")[1])
    assert (row["bug"], row["title"], row["state"], row["path"]) == ("BUG-1", "lost", "open", str(GUARD))
    assert row["mutants"] == ["answer 3: status = 500"]
    told = {each["name"]: (each["shows_bug"], each["is_recorded"]) for each in row["fixtures"]}
    expected = {
        "box_good": (False, None),
        "box_bad": (True, None),
        "box_http": (True, False),
        "box_replay": (True, False),
    }
    assert told == expected
    monkeypatch.setenv("COLUMNS", "200")
    assert "not recorded" in run("guards")[1]
    record(project)
    (row,) = json.loads(run("guards", "--json")[1])
    assert [each["is_recorded"] for each in row["fixtures"]] == [None, None, True, True]
    code, output = run("guards")
    assert code == 0
    assert "1 guard, 1 open" in output
    assert "box_replay (shows it, recorded)" in output


def test_each_mutant_turns_its_guard_red_on_every_fixture_that_it_applies_to(project: Path) -> None:
    edits = ("--edit", "3: status=404", "--edit", "9: status=500", "--edit", "3: header X-Kind=ball")
    run("guard", "BUG-1", *SLASH, "--mutant", "guarded_box:upper_case", *edits, "--mutant", "guarded_box:harmless")
    record(project)
    code, found = checked()
    assert code == 1
    assert found == {
        "driver guarded_box:upper_case": dict.fromkeys(("box_good", "box_bad", "box_replay"), "red"),
        "driver guarded_box:harmless": dict.fromkeys(("box_good", "box_bad", "box_replay"), "green"),
        "answer 3: status = 404": {
            "box_good": "does not apply", "box_bad": "does not apply", "box_replay": "red",
        },
        "answer 9: status = 500": dict.fromkeys(("box_good", "box_bad", "box_replay"), "does not apply"),
        'answer 3: headers = {"X-Kind": "ball"}': {
            "box_good": "does not apply", "box_bad": "does not apply", "box_replay": "green",
        },
    }  # fmt: skip
    code, output = run("guards", "--check")
    assert code == 1
    assert output.splitlines()[-1] == "1 guard, 1 not shown to fail"
    assert "box_replay: green: it passes under the mutant" in output


def test_a_guard_whose_mutants_all_turn_it_red_passes_the_check(project: Path) -> None:
    mutants = ("--mutant", "guarded_box:upper_case", "--edit", "3: body =>x", "--edit", "3: status=404")
    code, output = run("guard", "BUG-1", *SLASH, *mutants)
    assert "(bad-mutant)" in output
    run("guard", "BUG-1", *SLASH, "--mutant", "guarded_box:upper_case", "--edit", "3: status=404")
    run("guard", "BUG-2", *SLASH, "--mutant", "guarded_box:forgets_to_put")
    record(project)
    code, output = run("guards", "--check")
    assert code == 0, output
    assert "2 guards, 0 not shown to fail" in output
    code, found = checked("--fixture", "box_replay")
    assert {name for fixtures in found.values() for name in fixtures} == {"box_replay"}
    assert code == 0


ASYNC = """
[fixture.box_async]
backend = "box"
kind = "local"
driver = "guarded_box:async_bad"
is_async = true
"""
ASYNC_DRIVER = """

class AsyncBox(Box):
    async def put(self, key, data):
        return super().put(key, data)

    async def get(self, key):
        return super().get(key)


@asynccontextmanager
async def async_bad(opening):
    yield AsyncBox(True)
"""


def test_a_mutant_of_a_sync_driver_serves_an_async_one(project: Path) -> None:
    for name, text in (("fixtures.toml", ASYNC), ("guarded_box.py", ASYNC_DRIVER)):
        before = (
            (project / name).read_text().replace("import contextmanager", "import asynccontextmanager, contextmanager")
        )
        (project / name).write_text(before + text)
    run("guard", "BUG-1", *SLASH, "--mutant", "guarded_box:upper_case", "--mutant", "guarded_box:harmless")
    GUARD.write_text(GUARD.read_text().replace("observed.box_http", "observed.box_async"))
    _, found = checked("--fixture", "box_async")
    assert found == {
        "driver guarded_box:upper_case": {"box_async": "red"},
        "driver guarded_box:harmless": {"box_async": "green"},
    }


def test_a_mutant_that_is_for_another_client_does_not_apply() -> None:
    run("guard", "BUG-1", *SLASH, "--mutant", "guarded_box:of_another_client")
    code, found = checked("--fixture", "box_bad")
    assert (code, found) == (1, {"driver guarded_box:of_another_client": {"box_bad": "does not apply"}})
    assert "box_bad: does not apply: it is for another client" in run("guards", "--check", "--fixture", "box_bad")[1]


def test_a_mutant_that_fails_itself_shows_nothing() -> None:
    run("guard", "BUG-1", *SLASH, "--mutant", "guarded_box:Handler")
    code, found = checked("--fixture", "box_bad")
    assert (code, found) == (1, {"driver guarded_box:Handler": {"box_bad": "cannot say"}})


def test_a_guard_without_a_mutant_or_with_one_that_applies_nowhere_fails_the_check() -> None:
    run("guard", "BUG-1", *SLASH)
    run("guard", "BUG-2", *SLASH, "--edit", "3: status=404")
    code, output = run("guards", "--check")
    assert code == 1
    assert "it names no mutant" in output
    assert "box_replay: does not apply: nothing is recorded yet" in output
    assert "it applies to no fixture that could be opened here" in output


def test_a_guard_that_fails_already_or_does_not_open_under_its_mutant_is_not_shown_to_fail(project: Path) -> None:
    run("guard", "BUG-1", *SLASH, "--mutant", "guarded_box:upper_case")
    GUARD.write_text(GUARD.read_text().replace("[observed.box_bad]", "[observed.box_good]"))
    code, found = checked("--fixture", "box_good")
    assert (code, found) == (1, {"driver guarded_box:upper_case": {"box_good": "fails already"}})
    GUARD.unlink()
    run("guard", "BUG-1", *SLASH, "--edit", "1: status=500")
    record(project)
    code, found = checked("--fixture", "box_replay")
    assert (code, found) == (1, {"answer 1: status = 500": {"box_replay": "cannot say"}})


@pytest.mark.parametrize(
    ("mutant", "slug"),
    [("guarded_box:no_such", "bad-driver"), ("no_such_module:x", "bad-driver")],
)
def test_a_mutant_that_is_not_there_is_told_with_its_guard(mutant: str, slug: str) -> None:
    run("guard", "BUG-1", *SLASH, "--mutant", mutant)
    code, output = run("guards", "--check")
    assert (code, f"({slug})" in output) == (2, True)
    assert output.startswith(f"{GUARD}: ")


def test_mutants_run_where_nothing_else_is_needed_and_guards_have_bugs() -> None:
    assert "(beyond-stage)" in run("guards", "--check", "--fixture", "box_http")[1]
    GUARD.parent.mkdir()
    GUARD.write_text(Path("traces/slash.toml").read_text())
    assert "(no-guard)" in run("guards")[1]
