"""Scrubs what is stored already, by the rules of today."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from conformance.cassette import Interaction, load_cassette, locked, prove, write_cassette
from conformance.errors import UsageError
from conformance.fixtures import matcher_of, scrubber_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.cassette import Cassette, Scrubber
    from conformance.registry import FixtureSpec, Registry


@dataclass(frozen=True, slots=True)
class Rescrubbed:
    """What scrubbing one cassette again came to.

    Attributes:
        path: The cassette.
        change: What of it changes: its interactions, only what it says of the rules, or nothing.
        fired: How often each rule fired, of those that changed something.
        interactions: How many it holds.
    """

    path: Path
    change: Literal["interactions", "rules", "nothing"]
    fired: dict[str, int]
    interactions: int


def cassettes_of(registry: Registry, names: Iterable[str]) -> list[Path]:
    """Return the cassettes that are meant, by path; all of the registry where no name is given.

    Args:
        registry: Where cassettes and fixtures are.
        names: Each a cassette, a folder, or a fixture; a file or folder goes before a fixture of the same name.

    Raises:
        UsageError: There is no such file, or it is outside the cassettes folder.
        RegistryError: There is no such fixture.
    """
    places = [_place(registry, name) for name in names] or [registry.cassettes]
    found: set[Path] = set()
    for place in places:
        below = [place] if place.is_file() else place.rglob("*.yaml")
        found |= {path for path in below if not path.name.startswith(".")}
    return sorted(found)


def family_of(path: Path, *, registry: Registry) -> FixtureSpec:
    """Return the fixture that a cassette is recorded of: the folder below the cassettes folder names it.

    Raises:
        UsageError: The file is not below a folder of the cassettes folder.
        RegistryError: No fixture has that name.
    """
    folder, place = registry.cassettes.resolve(), path.resolve()
    words = place.relative_to(folder).parts if place.is_relative_to(folder) else ()
    if len(words) < 2:  # noqa: PLR2004  (the folder of the fixture, and what is in it)
        what = (
            f"{path} is in no fixture's folder below {registry.cassettes}, so it is not known which rules it is under."
        )
        raise UsageError(what, "Name a cassette below that folder, or another --registry.", slug="no-family")
    return registry.fixture(words[0])


def rescrub(path: Path, *, registry: Registry, is_check: bool = False) -> Rescrubbed:
    """Scrub what a cassette holds by the rules of its fixture, live values of the environment among them.

    What changes is proven as a recording is, then put in place, with the same fixture, day and clients.

    Args:
        path: The cassette.
        registry: Where its fixture is declared.
        is_check: Only say what would change.

    Raises:
        CassetteError: It is damaged, newer, edited or no cassette.
        RecordingError: Scrubbed, it would not replay.
        UsageError: It is in no fixture's folder.
        RegistryError: The folder belongs to no fixture.
    """
    spec = family_of(path, registry=registry)
    with locked(path):
        stored = load_cassette(path)
        scrubber = scrubber_of(spec, registry=registry, is_live=True)
        clean = scrubber_of(spec, registry=registry, is_live=False)
        items = tuple(scrubbed(item, scrubber=scrubber) for item in stored.interactions)
        is_scrubbed = items != stored.interactions
        fired = dict(+scrubber.fired) if is_scrubbed else {}
        is_of_these_rules = stored.provenance is None or stored.provenance.rules == clean.digest
        if is_of_these_rules and not is_scrubbed:
            return Rescrubbed(path, "nothing", {}, len(items))
        prove(items, path=path, matcher=matcher_of(spec, registry=registry), scrubber=clean)
        if not is_check:
            _write(stored, items, fired, clean.digest)
    return Rescrubbed(path, "interactions" if is_scrubbed else "rules", fired, len(items))


def scrubbed(item: Interaction, *, scrubber: Scrubber) -> Interaction:
    """Return an interaction as it is to be stored."""
    return scrubber.interaction(item)


def _write(stored: Cassette, items: tuple[Interaction, ...], fired: dict[str, int], rules: str) -> None:
    was = stored.provenance
    now = was and replace(was, rules=rules, fired=was.fired_also(fired))
    write_cassette(stored.path, items, now)


def _place(registry: Registry, name: str) -> Path:
    path = Path(name)
    if path.exists():
        return path
    if path.suffix or len(path.parts) > 1:
        raise UsageError(f"There is no {name}.", "Name a cassette, a folder of them, or a fixture.", slug="no-file")
    return registry.cassettes / registry.fixture(name).family
