"""The pytest plugin: a test that asks for ``subject`` runs once for every matching fixture of the registry.

In a project without a fixtures.toml it adds no option and no hook that runs for a test, and imports nothing. Where
pytest-recording is installed, tests that are marked for it get our cassettes.
"""

from conformance.pytest_plugin._options import (
    pytest_addoption,
    pytest_configure,
    pytest_load_initial_conftests,
    pytest_sessionfinish,
)
from conformance.pytest_plugin._recording import pytest_recording_configure

__all__ = [
    "pytest_addoption",
    "pytest_configure",
    "pytest_load_initial_conftests",
    "pytest_recording_configure",
    "pytest_sessionfinish",
]
