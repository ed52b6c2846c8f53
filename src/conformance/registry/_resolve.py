"""Applies family defaults, follows replays, and finds what no single table can show to be wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.errors import nearest_word
from conformance.registry._options import option_of
from conformance.registry._rules import rule_of_any, wrong_in
from conformance.registry._specs import (
    STAGE_OF,
    BackendSpec,
    FixtureSpec,
    Kind,
    MatchSpec,
    RecordSpec,
    Requirements,
    ScrubSpec,
)
from conformance.toml import Wrong

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.registry._schema import (
        BackendTable,
        CommonTable,
        Document,
        FixtureTable,
        MatchTable,
        RecordTable,
        ScrubTable,
    )
    from conformance.toml import Key


class Resolver:
    """Resolves a document once; ``wrong`` holds what was found on the way."""

    def __init__(self, document: Document) -> None:
        """Take a document whose single tables are valid."""
        self.document = document
        self.wrong: list[Wrong] = []

    def resolve(self) -> tuple[dict[str, BackendSpec], dict[str, FixtureSpec]]:
        """Return the specs; they are whole only when ``wrong`` stays empty."""
        backends = {name: BackendSpec(name, table.contract) for name, table in self.document.backend.items()}
        tables = self.document.fixture
        specs = {name: self._recorded(name, table) for name, table in tables.items() if table.replays is None}
        recorded = {name: spec for name, spec in specs.items() if spec is not None}
        fixtures: dict[str, FixtureSpec] = {}
        for name, table in tables.items():
            spec = recorded.get(name) if table.replays is None else self._replay(name, table, recorded)
            if spec is not None:
                fixtures[name] = spec
        for name, family in self.document.backend.items():
            self._check_rules(("backend", name), family.scrub)
        for name, table in tables.items():
            self._check_rules(("fixture", name), table.scrub)
        return backends, fixtures

    def _fault(self, name: str, key: str | None, what: str, cure: str, slug: str) -> None:
        self.wrong.append(Wrong(("fixture", name, *((key,) if key else ())), what, cure, slug))

    def _recorded(self, name: str, table: FixtureTable) -> FixtureSpec | None:
        """Resolve a fixture that stands for itself."""
        if table.kind == "replay":
            what = '= "replay", but what it replays is not said.'
            self._fault(name, "kind", what, 'Add replays = "...", the name of a recorded fixture.', "replay-of-nothing")
            return None
        kind = self._kind(name, table)
        family = self._family(name, table)
        if family is None:
            return None
        driver = table.driver or family.driver
        if driver is None:
            cure = f'Add driver = "module:callable" here, or in [backend.{table.backend}] for all its fixtures.'
            self._fault(name, None, "names no driver.", cure, "missing-key")
        if kind is None or driver is None:
            return None
        base = FixtureSpec(
            name=name,
            backend=str(table.backend),
            contract=None,
            stage=STAGE_OF[kind],
            kind=kind,
            driver=driver,
            service=None,
            capabilities=frozenset(),
            is_async=False,
            requires=Requirements(),
            scrub=ScrubSpec(),
            match=MatchSpec(),
            record=RecordSpec(),
            passthrough=(),
            replays=None,
        )
        return _overlay(_overlay(base, family), table)

    def _replay(self, name: str, table: FixtureTable, recorded: dict[str, FixtureSpec]) -> FixtureSpec | None:
        """Resolve a fixture that plays the recordings of another: everything but stage and kind is inherited."""
        target = str(table.replays)
        if target not in self.document.fixture:
            near = nearest_word(target, self._recordable())
            cure = f'Did you mean "{near}"?' if near else "Declare that fixture, or drop this one."
            self._fault(name, "replays", f'= "{target}" is not a declared fixture.', cure, "replay-of-nothing")
            return None
        if self.document.fixture[target].replays is not None:
            self._refuse_chain(name, target)
            return None
        if table.kind not in (None, "replay"):
            what = f'= "{table.kind}" does not go with replays = "{target}".'
            self._fault(name, "kind", what, "Drop kind: a fixture that replays another is of kind replay.", "bad-kind")
        if table.stage not in (None, 1):
            cure = "Drop stage: a replay fixture is stage 1."
            self._fault(name, "stage", f"= {table.stage} is not the stage of a replay.", cure, "bad-stage")
        if table.backend is not None:
            cure = f"Drop backend: it comes from {target}."
            self._fault(name, "backend", "does not go with replays.", cure, "replay-inherits")
        if table.service is not None:
            cure = "Drop service: a replay needs none."
            self._fault(name, "service", "does not go with replays.", cure, "replay-inherits")
        if target not in recorded:
            return None
        spec = recorded[target]
        requires = replace(spec.requires, env=(), commands=())
        twin = replace(spec, name=name, stage=1, kind="replay", service=None, requires=requires, replays=target)
        return _overlay(twin, table)

    def _recordable(self) -> list[str]:
        return [name for name, table in self.document.fixture.items() if table.replays is None]

    def _refuse_chain(self, name: str, target: str) -> None:
        """Report a replay of a replay, or a circle of them."""
        chain, at = [name], target
        while at not in chain and at in self.document.fixture and at not in self._recordable():
            chain.append(at)
            at = str(self.document.fixture[at].replays)
        if at in chain:
            what = f'= "{target}" goes round in a circle: {" -> ".join([*chain, at])}.'
            self._fault(name, "replays", what, "Name the fixture that is recorded.", "replay-cycle")
            return
        is_recorded = at in self.document.fixture
        cure = f'Write replays = "{at}", which is recorded.' if is_recorded else "Name the fixture that is recorded."
        self._fault(name, "replays", f'= "{target}" is itself a replay.', cure, "replay-of-replay")

    def _family(self, name: str, table: FixtureTable) -> BackendTable | None:
        families = self.document.backend
        if table.backend is None:
            cure = 'Add backend = "...", or replays = "...".'
            self._fault(name, None, "names no backend.", cure, "missing-key")
        elif table.backend not in families:
            near = nearest_word(table.backend, families)
            cure = f'Did you mean "{near}"?' if near else f"Declare [backend.{table.backend}]."
            self._fault(name, "backend", f'= "{table.backend}" is not a declared backend.', cure, "unknown-backend")
        return families.get(str(table.backend))

    def _kind(self, name: str, table: FixtureTable) -> Kind | None:
        """Return the kind, from the stage where only the stage is given, and check that they go together."""
        kinds: dict[int | None, Kind] = {1: "local", 2: "service", 3: "live"}
        kind = table.kind or kinds.get(table.stage)
        if kind is None:
            cure = 'Add kind = "local", "service" or "live".'
            self._fault(name, None, "has neither kind nor stage.", cure, "missing-key")
        elif table.stage not in (None, STAGE_OF[kind]):
            what = f'= {table.stage} does not go with kind = "{kind}".'
            self._fault(name, "stage", what, f"A {kind} fixture is stage {STAGE_OF[kind]}.", "bad-stage")
        return kind

    def _check_rules(self, table: Key, scrub: ScrubTable) -> None:
        for at, each in enumerate(scrub.rules or ()):
            self.wrong += wrong_in(each, (*table, "scrub", "rules", at))
        names = [rule.name for rule in scrub.rules or ()]
        for at, rule in enumerate(names):
            if rule in names[:at]:
                what = f'= "{rule}" is the name of scrub.rules[{names.index(rule)}] already.'
                cure = "Give each rule a name of its own."
                self.wrong.append(Wrong((*table, "scrub", "rules", at, "name"), what, cure, "duplicate-rule"))


def _overlay(spec: FixtureSpec, table: CommonTable) -> FixtureSpec:
    """Return the spec with what the table says on top; lists and scalars replace, tables merge key by key."""
    requires = table.requires
    return replace(
        spec,
        contract=table.contract or spec.contract,
        driver=table.driver or spec.driver,
        service=table.service or spec.service,
        capabilities=spec.capabilities if table.capabilities is None else frozenset(table.capabilities),
        is_async=spec.is_async if table.is_async is None else table.is_async,
        requires=Requirements(
            _given(requires.env, spec.requires.env),
            _given(requires.modules, spec.requires.modules),
            _given(requires.commands, spec.requires.commands),
        ),
        scrub=_overlay_scrub(spec.scrub, table.scrub),
        match=_overlay_match(spec.match, table.match),
        record=_overlay_record(spec.record, table.record),
        passthrough=_given(_lower(table.passthrough), spec.passthrough),
        options={**spec.options, **{name: option_of(value) for name, value in table.options.items()}},
    )


def _overlay_match(spec: MatchSpec, table: MatchTable) -> MatchSpec:
    return MatchSpec(
        _given(table.on, spec.on),
        _given(_lower(table.headers), spec.headers),
        _given(table.ignore_query, spec.ignore_query),
        _given(table.by_meaning, spec.by_meaning),
        spec.elastic if table.elastic is None else table.elastic,
        spec.ordered if table.ordered is None else table.ordered,
    )


def _overlay_record(spec: RecordSpec, table: RecordTable) -> RecordSpec:
    return RecordSpec(
        spec.skip if table.skip is None else frozenset(table.skip),
        spec.waits_s if table.waits_s is None else tuple(table.waits_s),
        spec.throttle_s if table.throttle_s is None else table.throttle_s,
    )


def _overlay_scrub(spec: ScrubSpec, table: ScrubTable) -> ScrubSpec:
    rules = spec.rules
    if table.rules is not None:
        rules = tuple(rule for rule in map(rule_of_any, table.rules) if rule is not None)
    is_generic = spec.is_generic if table.generic is None else table.generic
    return ScrubSpec(is_generic, _given(table.presets, spec.presets), rules)


def _lower(words: Sequence[str] | None) -> list[str] | None:
    return None if words is None else [word.lower() for word in words]


def _given(words: Sequence[str] | None, inherited: tuple[str, ...]) -> tuple[str, ...]:
    """Return the list of a table; what is inherited where the table has none, but not where it has an empty one."""
    return inherited if words is None else tuple(words)
