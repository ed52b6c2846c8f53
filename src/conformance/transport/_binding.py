"""Which exchange the calling context is bound to.

An exchange is bound by context: to the code that opened it, to the tasks and threads that this code starts, and to what
it hands to a thread pool. Code that is bound to none, or to one that has closed (a thread of a pool that outlived its
test), gets the one that is open in this process; where several are, nobody can tell which is meant, and the request is
stopped.
"""

from __future__ import annotations

import functools
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from conformance.cassette import Recorder
from conformance.errors import NetworkClosed, ReplayStop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from conformance.cassette import Request, Response


class Exchange(Protocol):
    """What answers the requests that come through a door in replay."""

    @property
    def stops(self) -> list[ReplayStop]:
        """What was raised so far."""
        ...

    def answer(self, request: Request) -> Response:
        """Return the response, or raise a ``ReplayStop``."""
        ...


@dataclass(slots=True, eq=False)
class Binding:
    """An exchange that contexts can be bound to, as long as it is open."""

    exchange: Exchange | Recorder
    is_open: bool = True

    def run(self, request: Request, forward: Callable[[], Response]) -> Response:
        """Return the response to a request: the recorded one, or the live one of ``forward``, which is kept."""
        if not isinstance(self.exchange, Recorder):
            return self.exchange.answer(request)
        place = self.exchange.begin()
        with bypassed():
            response = forward()
        self.exchange.keep(place, request, response)
        return response

    async def run_async(self, request: Request, forward: Callable[[], Awaitable[Response]]) -> Response:
        """Do what ``run`` does, for a live response that is awaited."""
        if not isinstance(self.exchange, Recorder):
            return self.exchange.answer(request)
        place = self.exchange.begin()
        with bypassed():
            response = await forward()
        self.exchange.keep(place, request, response)
        return response


class _Ambiguous:
    """Stops what cannot be told to belong to one of several open exchanges, and tells each of them."""

    def __init__(self, bindings: list[Binding]) -> None:
        self.stops: list[ReplayStop] = []
        self._bindings = bindings

    def answer(self, request: Request) -> Response:
        stop = NetworkClosed(
            f"{request.method} {request.uri.partition('?')[0]} comes from a context that is bound to no cassette.",
            f"{len(self._bindings)} cassettes are open: start its thread or task inside the one that it belongs to.",
        )
        for binding in self._bindings:
            if not isinstance(binding.exchange, Recorder):
                binding.exchange.stops.append(stop)
        raise stop


_bound: ContextVar[Binding | None] = ContextVar("conformance_binding", default=None)
_is_bypassed: ContextVar[bool] = ContextVar("conformance_bypassed", default=False)
_open: list[Binding] = []
_lock = threading.RLock()


def current() -> Binding | None:
    """Return what the calling context is bound to; None outside of any, and while a door sends a live request."""
    if _is_bypassed.get():
        return None
    binding = _bound.get()
    if binding is not None and binding.is_open:
        return binding
    candidates = list(_open)
    if len(candidates) > 1:
        return Binding(_Ambiguous(candidates))
    return candidates[0] if candidates else None


def is_replaying() -> bool:
    """Return whether no request of the calling context can reach the network."""
    binding = current()
    return binding is not None and not isinstance(binding.exchange, Recorder)


@contextmanager
def bypassed() -> Iterator[None]:
    """Let requests of the calling context out as if no exchange were open."""
    token = _is_bypassed.set(True)
    try:
        yield
    finally:
        _is_bypassed.reset(token)


@contextmanager
def bound(exchange: Exchange | Recorder, *, install: Callable[[], Callable[[], None]]) -> Iterator[None]:
    """Bind the calling context to an exchange.

    Args:
        exchange: What answers, or keeps.
        install: Called when the first of several opens; what it returns is called when the last has closed.
    """
    binding = Binding(exchange)
    with _lock:
        if not _open:
            _installed.extend([_inherit(), install()])
        _open.append(binding)
    outer = _bound.get()
    _bound.set(binding)
    try:
        yield
    finally:
        if _bound.get() is binding:
            _bound.set(outer)
        with _lock:
            binding.is_open = False
            _open.remove(binding)
            if not _open:
                while _installed:
                    _installed.pop()()


_installed: list[Callable[[], None]] = []


def _inherit() -> Callable[[], None]:
    """Hand the binding of a context on to the threads that it starts and the pools that it uses."""
    start = threading.Thread.start
    submit: Callable[..., Any] = ThreadPoolExecutor.submit

    @functools.wraps(start)
    def bound_start(self: threading.Thread) -> None:
        binding = _bound.get()
        if binding is not None:
            self.run = functools.partial(_run_bound, binding, self.run)  # type: ignore[method-assign]
        start(self)

    @functools.wraps(submit)
    def bound_submit(self: ThreadPoolExecutor, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        binding = _bound.get()
        return submit(self, fn if binding is None else functools.partial(_run_bound, binding, fn), *args, **kwargs)

    return replaced((threading.Thread, "start", bound_start), (ThreadPoolExecutor, "submit", bound_submit))


def _run_bound(binding: Binding, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    token = _bound.set(binding)
    try:
        return work(*args, **kwargs)
    finally:
        _bound.reset(token)


def replaced(*attributes: tuple[type, str, Any]) -> Callable[[], None]:
    """Replace attributes of classes; return what puts back those that are still ours, last first."""
    before = [(owner, name, owner.__dict__[name], value) for owner, name, value in attributes]
    for owner, name, _, value in before:
        setattr(owner, name, value)

    def put_back() -> None:
        for owner, name, original, value in reversed(before):
            if owner.__dict__[name] is value:
                setattr(owner, name, original)

    return put_back
