"""Counts what a run leaves out, so that nothing is passed over in silence. Plain data, to travel between workers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.pytest_plugin._selection import Needs
    from conformance.registry import FixtureSpec

SHOWN = 5


@dataclass(slots=True)
class Tally:
    """What was counted; keys are sentences without the number."""

    unavailable: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    recorded: Counter[str] = field(default_factory=Counter)
    recorded_fixtures: set[str] = field(default_factory=set)
    drift: dict[str, str] = field(default_factory=dict)
    unplayed: dict[str, str] = field(default_factory=dict)
    orphans: set[str] = field(default_factory=set)
    not_offered: Counter[str] = field(default_factory=Counter)
    declined: Counter[str] = field(default_factory=Counter)

    def count_unavailable(self, fixture: str, what: str) -> None:
        """Count a test that could not run for want of something on this machine."""
        self.unavailable[f"{fixture} lacks {what}"] += 1

    def count_missing(self, fixture: str, command: str) -> None:
        """Count a test that has no recording yet."""
        self.missing[f"{fixture} has no recording; record it with `{command}`"] += 1

    def count_recorded(self, fixture: str, *, is_changed: bool) -> None:
        """Count a test that was recorded."""
        self.recorded[f"{fixture} {'changed' if is_changed else 'unchanged'}"] += 1
        self.recorded_fixtures.add(fixture)

    def count_drift(self, test: str, what: str) -> None:
        """Note a test whose service answers otherwise than it did when it was recorded."""
        self.drift[test] = what

    def count_unplayed(self, test: str, what: str) -> None:
        """Note a test that left part of its cassette unplayed."""
        self.unplayed[test] = what

    def count_not_offered(self, spec: FixtureSpec, needs: Needs) -> None:
        """Count a test that a fixture does not offer the capabilities for."""
        lacking = sorted(needs.capabilities - spec.capabilities)
        if lacking:
            self.not_offered[f"{spec.name} does not offer {', '.join(lacking)}"] += 1

    def count_declined(self, fixture: str, operation: str) -> None:
        """Count a trace that a client could not express, which is found out when it runs."""
        self.declined[f"{fixture} does not offer {operation}"] += 1

    def to_json(self) -> dict[str, dict[str, Any]]:
        """Return it as plain dicts."""
        return {
            "unavailable": dict(self.unavailable),
            "missing": dict(self.missing),
            "recorded": dict(self.recorded),
            "recorded_fixtures": dict.fromkeys(sorted(self.recorded_fixtures)),
            "drift": dict(self.drift),
            "unplayed": dict(self.unplayed),
            "orphans": dict.fromkeys(sorted(self.orphans)),
            "not_offered": dict(self.not_offered),
            "declined": dict(self.declined),
        }

    def add_json(self, other: dict[str, dict[str, Any]]) -> None:
        """Add what another process counted; what is counted at collection is the same in each and is not added up."""
        for name in ("unavailable", "missing", "recorded", "declined"):
            getattr(self, name).update(other.get(name, {}))
        for name in ("drift", "unplayed"):
            getattr(self, name).update(other.get(name, {}))
        for name in ("orphans", "recorded_fixtures"):
            getattr(self, name).update(other.get(name, {}))
        self.not_offered |= Counter(other.get("not_offered", {}))

    def render(self, *, verbose: bool) -> list[str]:
        """Return the lines of the summary; every test that is not offered something only when verbose."""
        lines = [f"not run     {_tests(count)}: {what}" for what, count in self.unavailable.items()]
        lines += [f"missing     {_tests(count)}: {what}" for what, count in self.missing.items()]
        lines += [f"recorded    {_tests(count)}: {what}" for what, count in self.recorded.items()]
        for word, tests in (("drift   ", self.drift), ("unplayed", self.unplayed)):
            shown = list(tests.items()) if verbose else list(tests.items())[:SHOWN]
            lines += [f"{word}    {test}: {what}" for test, what in shown]
            if len(tests) > len(shown):
                lines.append(f"{word}    and {len(tests) - len(shown)} more (-v shows all)")
        lines += [f"orphan      {path}: no test of this run asks for it" for path in sorted(self.orphans)]
        lacking = self.not_offered + self.declined
        if lacking and not verbose:
            return [*lines, f"not offered {lacking.total()} combinations of test and fixture (-v shows which)"]
        return lines + [f"not offered {_tests(count)}: {what}" for what, count in sorted(lacking.items())]


def _tests(count: int) -> str:
    return f"{count} test{'s' * (count != 1)}"
