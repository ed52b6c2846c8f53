"""The driver of the fixtures here: a client of the service of which the examples speak."""

from __future__ import annotations

import contextlib
import urllib.request
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def client(_opening: object) -> Iterator[urllib.request.OpenerDirector]:
    yield urllib.request.build_opener()
