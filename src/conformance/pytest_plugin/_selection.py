"""Which fixtures a run and a test get, and how each is opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.errors import UsageError, nearest_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.fixtures import Mode
    from conformance.registry import FixtureSpec, Registry, Stage


@dataclass(frozen=True, slots=True)
class Needs:
    """What a test asks of a subject, from its ``subject`` marks."""

    backend: str | None = None
    contract: str | None = None
    capabilities: frozenset[str] = frozenset()
    is_async: bool = False

    def render(self) -> str:
        """Return it in words."""
        words = [f"backend {self.backend}"] if self.backend else []
        words += [f"contract {self.contract}"] if self.contract else []
        words += sorted(self.capabilities) + (["async operations"] if self.is_async else [])
        return ", ".join(words) or "a subject"


@dataclass(slots=True)
class Selection:
    """The fixtures of a run.

    Attributes:
        stage: The stage of the run.
        recording: How fixtures that are replayed elsewhere are recorded; None where they are not.
        specs: The fixtures, in the order of the file.
    """

    registry: Registry
    stage: Stage
    recording: Mode | None
    backends: Sequence[str] = ()
    fixtures: Sequence[str] = ()
    specs: list[FixtureSpec] = field(init=False)

    def __post_init__(self) -> None:
        """Apply stage, names and recording, in this order."""
        for name in self.backends:
            self.registry.backend(name)
        for name in self.fixtures:
            self._check_reach(self.registry.fixture(name))
        self.specs = [spec for spec in self.registry.fixtures.values() if self._is_selected(spec)]
        if self.recording:
            recorded = {spec.name for spec in self.specs} & self.registry.recorded
            if not recorded:
                what = f"--record finds nothing to record at stage {self.stage}."
                cure = "Add --stage=2 or --stage=3, or a fixture that replays one of this stage."
                raise UsageError(what, cure, slug="nothing-to-record")
            self.specs = [spec for spec in self.specs if spec.replays not in recorded]

    def mode_of(self, spec: FixtureSpec) -> Mode:
        """Return how a fixture is opened in this run."""
        if spec.kind == "replay":
            return "replay"
        return self.recording if self.recording and spec.name in self.registry.recorded else "direct"

    def offering(self, needs: Needs) -> list[FixtureSpec]:
        """Return the fixtures that offer everything a test needs."""
        return [spec for spec in self.candidates(needs) if needs.capabilities <= spec.capabilities]

    def candidates(self, needs: Needs) -> list[FixtureSpec]:
        """Return the fixtures that a test is meant for, whether or not they offer every capability."""
        return [
            spec
            for spec in self.specs
            if needs.backend in (None, spec.backend)
            and needs.contract in (None, spec.contract)
            and (spec.is_async or not needs.is_async)
        ]

    def check(self, needs: Needs) -> None:
        """Refuse words that no fixture of the registry knows: a misspelt one would drop the test in silence.

        Raises:
            UsageError: A backend, contract or capability is declared nowhere.
        """
        every = self.registry.fixtures.values()
        _check_word("contract", needs.contract, {spec.contract for spec in every if spec.contract})
        for word in sorted(needs.capabilities):
            _check_word("capability", word, {word for spec in every for word in spec.capabilities})
        if needs.backend is not None:
            self.registry.backend(needs.backend)

    def _is_selected(self, spec: FixtureSpec) -> bool:
        return (
            spec.stage <= self.stage
            and (not self.backends or spec.backend in self.backends)
            and (not self.fixtures or spec.name in self.fixtures)
        )

    def _check_reach(self, spec: FixtureSpec) -> None:
        if spec.stage > self.stage:
            what = f"--fixture={spec.name} is stage {spec.stage}, and this run is stage {self.stage}."
            raise UsageError(what, f"Add --stage={spec.stage}.", slug="beyond-stage")


def _check_word(sort: str, word: str | None, words: Iterable[str]) -> None:
    if word is None or word in words:
        return
    near = nearest_word(word, words)
    cure = f"Did you mean {near!r}?" if near else f"Declared are {', '.join(sorted(words)) or 'none'}."
    raise UsageError(f"No fixture declares the {sort} {word!r}.", cure, slug=f"unknown-{sort}")
