"""The server that drivers of S3 are tried on, one a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.backends.services import Endpoint, moto
from tests.contract.drivers.conftest import loop

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def moto_server() -> Iterator[Endpoint]:
    with moto() as found:
        yield found


__all__ = ["loop", "moto_server"]
