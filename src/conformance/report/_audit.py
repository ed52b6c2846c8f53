"""Sweeps what is committed for what hand edits, bad merges and missing rules brought in."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

from conformance.cassette import (
    Response,
    Scrubber,
    decoded_body,
    find_shapes,
    is_stand_in,
    load_cassette,
    read_journal,
    self_test,
)
from conformance.errors import CassetteError, RegistryError, UsageError
from conformance.fixtures import live_values, rules_of
from conformance.report._detect_secrets import open_plugins
from conformance.report._findings import Audit, Finding
from conformance.report._places import changed_places, line_of_place, places_of
from conformance.report._rescrub import family_of, scrubbed
from conformance.report._rules import has_must_rules, judge_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from conformance.cassette import Interaction, Rule
    from conformance.registry import FixtureSpec, Registry
    from conformance.report._detect_secrets import FindSecrets

HIDDEN_AND_COMMITTED = (".journal", ".new")
LARGE_BYTES = 64 * 1024
BETWEEN = b"\n\0\n"  # no form goes over it
WITHOUT = "detect-secrets is not installed: its part was left out"


def audited_files(registry: Registry, paths: Sequence[Path]) -> list[Path]:
    """Return the files that are meant, by path: all in the cassettes and traces folders where no path is given.

    Raises:
        UsageError: There is no such file.
    """
    found: set[Path] = set()
    for place in paths or [path for path in (registry.cassettes, registry.traces) if path.is_dir()]:
        if not place.exists():
            raise UsageError(f"There is no {place}.", "Name a file, or a folder of them.", slug="no-file")
        below = [place] if place.is_file() else (path for path in place.rglob("*") if _is_meant(path, place))
        found |= {path for path in below if path.is_file()}
    return sorted(found)


def audit_files(registry: Registry, files: Iterable[Path], *, with_rules: bool) -> Audit:
    """Look through files, and with ``with_rules`` at the rules themselves too.

    What is wrong with a file is in ``wrong``; nothing is raised for it.
    """
    with open_plugins() as find_secrets:
        auditor = _Auditor(registry, find_secrets)
        for path in files:
            auditor.look(path)
        if with_rules:
            auditor.judge()
    auditor.audit.notes += [] if find_secrets else [WITHOUT]
    return auditor.audit


class _Auditor:
    """One audit."""

    def __init__(self, registry: Registry, find_secrets: FindSecrets | None) -> None:
        self.audit = Audit()
        self._registry = registry
        self._find_secrets = find_secrets
        self._swept: dict[bytes, list[tuple[str, int, int]]] = {}
        specs = registry.fixtures.values()
        self._stand_ins = {rule.stand_in for spec in specs for rule in spec.scrub.rules if rule.stand_in}
        self._live = {(rule.name, rule.value): rule for spec in specs for rule in live_values(spec)}
        declared = {(spec.backend, rule.name) for spec in specs for rule in spec.scrub.rules}
        made = {(spec.backend, rule.name) for spec in specs for rule in self._rules_of(spec)}
        self.audit.rules = len(declared | made)

    def look(self, path: Path) -> None:
        """Look at one file."""
        try:
            data = path.read_bytes()
        except FileNotFoundError:  # the journal of a recording that has ended since it was listed
            return
        self.audit.files += 1
        self.audit.size_bytes += len(data)
        items = self._interactions(path)
        values: set[bytes] = set()
        inside = list(self._in_interactions(path, items, values))
        findings = [*self._in_bytes(path, data, values), *_with_lines(path, data, items, inside)]
        found_by = {finding.rule for finding in findings}
        findings += [each for each in self._live_values(path, data) if each.rule not in found_by]
        self.audit.findings += findings

    def judge(self) -> None:
        """Look at the rules themselves: their own tests, and whether those that must fire did."""
        registry = self._registry
        wrong: dict[str, str | None] = {}
        told: dict[Finding, None] = {}
        for spec in registry.fixtures.values():
            for rule in self._rules_of(spec):
                known = f"{rule.name} {rule!r}"
                wrong[known] = wrong[known] if known in wrong else self_test(rule)
                if wrong[known] is not None:
                    line = registry.line_of("fixture", spec.name, "scrub", "rules")
                    told[Finding(registry.path, line, rule.name, f"fails its own test: {wrong[known]}", 0)] = None
        self.audit.findings += told
        for family in sorted({spec.family for spec in registry.fixtures.values()}):
            if has_must_rules(registry, family):
                self._judge(family)

    def _judge(self, family: str) -> None:
        try:
            judgement = judge_rules(self._registry, family)
        except CassetteError:
            self.audit.notes.append(f"{family}: a cassette cannot be read, so nothing is concluded of its rules")
            return
        for rule, fault in judgement.silent.items():
            place = f"fired in none of the cassettes of {family} and must (silent-rule)"
            self.audit.findings.append(Finding(self._registry.path, fault.line, rule, place, 0))
        self.audit.notes += [judgement.unknown] if judgement.unknown else []

    def _in_bytes(self, path: Path, data: bytes, known: set[bytes]) -> Iterator[Finding]:
        """Yield what has the name or the form of a secret in the bytes of a file, but what is known already."""
        found: dict[int, list[bytes]] = {}
        for rule, start, end in find_shapes(data):
            value, line = data[start:end], data.count(b"\n", 0, start) + 1
            if value not in known and not self._is_stand_in(value):
                yield Finding(path, line, rule, "text", _size(value))
            found.setdefault(line, []).append(value)
        if self._find_secrets is None:
            return
        for number, row in enumerate(data.decode("utf-8", "replace").split("\n"), start=1):
            for sort, secret in self._find_secrets(row):
                value = secret.encode()
                is_known = any(value in other or other in value for other in (*known, *found.get(number, ())))
                if not is_known and not self._is_stand_in(value):
                    yield Finding(path, number, f"detect-secrets {sort}", "text", len(secret))

    def _in_interactions(
        self, path: Path, items: Sequence[Interaction], values: set[bytes]
    ) -> Iterator[tuple[int, Finding]]:
        """Yield what rules would still change, and what has a name or a form once it is read; with its place.

        Args:
            path: Where they are stored.
            items: The interactions.
            values: Takes what was found by name or form.
        """
        rules = self._rules_for(path) if items else []
        scrubber = Scrubber(rules)
        for at, item in enumerate(items):
            found = [each for each in self._in_places(_texts(item)) if not self._is_stand_in(each[2])]
            values |= {value for _, _, value in found}
            sized = {(rule, place) for rule, place, _ in found}
            after = scrubbed(item, scrubber=scrubber)
            if after != item:
                changes = _changes(path, item, after, rules)
                yield from ((at, each) for each in changes if (each.rule, each.place) not in sized)
            for rule, place, value in found:
                yield at, Finding(path, None, rule, place, _size(value))

    def _in_places(self, places: Sequence[tuple[str, bytes]]) -> Iterator[tuple[str, str, bytes]]:
        """Yield the rule, the place and the bytes of what has the name or the form of a secret."""
        small = [(place, content) for place, content in places if len(content) < LARGE_BYTES]
        data = BETWEEN.join(content for _, content in small)
        starts = list(accumulate((len(content) + len(BETWEEN) for _, content in small), initial=0))
        for rule, start, end in find_shapes(data):
            yield rule, small[bisect_right(starts, start) - 1][0], data[start:end]
        for place, content in places:
            if len(content) >= LARGE_BYTES:
                yield from ((rule, place, content[start:end]) for rule, start, end in self._in_large(content))

    def _in_large(self, content: bytes) -> list[tuple[str, int, int]]:
        """Return what has a name or a form in a large body; tests of many fixtures send the same ones."""
        digest = hashlib.sha256(content).digest()
        if digest not in self._swept:
            self._swept[digest] = list(find_shapes(content))
        return self._swept[digest]

    def _live_values(self, path: Path, data: bytes) -> Iterator[Finding]:
        """Yield the live values of the environment that the bytes of a file have, of whichever fixture they are."""
        whole = Response(200, body=data)
        for rule in self._live.values():
            after = Scrubber([rule]).response(whole).body
            if after != data:
                start = next((at for at, (a, b) in enumerate(zip(data, after, strict=False)) if a != b), len(after))
                line = data.count(b"\n", 0, start) + 1
                yield Finding(path, line, rule.name, "text", len(rule.value))

    def _interactions(self, path: Path) -> Sequence[Interaction]:
        """Return what a cassette or a journal of the cassettes folder holds; nothing of any other file."""
        is_below = path.resolve().is_relative_to(self._registry.cassettes.resolve())
        is_journal = path.name.startswith(".") and path.suffix == ".journal"
        if not is_below or not (is_journal or (path.suffix == ".yaml" and not path.name.startswith("."))):
            return ()
        try:
            items = read_journal(path).interactions if is_journal else load_cassette(path).interactions
        except CassetteError as error:
            self.audit.wrong.append(error)
            return ()
        self.audit.interactions += len(items)
        return items

    def _rules_of(self, spec: FixtureSpec) -> list[Rule]:
        return rules_of(spec, registry=self._registry, is_live=True)

    def _rules_for(self, path: Path) -> list[Rule]:
        try:
            return self._rules_of(family_of(path, registry=self._registry))
        except (RegistryError, UsageError):
            what = f"{path.parent}: belongs to no fixture, so only names, forms and live values were looked for there"
            self.audit.notes += [] if what in self.audit.notes else [what]
            return []

    def _is_stand_in(self, value: bytes) -> bool:
        return is_stand_in(value.decode("utf-8", "replace"), self._stand_ins)


def _changes(path: Path, item: Interaction, after: Interaction, rules: Sequence[Rule]) -> Iterator[Finding]:
    """Yield the places of an interaction that its rules change, each with the rules that change it by themselves."""
    alone = {rule.name: scrubbed(item, scrubber=Scrubber([rule])) for rule in rules}
    for side in ("request", "response"):
        was = getattr(item, side)
        by_rule = {name: changed_places(was, getattr(each, side)) for name, each in alone.items()}
        for place, size in changed_places(was, getattr(after, side)).items():
            found = {name: places[place] for name, places in by_rule.items() if place in places}
            for rule, characters in (found or {"rules that act together": size}).items():
                yield Finding(path, None, rule, f"{side} {place}", characters)


def _texts(item: Interaction) -> list[tuple[str, bytes]]:
    """Return the places of an interaction with what stands there: headers with their names, bodies decoded."""
    headers = {"request body": item.request.headers, "response body": item.response.headers}
    texts = []
    for place, content in places_of(item):
        _, mark, name = place.partition(" header ")
        if mark:
            texts.append((place, name.encode() + b": " + content))
        elif place in headers:
            texts.append((place, decoded_body(content, headers[place])))
        else:
            texts.append((place, content))
    return texts


def _with_lines(
    path: Path, data: bytes, items: Sequence[Interaction], found: Sequence[tuple[int, Finding]]
) -> Iterator[Finding]:
    """Yield findings with their lines; the lines of a cassette are looked for only where something was found."""
    starts = load_cassette(path).lines() if found and path.suffix == ".yaml" else []
    rows = data.decode("utf-8", "replace").split("\n") if starts else []
    ends = [*starts[1:], len(rows) + 1]
    for at, finding in found:
        is_known = len(starts) == len(items)
        yield replace(finding, line=line_of_place(rows, starts[at], ends[at], finding.place)) if is_known else finding


def _is_meant(path: Path, folder: Path) -> bool:
    """Return whether a file below a folder is looked at: none that is hidden, but for what a recording leaves."""
    *folders, name = path.relative_to(folder).parts
    is_hidden = any(word.startswith(".") for word in folders)
    return not is_hidden and (not name.startswith(".") or path.suffix in HIDDEN_AND_COMMITTED)


def _size(value: bytes) -> int:
    return len(value.decode("utf-8", "replace"))
