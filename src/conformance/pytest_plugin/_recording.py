"""Our cassettes behind pytest-recording's, where that is installed."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.hookimpl(optionalhook=True, trylast=True)
def pytest_recording_configure(config: pytest.Config, vcr: Any) -> None:
    """Give the test's ``vcr.VCR`` our cassettes; a persister that the project has set before keeps its place."""
    if not config.getini("conformance_recording"):
        return
    from pytest_recording._vcr import CombinedPersister  # noqa: PLC0415  (only a test that is marked pays)

    from conformance.vcr import adopt  # noqa: PLC0415

    is_plain = type(vcr.persister) is CombinedPersister
    adopt(vcr, extra_paths=vcr.persister.extra_paths if is_plain else None)
