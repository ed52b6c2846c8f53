"""Closes the network outside loopback, for a while.

An audit hook sees every connect and look-up of the process, whatever thread or library it comes from, and needs no
patch that would have to be put back. The interpreter keeps a hook for good; ours does nothing while no one has the
network closed. Processes that are started meanwhile are told of a proxy that does not answer, which is what programs of
any language honour; an event loop that connects without Python's sockets (uvloop) is out of sight.
"""

from __future__ import annotations

import functools
import inspect
import ipaddress
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from conformance.errors import NetworkClosed
from conformance.transport._binding import replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LOOKUPS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
SENDS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
NOWHERE = "http://127.0.0.1:9"  # the port of the discard protocol, RFC 863: nothing listens there
LOCAL_NAMES = frozenset({"", "localhost", "localhost.localdomain", "ip6-localhost"})


_TOLD = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), NOWHERE) | {"NO_PROXY": "localhost,127.0.0.1,::1"}
# Programs read one case or the other; Windows knows no difference.
DEAF_ENVIRONMENT = _TOLD if os.name == "nt" else _TOLD | {name.lower(): value for name, value in _TOLD.items()}


class _Guard:
    """How many have the network closed, and where each collects what it stopped."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.stops: list[list[NetworkClosed]] = []
        self.is_installed = False
        self.put_back: Callable[[], None] = lambda: None

    def audit(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.stops or not event.startswith("socket."):
            return
        host = self._host(event, arguments)
        if host is None or _is_loopback(host):
            return
        stop = NetworkClosed(
            f"Something tried to reach {host} ({event}) while the network was closed.",
            "Replay and stage 1 use loopback alone: send it through a recorded client, or run it at stage 3.",
        )
        with self.lock:
            for stops in self.stops:
                stops.append(stop)
        raise stop

    def _host(self, event: str, arguments: tuple[object, ...]) -> str | None:
        """Return the host that an event is about; None for what cannot leave this machine."""
        if event in LOOKUPS:
            host = arguments[0]
        elif event in SENDS and isinstance(arguments[1], tuple):
            host = arguments[1][0]
        else:
            return None
        return host.decode("latin-1") if isinstance(host, bytes) else host if isinstance(host, str) else None


_guard = _Guard()


@contextmanager
def closed_network() -> Iterator[list[NetworkClosed]]:
    """Let nothing out of this process but to loopback; yield what was stopped so far, oldest first."""
    stops: list[NetworkClosed] = []
    with _guard.lock:
        if not _guard.is_installed:
            sys.addaudithook(_guard.audit)
            _guard.is_installed = True
        if not _guard.stops:
            _guard.put_back = _deafen_children()
        _guard.stops.append(stops)
    try:
        yield stops
    finally:
        with _guard.lock:
            _guard.stops = [other for other in _guard.stops if other is not stops]
            if not _guard.stops:
                _guard.put_back()


def _deafen_children() -> Callable[[], None]:
    """Have processes started with an environment that sends their requests nowhere; return what ends that."""
    start = subprocess.Popen.__init__

    @functools.wraps(start)
    def start_deaf(process: subprocess.Popen[Any], args: Any, *rest: Any, **options: Any) -> None:
        options = inspect.signature(start).bind(process, args, *rest, **options).arguments
        given = options.get("env")
        env = {**(os.environ if given is None else given), **DEAF_ENVIRONMENT}
        start(**options | {"env": env})

    return replaced((subprocess.Popen, "__init__", start_deaf))


def _is_loopback(host: str) -> bool:
    if host.lower() in LOCAL_NAMES:
        return True
    try:
        address = ipaddress.ip_address(host.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
