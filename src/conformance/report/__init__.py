"""What was found out, for people and for programs."""

from conformance.report._audit import audit_files, audited_files
from conformance.report._cassette import render_cassette_table, render_interaction
from conformance.report._contract_pages import render_contracts, render_contracts_markdown
from conformance.report._contracts import contract_of_fixture
from conformance.report._diff import FileDifference, compare_files, render_diff, render_diff_json
from conformance.report._divergences import render_divergences, render_findings, render_report_difference
from conformance.report._files import FileProblem, check_files, recover_journals
from conformance.report._findings import Audit, Finding, render_audit, render_audit_json
from conformance.report._fixtures import FixtureRow, list_fixtures, render_fixtures_json, render_fixtures_table
from conformance.report._guards import (
    CheckedMutant,
    GuardFixture,
    GuardRow,
    check_guards,
    list_guards,
    load_guards,
    render_checked,
    render_checked_json,
    render_guards_json,
    render_guards_table,
    runs_of,
    trace_of_report,
)
from conformance.report._laws import render_laws, render_laws_json
from conformance.report._mutants import GuardRun, Shade, check_mutant, failure_of, fault_of
from conformance.report._presets import render_presets_markdown, render_presets_table
from conformance.report._proving import replay_fails
from conformance.report._reproductions import (
    CurlScript,
    Reproduced,
    client_script,
    curl_script,
    fixture_script,
    reproduced,
    script_path,
    scripts_of,
    write_scripts,
)
from conformance.report._rescrub import Rescrubbed, cassettes_of, rescrub
from conformance.report._rules import Judgement, RuleUse, has_must_rules, judge_rules
from conformance.report._stats import Stats, gather_stats, gather_stats_of, render_stats_json, render_stats_table
from conformance.report._verification import render_verification, render_verification_json
from conformance.report._verification_table import render_verification_table
from conformance.report._volatility import render_normalizers, render_volatility, render_volatility_json

__all__ = [
    "Audit",
    "CheckedMutant",
    "CurlScript",
    "FileDifference",
    "FileProblem",
    "Finding",
    "FixtureRow",
    "GuardFixture",
    "GuardRow",
    "GuardRun",
    "Judgement",
    "Reproduced",
    "Rescrubbed",
    "RuleUse",
    "Shade",
    "Stats",
    "audit_files",
    "audited_files",
    "cassettes_of",
    "check_files",
    "check_guards",
    "check_mutant",
    "client_script",
    "compare_files",
    "contract_of_fixture",
    "curl_script",
    "failure_of",
    "fault_of",
    "fixture_script",
    "gather_stats",
    "gather_stats_of",
    "has_must_rules",
    "judge_rules",
    "list_fixtures",
    "list_guards",
    "load_guards",
    "recover_journals",
    "render_audit",
    "render_audit_json",
    "render_cassette_table",
    "render_checked",
    "render_checked_json",
    "render_contracts",
    "render_contracts_markdown",
    "render_diff",
    "render_diff_json",
    "render_divergences",
    "render_findings",
    "render_fixtures_json",
    "render_fixtures_table",
    "render_guards_json",
    "render_guards_table",
    "render_interaction",
    "render_laws",
    "render_laws_json",
    "render_normalizers",
    "render_presets_markdown",
    "render_presets_table",
    "render_report_difference",
    "render_stats_json",
    "render_stats_table",
    "render_verification",
    "render_verification_json",
    "render_verification_table",
    "render_volatility",
    "render_volatility_json",
    "replay_fails",
    "reproduced",
    "rescrub",
    "runs_of",
    "script_path",
    "scripts_of",
    "trace_of_report",
    "write_scripts",
]
