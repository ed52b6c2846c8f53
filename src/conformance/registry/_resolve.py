"""Applies family defaults, follows replays, and finds what no single table can show to be wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.errors import nearest_word
from conformance.registry._specs import (
    STAGE_OF,
    BackendSpec,
    FixtureSpec,
    Kind,
    MatchSpec,
    Requirements,
    RuleSpec,
    ScrubSpec,
)

if TYPE_CHECKING:
    from conformance.registry._positions import Key
    from conformance.registry._schema import CommonTable, Document, FixtureTable, ScrubTable


@dataclass(frozen=True, slots=True)
class Wrong:
    """One fault, before its line is known."""

    key: Key
    what: str
    cure: str
    slug: str


class Resolver:
    """Resolves a document once; ``wrong`` holds what was found on the way."""

    def __init__(self, document: Document) -> None:
        """Take a document whose single tables are valid."""
        self.document = document
        self.wrong: list[Wrong] = []

    def resolve(self) -> tuple[dict[str, BackendSpec], dict[str, FixtureSpec]]:
        """Return the specs; they are whole only when ``wrong`` stays empty."""
        backends = {name: BackendSpec(name, table.contract) for name, table in self.document.backend.items()}
        fixtures: dict[str, FixtureSpec] = {}
        for name, table in self.document.fixture.items():
            spec = self._recorded(name, table) if table.replays is None else self._replay(name, table)
            if spec is not None:
                self._check_rules(spec)
                fixtures[name] = spec
        return backends, fixtures

    def _fault(self, name: str, key: str | None, what: str, cure: str, slug: str) -> None:
        self.wrong.append(Wrong(("fixture", name, *((key,) if key else ())), what, cure, slug))

    def _recorded(self, name: str, table: FixtureTable) -> FixtureSpec | None:
        """Resolve a fixture that stands for itself."""
        if table.backend is None:
            self._fault(name, None, "names no backend.", "Add backend = ..., or replays = ....", "missing-key")
            return None
        if not self._known_backend(name, table.backend):
            return None
        kind = self._kind(name, table)
        if kind is None:
            return None
        family = self.document.backend[table.backend]
        driver = table.driver or family.driver
        if driver is None:
            cure = f'Add driver = "module:callable" here, or in [backend.{table.backend}] for all its fixtures.'
            self._fault(name, None, "names no driver.", cure, "missing-key")
            return None
        base = FixtureSpec(
            name=name,
            backend=table.backend,
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
            replays=None,
        )
        return _overlay(_overlay(base, family), table)

    def _replay(self, name: str, table: FixtureTable) -> FixtureSpec | None:
        """Resolve a fixture that plays the recordings of another: everything but stage and kind is inherited."""
        target_name = str(table.replays)
        target = self.document.fixture.get(target_name)
        if target is None:
            near = nearest_word(target_name, self.document.fixture)
            cure = f"Did you mean {near}?" if near else "Declare that fixture, or drop this one."
            self._fault(name, "replays", f'= "{target_name}" is not a declared fixture.', cure, "replay-of-nothing")
            return None
        if target.replays is not None:
            self._refuse_chain(name, target_name)
            return None
        if table.kind not in (None, "replay"):
            what = f'= "{table.kind}" does not go with replays = "{target_name}".'
            self._fault(name, "kind", what, "Drop kind: a fixture that replays another is of kind replay.", "bad-kind")
        if table.stage not in (None, 1):
            cure = "Drop stage: a replay fixture is stage 1."
            self._fault(name, "stage", f"= {table.stage} is not the stage of a replay.", cure, "bad-stage")
        for key in ("backend", "service"):
            if getattr(table, key) is not None:
                cure = f"Drop {key}: it comes from {target_name}."
                self._fault(name, key, "does not go with replays.", cure, "replay-inherits")
        recorded = self._recorded(target_name, target) if not self._is_wrong(target_name) else None
        if recorded is None:
            return None
        twin = replace(recorded, name=name, stage=1, kind="replay", service=None, replays=target_name)
        return _overlay(replace(twin, requires=replace(twin.requires, env=(), commands=())), table)

    def _is_wrong(self, name: str) -> bool:
        return any(wrong.key[:2] == ("fixture", name) for wrong in self.wrong)

    def _refuse_chain(self, name: str, target: str) -> None:
        """Report a replay of a replay, or a circle of them."""
        seen = [name]
        while target in self.document.fixture and target not in seen:
            seen.append(target)
            target = self.document.fixture[target].replays or target
        if target in seen[:-1] or target == name:
            what = f'= "{seen[min(1, len(seen) - 1)]}" goes round in a circle: {" -> ".join([*seen, target])}.'
            self._fault(name, "replays", what, "Name the fixture that is recorded.", "replay-cycle")
        else:
            what = f'= "{seen[1]}" is itself a replay.'
            self._fault(name, "replays", what, f'Write replays = "{target}", which is recorded.', "replay-of-replay")

    def _known_backend(self, name: str, backend: str) -> bool:
        if backend in self.document.backend:
            return True
        near = nearest_word(backend, self.document.backend)
        cure = f'Did you mean "{near}"?' if near else f"Declare [backend.{backend}]."
        self._fault(name, "backend", f'= "{backend}" is not a declared backend.', cure, "unknown-backend")
        return False

    def _kind(self, name: str, table: FixtureTable) -> Kind | None:
        """Return the kind, from the stage where only the stage is given, and check that they go together."""
        if table.kind == "replay":
            what = '= "replay", but what it replays is not said.'
            self._fault(name, "kind", what, "Add replays = the name of a recorded fixture.", "replay-of-nothing")
            return None
        kind: Kind | None = table.kind
        if kind is None:
            kinds: dict[int | None, Kind] = {1: "local", 2: "service", 3: "live"}
            kind = kinds.get(table.stage)
        if kind is None:
            self._fault(name, None, "has neither kind nor stage.", "Add kind = local, service or live.", "missing-key")
        elif table.stage not in (None, STAGE_OF[kind]):
            what = f'= {table.stage} does not go with kind = "{kind}".'
            self._fault(name, "stage", what, f"A {kind} fixture is stage {STAGE_OF[kind]}.", "bad-stage")
        return kind

    def _check_rules(self, spec: FixtureSpec) -> None:
        for rule, count in Counter(rule.name for rule in spec.scrub.rules).items():
            if count > 1:
                what = f'has {count} rules named "{rule}".'
                self._fault(spec.name, "scrub", what, "Give each rule a name of its own.", "duplicate-rule")


def _overlay(spec: FixtureSpec, table: CommonTable) -> FixtureSpec:
    """Return the spec with what the table says on top; lists and scalars replace, tables merge key by key."""
    match, requires = table.match, table.requires
    return replace(
        spec,
        contract=table.contract or spec.contract,
        driver=table.driver or spec.driver,
        service=table.service or spec.service,
        capabilities=spec.capabilities if table.capabilities is None else frozenset(table.capabilities),
        is_async=spec.is_async if table.is_async is None else table.is_async,
        requires=Requirements(
            tuple(requires.env) or spec.requires.env,
            tuple(requires.modules) or spec.requires.modules,
            tuple(requires.commands) or spec.requires.commands,
        ),
        scrub=_overlay_scrub(spec.scrub, table.scrub),
        match=MatchSpec(
            tuple(match.on) or spec.match.on,
            tuple(name.lower() for name in match.headers) or spec.match.headers,
        ),
    )


def _overlay_scrub(spec: ScrubSpec, table: ScrubTable) -> ScrubSpec:
    rules = tuple(RuleSpec(rule.name, rule.value.env, rule.stand_in, rule.expect) for rule in table.rules)
    return ScrubSpec(tuple(table.presets) or spec.presets, rules or spec.rules)
