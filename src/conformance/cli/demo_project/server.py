"""The service that is explored: moto, an S3 in this process."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def moto() -> Iterator[SimpleNamespace]:
    """Run an S3 server; yield where it listens."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415  (not needed in replay)

    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield SimpleNamespace(netloc=f"{host}:{port}")
    finally:
        server.stop()
