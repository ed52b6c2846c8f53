"""The table of formats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from conformance.cassette.formats import (
    _har,
    _httpreplay,
    _interposition,
    _network_call_records,
    _placebo,
    _seinfeld,
    _snapshot,
    _test_proxy,
    _vcr_json,
    _vcr_yaml,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conformance.cassette._interaction import Interaction
    from conformance.cassette.formats._json import Notes


class Parse(Protocol):
    """Reads the bytes of a file that lies at a path; raises FormatFault, and notes what is left behind."""

    def __call__(self, data: bytes, *, path: Path, notes: Notes) -> tuple[Interaction, ...]:
        """Return the interactions in recorded order."""


class Render(Protocol):
    """Writes interactions; raises FormatFault for what the format cannot carry, and notes what is left behind."""

    def __call__(self, interactions: tuple[Interaction, ...], *, name: str, notes: Notes) -> dict[str, bytes]:
        """Return the content of the file of that name, and of further files by their path from its folder."""


@dataclass(frozen=True, slots=True)
class Format:
    """One way to keep interactions in a file.

    Attributes:
        name: What `conformance convert` calls it.
        suffixes: What its files end in; the first is what is written.
        sniff: Whether a JSON document, or None for a file that is no JSON, may be of this format.
        parse: Reads it.
        render: Writes it; None for one that is only read.
    """

    name: str
    suffixes: tuple[str, ...]
    sniff: Callable[[object], bool]
    parse: Parse
    render: Render | None


FORMATS = {
    item.name: item
    for item in (
        Format("vcr-yaml", (".yaml", ".yml"), _vcr_yaml.is_vcr_yaml, _vcr_yaml.parse, _vcr_yaml.render),
        Format("vcr-json", (".json",), _vcr_json.is_vcr_json, _vcr_json.parse, _vcr_json.render),
        Format("har", (".har",), _har.is_har, _har.parse, _har.render),
        Format("httpreplay", (".replay",), _httpreplay.is_httpreplay, _httpreplay.parse, None),
        Format("test-proxy", (".json",), _test_proxy.is_test_proxy, _test_proxy.parse, _test_proxy.render),
        Format("seinfeld", (".cassette.json",), _seinfeld.is_seinfeld, _seinfeld.parse, _seinfeld.render),
        Format(
            "interposition", (".json",), _interposition.is_interposition, _interposition.parse, _interposition.render
        ),
        Format(
            "network-call-records",
            (".json",),
            _network_call_records.is_network_call_records,
            _network_call_records.parse,
            None,
        ),
        Format("placebo", (".json",), _placebo.is_placebo, _placebo.parse, None),
        Format("snapshot", (".snapshot.json", ".json"), _snapshot.is_snapshot, _snapshot.parse, None),
    )
}
