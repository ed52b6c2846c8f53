"""What was found out, for people and for programs."""

from conformance.report._cassette import render_cassette_table, render_interaction
from conformance.report._files import FileProblem, check_files, recover_journals
from conformance.report._fixtures import FixtureRow, list_fixtures, render_fixtures_json, render_fixtures_table

__all__ = [
    "FileProblem",
    "FixtureRow",
    "check_files",
    "list_fixtures",
    "recover_journals",
    "render_cassette_table",
    "render_fixtures_json",
    "render_fixtures_table",
    "render_interaction",
]
