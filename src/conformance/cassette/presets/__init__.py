"""Ready-made scrub rules: what is known of one service and its clients, by name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.cassette.presets._aws import aws
from conformance.cassette.presets._azure import azure
from conformance.cassette.presets._entries import Entry
from conformance.cassette.presets._generic import generic
from conformance.cassette.presets._identity import oauth, paranoid
from conformance.cassette.presets._published import PUBLISHED
from conformance.cassette.scrubbing import Replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.cassette.scrubbing import Rule

__all__ = ["ENTRIES", "PRESETS", "PRESET_NOTES", "PUBLISHED", "Entry", "preset_rules"]

MAKERS = (generic, aws, azure, oauth, paranoid)
ENTRIES: dict[str, tuple[Entry, ...]] = {make.__name__: tuple(make()) for make in MAKERS}
PRESET_NOTES: dict[str, str] = {make.__name__: (make.__doc__ or "").replace("Return what", "What") for make in MAKERS}


def preset_rules(*names: str) -> list[Rule]:
    """Return the rules of some presets, each once, in order; rules that number what they find begin anew."""
    rules = {entry.rule.name: entry.rule for name in names for entry in ENTRIES[name]}
    return [replace(rule, seen={}) if isinstance(rule, Replace) else rule for rule in rules.values()]


def _maker(name: str) -> Callable[[], list[Rule]]:
    return lambda: preset_rules(name)


PRESETS: dict[str, Callable[[], list[Rule]]] = {name: _maker(name) for name in ENTRIES}
