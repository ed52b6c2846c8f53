"""In-process HTTP: opens the door for one exchange, for every client library of this process."""

from __future__ import annotations

import importlib
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from wrapt import register_post_import_hook

from conformance.transport._binding import bound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.transport._binding import Exchange

# Module of a client → the module of ours that has its seam; behind a colon, the group of vcr's stubs that serves it.
SEAMS = {
    "aiohttp": "conformance.transport._aiohttp",
    "http.client": "conformance.transport._http_client",
    "httplib2": "conformance.transport.vcr:httplib2",
    "httpx": "conformance.transport._httpx",
    "httpx2": "conformance.transport.vcr:httpx2",
    "ssl": "conformance.transport._tls",
    "tornado.httpclient": "conformance.transport.vcr:tornado",
    "urllib3": "conformance.transport._urllib3",
}


@contextmanager
def open_http(exchange: Exchange) -> Iterator[None]:
    """Send the HTTP requests of the calling context to ``exchange`` until closed: it answers them, or has them sent.

    Seams are put in for the clients that are imported, and for the others once they are. vcr is imported only where a
    client is there that its stubs alone serve: that takes over a second, because it imports every client it can find.
    """
    with bound(exchange, install=_doors.install):
        yield


class _Doors:
    """The seams that are in place while an exchange is open."""

    def __init__(self) -> None:
        self._is_watching = False
        self._is_open = False
        self._taken_out: list[Callable[[], None]] = []

    def install(self) -> Callable[[], None]:
        """Put in the seams of the clients that are imported, now and later; return what takes them out."""
        self._is_open = True
        if not self._is_watching:
            self._is_watching = True
            for client in SEAMS:
                if client not in sys.modules:
                    register_post_import_hook(self._imported, client)
        for client in SEAMS:
            if client in sys.modules:
                self._put_in(client)
        return self._take_out

    def _imported(self, module: object) -> None:
        if self._is_open:
            self._put_in(getattr(module, "__name__", ""))

    def _put_in(self, client: str) -> None:
        module, _, group = SEAMS[client].partition(":")
        install = importlib.import_module(module).install
        self._taken_out.append(install(group) if group else install())

    def _take_out(self) -> None:
        self._is_open = False
        while self._taken_out:
            self._taken_out.pop()()


_doors = _Doors()
