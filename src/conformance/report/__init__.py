"""What was found out, for people and for programs."""

from conformance.report._cassette import render_cassette_table, render_interaction
from conformance.report._diff import FileDifference, compare_files, render_diff, render_diff_json
from conformance.report._files import FileProblem, check_files, recover_journals
from conformance.report._fixtures import FixtureRow, list_fixtures, render_fixtures_json, render_fixtures_table
from conformance.report._laws import render_laws, render_laws_json
from conformance.report._stats import Stats, gather_stats, gather_stats_of, render_stats_json, render_stats_table

__all__ = [
    "FileDifference",
    "FileProblem",
    "FixtureRow",
    "Stats",
    "check_files",
    "compare_files",
    "gather_stats",
    "gather_stats_of",
    "list_fixtures",
    "recover_journals",
    "render_cassette_table",
    "render_diff",
    "render_diff_json",
    "render_fixtures_json",
    "render_fixtures_table",
    "render_interaction",
    "render_laws",
    "render_laws_json",
    "render_stats_json",
    "render_stats_table",
]
