"""In-process HTTP: opens the door for one exchange."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.cassette import Recorder, Request, Response


class Exchange(Protocol):
    """What answers the requests that come through a door in replay."""

    def answer(self, request: Request) -> Response:
        """Return the response, or raise a ``ReplayStop``."""
        ...


@contextmanager
def open_http(exchange: Exchange | Recorder) -> Iterator[None]:
    """Send every HTTP request of this process to ``exchange`` until closed: a player answers, a recorder keeps.

    vcr is imported here and not before: it takes over a second, because it imports every client library it can find.
    """
    from conformance.transport._vcr import patched_clients  # noqa: PLC0415

    with patched_clients(exchange):
        yield
