"""The projects and servers of the quick tests."""

from __future__ import annotations

from tests.pytest_plugin.conftest import project
from tests.transport.conftest import echo

__all__ = ["echo", "project"]
