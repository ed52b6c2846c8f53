"""The server that drivers of S3 are tried on, one a worker."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.backends.services import Endpoint, moto

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def moto_server() -> Iterator[Endpoint]:
    with moto() as found:
        yield found


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    found = asyncio.new_event_loop()
    yield found
    found.close()
