"""What was found out, for people and for programs."""

from conformance.report._fixtures import FixtureRow, list_fixtures, render_fixtures_json, render_fixtures_table

__all__ = ["FixtureRow", "list_fixtures", "render_fixtures_json", "render_fixtures_table"]
