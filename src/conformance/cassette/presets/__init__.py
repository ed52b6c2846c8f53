"""Ready-made scrub rules: what is known of one service and its clients, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cassette.presets._aws import aws
from conformance.cassette.presets._azure import azure

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.cassette._scrubbing import Rule

__all__ = ["PRESETS"]

PRESETS: dict[str, Callable[[], list[Rule]]] = {"aws": aws, "azure": azure}
