"""How often the scrub rules of a fixture fired in its recordings, and which had to and did not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.cassette import load_cassette
from conformance.errors import Fault
from conformance.fixtures import rules_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conformance.registry import Registry


@dataclass(frozen=True, slots=True)
class RuleUse:
    """One rule.

    Attributes:
        rule: Its name.
        sort: ``redactor`` or ``normalizer``.
        expect: ``must`` or ``may``.
        fired: How often, over all cassettes of the fixture; None where that is not known.
    """

    rule: str
    sort: str = "redactor"
    expect: str = "may"
    fired: int | None = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the recordings of one fixture say of its rules.

    Attributes:
        fixture: The fixture that was recorded.
        uses: Its rules: those of its presets, those it declares, and what else fired (the values of its driver).
        silent: The rules that must fire and never did, by name.
        unknown: Why nothing is concluded of a rule that must fire; empty where something is.
    """

    fixture: str
    uses: tuple[RuleUse, ...]
    silent: dict[str, Fault]
    unknown: str


def has_must_rules(registry: Registry, fixture: str) -> bool:
    """Return whether a fixture declares a rule that must fire."""
    return any(rule.expect == "must" for rule in registry.fixture(fixture).scrub.rules)


def judge_rules(registry: Registry, fixture: str) -> Judgement:
    """Judge the rules of a recorded fixture by all that is recorded of it; by nothing, nothing is concluded.

    Raises:
        CassetteError: A cassette is damaged.
    """
    folder = registry.cassettes / registry.fixture(fixture).family
    cassettes = sorted(path for path in folder.rglob("*.yaml") if not path.name.startswith("."))
    told = [load_cassette(path).provenance for path in cassettes]
    known = [each.fired for each in told if each is not None and each.fired is not None]
    fired = sum((Counter(each) for each in known), Counter[str]())
    is_known = bool(known) and len(known) == len(told)
    uses = tuple(_uses(registry, fixture, fired, is_known=is_known))
    musts = [use.rule for use in uses if use.expect == "must" and not use.fired]
    if not musts or not told:
        return Judgement(fixture, uses, {}, "")
    if not is_known:
        count = f"{len(told) - len(known)} of its {len(told)} cassettes"
        what = f"{fixture}: {count} do not tell how often rules fired, so nothing is concluded of {', '.join(musts)}"
        return Judgement(fixture, uses, {}, f"{what}; record them again")
    return Judgement(fixture, uses, {rule: _silent(registry, fixture, rule, cassettes) for rule in musts}, "")


def _uses(registry: Registry, fixture: str, fired: Counter[str], *, is_known: bool) -> list[RuleUse]:
    spec = registry.fixture(fixture)
    found = {
        rule.name: RuleUse(rule.name, getattr(rule, "sort", "redactor"))
        for rule in rules_of(spec, registry=registry, is_live=False)
    }
    for declared in spec.scrub.rules:
        found[declared.name] = RuleUse(declared.name, getattr(declared, "sort", "redactor"), declared.expect)
    found |= {name: RuleUse(name) for name in fired if name not in found}
    return [replace(use, fired=fired[use.rule] or (0 if is_known else None)) for use in found.values()]


def _silent(registry: Registry, fixture: str, rule: str, cassettes: Sequence[Path]) -> Fault:
    line = registry.line_of("fixture", fixture, "scrub", "rules")
    count = f"none of its {len(cassettes)} cassette{'s' * (len(cassettes) > 1)}"
    what = f'[fixture.{fixture}] the rule {rule} has expect = "must" and fired in {count}.'
    cure = 'Set the variable that its value comes from, or mend it, and record again; or write expect = "may".'
    return Fault(what, cure, "silent-rule", registry.path, line, f"fixture.{fixture}.scrub.rules")
