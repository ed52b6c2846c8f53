"""vcr's configuration object, opening cassettes of ours."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import vcr

from conformance.transport.vcr._cassette import Cassette
from conformance.transport.vcr._persister import Files

if TYPE_CHECKING:
    from collections.abc import Sequence


class VCR(vcr.VCR):  # type: ignore[misc]
    """A drop-in for ``vcr.VCR``: the same arguments, methods, matching and files.

    What is not: finding an answer costs the same whatever the cassette's size; threads may share a cassette; a damaged
    file is an error and stays as it is; what several processes record into one file is all kept; what was recorded
    when a process is killed is in a journal (``conformance recover``).
    """

    def _use_cassette(self, *, with_current_defaults: bool = False, **options: Any) -> Any:
        return _use(self, with_current_defaults=with_current_defaults, **options)


def adopt(instance: vcr.VCR, *, extra_paths: Sequence[str] | None = None) -> None:
    """Give an instance of ``vcr.VCR`` that was made elsewhere our cassettes.

    Args:
        instance: Changed in place; a subclass keeps what it overrides, but for how cassettes are opened.
        extra_paths: Further files to load, after the cassette's own: the instance gets our persister, whatever it had.
    """
    instance._use_cassette = functools.partial(_use, instance)  # noqa: SLF001
    if extra_paths is not None:
        instance.register_persister(Files(extra_paths))


def _use(instance: vcr.VCR, *, with_current_defaults: bool = False, **options: Any) -> Any:
    if with_current_defaults:
        return Cassette.use(**instance.get_merged_config(**options))
    return Cassette.use_arg_getter(functools.partial(instance.get_merged_config, **options))


use_cassette = VCR().use_cassette
