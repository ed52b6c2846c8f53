"""Which exchange the calling context is bound to.

An exchange is bound by context: to the code that opened it, to the tasks and threads that this code starts, and to what
it hands to a thread pool. Code that is bound to none, or to one that has closed (a thread of a pool that outlived its
test), gets the one that is open in this process, not counting those that another one hides; where several are, nobody
can tell which is meant, and the request is stopped.
"""

from __future__ import annotations

import asyncio
import functools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

from conformance.errors import NetworkClosed, ReplayStop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from conformance.cassette import Request, Response, Steps


class Offline(Protocol):
    """What answers every request of its context, and has none sent."""

    @property
    def sends(self) -> Literal["never"]:
        """Whether requests are sent."""
        ...

    @property
    def stops(self) -> Sequence[ReplayStop]:
        """What was raised so far."""
        ...

    def answer(self, request: Request) -> Response:
        """Return the response, or raise a ``ReplayStop``."""
        ...


class Online(Protocol):
    """What decides of each request whether it is sent."""

    @property
    def sends(self) -> Literal["sometimes", "always"]:
        """Whether requests are sent."""
        ...

    @property
    def stops(self) -> Sequence[ReplayStop]:
        """What was raised so far."""
        ...

    def steps(self, request: Request) -> Steps:
        """Say, step by step, how the request is answered."""
        ...


Exchange = Offline | Online


@dataclass(slots=True, eq=False)
class Binding:
    """An exchange that contexts can be bound to, as long as it is open."""

    exchange: Exchange
    is_open: bool = True
    hidden: Binding | None = None
    has_own_seams: bool = False

    def run(self, request: Request, forward: Callable[[], Response]) -> Response:
        """Return the response to a request: one that the exchange has, or the live one of ``forward``."""
        exchange = self.exchange
        if exchange.sends == "never":
            return exchange.answer(request)
        steps = exchange.steps(request)
        response = None
        try:
            while True:
                try:
                    wait = steps.send(response)
                except StopIteration as done:
                    return cast("Response", done.value)
                response = None
                if wait is None:
                    with bypassed():
                        response = forward()
                else:
                    time.sleep(wait)
        finally:
            steps.close()

    async def run_async(self, request: Request, forward: Callable[[], Awaitable[Response]]) -> Response:
        """Do what ``run`` does, for a live response that is awaited."""
        exchange = self.exchange
        if exchange.sends == "never":
            return exchange.answer(request)
        steps = exchange.steps(request)
        response = None
        try:
            while True:
                try:
                    wait = steps.send(response)
                except StopIteration as done:
                    return cast("Response", done.value)
                response = None
                if wait is None:
                    with bypassed():
                        response = await forward()
                else:
                    await asyncio.sleep(wait)
        finally:
            steps.close()


class Ambiguous:
    """Stops what cannot be told to belong to one of several open exchanges, and tells each of them."""

    sends: Literal["never"] = "never"

    def __init__(self, bindings: list[Binding]) -> None:
        self.stops: list[ReplayStop] = []
        self._bindings = bindings

    def answer(self, request: Request) -> Response:
        """Stop a request."""
        raise self.stop(f"{request.method} {request.uri.partition('?')[0]}")

    def stop(self, what: str) -> NetworkClosed:
        """Return what stops a request."""
        stop = NetworkClosed(
            f"{what} comes from a context that is bound to no cassette.",
            f"{len(self._bindings)} cassettes are open: start its thread or task inside the one that it belongs to.",
        )
        for binding in self._bindings:
            if isinstance(binding.exchange.stops, list):
                binding.exchange.stops.append(stop)
        return stop


class _Found:
    """Has one answer, which another exchange gave."""

    sends: Literal["never"] = "never"
    stops: Sequence[ReplayStop] = ()

    def __init__(self, response: Response) -> None:
        self._response = response

    def answer(self, _request: Request) -> Response:
        return self._response


_bound: ContextVar[Binding | None] = ContextVar("conformance_binding", default=None)
_is_bypassed: ContextVar[bool] = ContextVar("conformance_bypassed", default=False)
_handed: ContextVar[Binding | None] = ContextVar("conformance_handed", default=None)
_open: list[Binding] = []
_lock = threading.RLock()


def current() -> Binding | None:
    """Return what the calling context is bound to, for a seam of ours.

    None outside of any, while a door sends a live request, and where the exchange has seams of its own.
    """
    binding = of_context()
    return None if binding is None or binding.has_own_seams else binding


def of_context() -> Binding | None:
    """Return what the calling context is bound to; None outside of any, and while a door sends a live request."""
    if _is_bypassed.get():
        return None
    binding = _bound.get()
    if binding is not None and binding.is_open:
        return binding
    hidden = [one.hidden for one in _open]
    candidates = [one for one in _open if one not in hidden]
    if len(candidates) > 1:
        return Binding(Ambiguous(candidates))
    return candidates[0] if candidates else None


def may_replay() -> bool:
    """Return whether requests of the calling context may be answered without being sent."""
    binding = of_context()
    return binding is not None and binding.exchange.sends != "always"


@contextmanager
def bypassed() -> Iterator[None]:
    """Let requests of the calling context out as if no exchange were open."""
    token = _is_bypassed.set(True)
    try:
        yield
    finally:
        _is_bypassed.reset(token)


@contextmanager
def handing_over(response: Response) -> Iterator[None]:
    """Have the next request of the calling context answered with what was found for it."""
    token = _handed.set(Binding(_Found(response)))
    try:
        yield
    finally:
        _handed.reset(token)


def handed_over() -> Binding | None:
    """Return what the next request is to be answered with, once; None where nothing was found for it yet."""
    binding = _handed.get()
    if binding is not None:
        _handed.set(None)
    return binding


@contextmanager
def bound(
    exchange: Exchange, *, install: Callable[[], Callable[[], None]], has_own_seams: bool = False
) -> Iterator[None]:
    """Bind the calling context to an exchange.

    Args:
        exchange: What answers, or has requests sent.
        install: Called when the first of several that have it opens; what it returns is called when the last of these
            has closed.
        has_own_seams: Whether ``install`` puts in seams that ask ``of_context``, and ours leave its requests to them.
            Code that is bound to none then belongs to the inner one of those that are opened within each other.
    """
    outer = _bound.get()
    binding = Binding(exchange, hidden=outer if has_own_seams else None, has_own_seams=has_own_seams)
    with _lock:
        _put_in(_inherit)
        _put_in(install)
        _open.append(binding)
    _bound.set(binding)
    try:
        yield
    finally:
        if _bound.get() is binding:
            _bound.set(outer)
        with _lock:
            binding.is_open = False
            _open.remove(binding)
            _take_out(install)
            _take_out(_inherit)


_installed: dict[Callable[[], Callable[[], None]], list[Callable[[], None]]] = {}


def _put_in(install: Callable[[], Callable[[], None]]) -> None:
    """Install what is not installed, and note one more that needs it."""
    users = _installed.get(install)
    _installed[install] = [*users, users[0]] if users else [install()]


def _take_out(install: Callable[[], Callable[[], None]]) -> None:
    users = _installed[install]
    take_out = users.pop()
    if not users:
        del _installed[install]
        take_out()


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
