"""Reads fixtures.toml, checks it whole, and resolves it into specs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import tomli
from pydantic import ValidationError

from conformance.errors import Fault, RegistryError, nearest_word
from conformance.registry._faults import faults_of
from conformance.registry._options import wrong_in_options
from conformance.registry._resolve import Resolver
from conformance.registry._schema import Document
from conformance.toml import fault_of_syntax, holds, line_of, located, located_all

if TYPE_CHECKING:
    from conformance.registry._specs import BackendSpec, FixtureSpec
    from conformance.toml import Wrong

Spec = TypeVar("Spec", "BackendSpec", "FixtureSpec")


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything that a fixtures.toml declares.

    Attributes:
        path: The file it was read from.
        backends: By name, in the order of the file.
        fixtures: By name, in the order of the file.
        cassettes: The folder of the recordings.
        traces: The folder of the traces.
        strict: Whether a passing test with unplayed interactions fails.
        retry_budget_s: How long all the recordings of a run may wait for services to recover.
    """

    path: Path
    text: str
    backends: dict[str, BackendSpec]
    fixtures: dict[str, FixtureSpec]
    cassettes: Path
    traces: Path
    strict: bool
    retry_budget_s: float

    def fixture(self, name: str) -> FixtureSpec:
        """Return the fixture of that name.

        Raises:
            RegistryError: No fixture has that name; the message has the nearest one.
        """
        return _named(self, "fixture", name, self.fixtures)

    def backend(self, name: str) -> BackendSpec:
        """Return the backend of that name.

        Raises:
            RegistryError: No backend has that name; the message has the nearest one.
        """
        return _named(self, "backend", name, self.backends)

    def trace_id(self, path: Path) -> tuple[str, str]:
        """Return what the cassettes of a trace are named by: its folder, from that of the traces on, and its name."""
        folder = Path(self.traces.name) / path.parent.relative_to(self.traces)
        return folder.as_posix(), path.stem

    def line_of(self, *key: str) -> int | None:
        """Return the line on which a key is declared: in its own table, or else where that takes it from."""
        places = [key]
        if key[0] == "fixture" and key[1] in self.fixtures:
            spec = self.fixtures[key[1]]
            places += [("fixture", spec.family, *key[2:]), ("backend", spec.backend, *key[2:])]
        document = tomli.loads(self.text)
        return line_of(self.text, next((place for place in places if holds(document, place)), key))

    @property
    def recorded(self) -> frozenset[str]:
        """The names of the fixtures that some replay fixture plays."""
        return frozenset(spec.replays for spec in self.fixtures.values() if spec.replays)


def load_registry(path: Path) -> Registry:
    """Read and check a registry file.

    Raises:
        RegistryError: The file cannot be read, or is wrong in one or more places.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        cure = "Write a fixtures.toml there, or name another with `conformance_fixtures` in the pytest configuration."
        fault = Fault(f"cannot be read: {error.strerror}.", cure, "unreadable-registry", path)
        raise RegistryError([fault]) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        fault = Fault("is not UTF-8.", "Save the file as UTF-8.", "unreadable-registry", path, line)
        raise RegistryError([fault]) from error
    return parse_registry(text, path=path)


def parse_registry(text: str, *, path: Path = Path("fixtures.toml")) -> Registry:
    """Check the text of a registry; relative folders are taken from the folder of ``path``.

    Raises:
        RegistryError: The text is wrong in one or more places.
    """
    document = _parse_document(text, path)
    resolver = Resolver(document)
    backends, fixtures = resolver.resolve()
    if resolver.wrong:
        raise _error(text, path, resolver.wrong)
    settings = document.conformance
    root = path.parent
    folders = root / settings.cassettes, root / settings.traces
    return Registry(path, text, backends, fixtures, *folders, settings.strict, settings.retry_budget_s)


def _parse_document(text: str, path: Path) -> Document:
    try:
        data = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        wrong, line = fault_of_syntax(error)
        raise RegistryError([located(wrong, path, line)]) from error
    in_options = list(wrong_in_options(data))
    try:
        document = Document.model_validate(data)
    except ValidationError as error:
        raise _error(text, path, [*faults_of(error), *in_options]) from None
    if in_options:
        raise _error(text, path, in_options)
    return document


def _error(text: str, path: Path, wrong: list[Wrong]) -> RegistryError:
    return RegistryError(located_all(text, path, wrong))


def _named(registry: Registry, sort: str, name: str, specs: dict[str, Spec]) -> Spec:
    if name in specs:
        return specs[name]
    near = nearest_word(name, specs)
    hint = f"Did you mean {near}?" if near else f"It declares {', '.join(specs) or 'none'}."
    raise RegistryError([Fault(f"declares no {sort} {name!r}.", hint, f"unknown-{sort}", registry.path)])
