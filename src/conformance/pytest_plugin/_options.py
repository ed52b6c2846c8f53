"""Options and ini keys, and whether the plugin has anything to do here."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conformance.registry import Registry

RECORDINGS = {
    "--record": "record anew what the fixtures that are replayed elsewhere do",
    "--record-missing": "play what is recorded of them, and record the requests that are not",
    "--record-once": "record the tests that have no cassette, and replay those that have",
    "--verify": "hold what the fixtures that are replayed elsewhere answer now against what is recorded",
}
STAGES = {"1": "this repository alone", "2": "also services on this machine", "3": "also live accounts"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the ini keys."""
    parser.addini(
        "conformance_cassettes", "the folder of the recordings, in place of that of fixtures.toml", default=""
    )
    parser.addini("conformance_fixtures", "where fixtures.toml is, from the root folder", default="fixtures.toml")
    parser.addini(
        "conformance_recording",
        "whether tests marked with pytest-recording's vcr get the cassettes of conformance",
        type="bool",
        default=True,
    )
    parser.addini("conformance_stage", "the stage of a run without --stage: 1 or 2", default="1")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser) -> None:
    """Declare the options, but only beside a fixtures.toml: elsewhere their names are free for others to use."""
    if not registry_path(early_config).is_file():
        return
    group = parser.getgroup("conformance", "recorded subjects of fixtures.toml")
    stages = "; ".join(f"{stage}: {meaning}" for stage, meaning in STAGES.items())
    group.addoption("--stage", choices=list(STAGES), help=f"run the fixtures up to this stage ({stages})")
    for option, meaning in RECORDINGS.items():
        group.addoption(option, action="store_true", help=meaning)
    group.addoption("--backend", action="append", default=[], metavar="NAME", help="only this backend (repeatable)")
    group.addoption("--fixture", action="append", default=[], metavar="NAME", help="only this fixture (repeatable)")
    group.addoption("--orphans", action="store_true", help="name the cassettes that belong to no test of this run")
    group.addoption(
        "--require-fixtures",
        action="store_true",
        help="fail, instead of skipping, where a selected fixture lacks something on this machine",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start the suite where there is a registry."""
    config.addinivalue_line(
        "markers",
        "subject(backend=None, contract=None, capabilities=(), expects=()): which fixtures of fixtures.toml a test "
        "runs on, and which statuses (403, 503) a recording of it keeps although they say nothing about a service",
    )
    if not registry_path(config).is_file():
        return
    from conformance.errors import ConformanceError  # noqa: PLC0415  (nothing is imported where there is no registry)
    from conformance.pytest_plugin._suite import Suite  # noqa: PLC0415

    try:
        config.pluginmanager.register(Suite(config, _registry(config)), "conformance-suite")
    except ConformanceError as error:
        raise pytest.UsageError(str(error)) from error


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Spare a run that used no Hypothesis the import of it.

    conformance brings Hypothesis along, and Hypothesis's own plugin imports it for a summary even of nothing: over half
    a second at the end of every run.
    """
    if "hypothesis" not in sys.modules:
        session.config.pluginmanager.unregister(name="hypothesispytest")


def registry_path(config: pytest.Config) -> Path:
    """Return where fixtures.toml is or would be."""
    return config.rootpath / Path(config.getini("conformance_fixtures"))


def _registry(config: pytest.Config) -> Registry:
    """Read the registry; its recordings are elsewhere where the run says so."""
    from conformance.registry import load_registry  # noqa: PLC0415

    registry = load_registry(registry_path(config))
    elsewhere = str(config.getini("conformance_cassettes"))
    return replace(registry, cassettes=config.rootpath / elsewhere) if elsewhere else registry
