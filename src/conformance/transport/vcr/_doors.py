"""vcr's stubs without its swapping of classes: each request goes to the cassette that its context is bound to.

vcr swaps the connection classes of clients for the whole process, and back for a moment whenever one of its stubs makes
a connection; under threads requests leave for the network then. Here the classes stay, and a connection of a bound
context does what vcr's stub of it does. Its stubs of httplib2 are swapped in, because that client names its classes.
"""

from __future__ import annotations

import functools
import http.client
import importlib
from contextlib import ExitStack, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Literal, cast

import vcr.patch
import vcr.stubs
from vcr.errors import CannotOverwriteExistingCassetteException

from conformance.transport import _tls
from conformance.transport._binding import Ambiguous, bound, bypassed, of_context, replaced
from conformance.transport.vcr._messages import from_vcr_response, to_vcr, to_vcr_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.cassette import Request, Response, Steps
    from conformance.errors import ReplayStop
    from conformance.transport.vcr._cassette import Cassette

Key = tuple[type, str]

HTTP = (http.client.HTTPConnection, http.client.HTTPSConnection)
HTTP_METHODS = ("request", "putrequest", "putheader", "endheaders", "send", "getresponse", "connect")
FUNCTIONS = ("aiohttp", "httpx", "httpx2", "tornado")


class Door:
    """An open cassette of vcr's form."""

    sends: Literal["sometimes"] = "sometimes"

    def __init__(self, cassette: Cassette) -> None:
        self.cassette = cassette
        self.stops: tuple[ReplayStop, ...] = ()
        self._functions: dict[Key, Any] = {}

    def steps(self, request: Request) -> Steps:
        """Do what vcr's stubs do, for a request that reaches a stub which serves our exchanges."""
        sent = to_vcr_request(request)
        if self.cassette.can_play_response_for(sent):
            return from_vcr_response(self.cassette.play_response(sent))
        if self.cassette.write_protected and self.cassette.filter_request(sent):
            raise CannotOverwriteExistingCassetteException(cassette=self.cassette, failed_request=sent)
        response = cast("Response", (yield None))
        self.cassette.append(sent, to_vcr(response))
        return response

    def function(self, key: Key) -> Any:
        """Return vcr's stub of a function for this cassette; None where it is told to leave the client alone."""
        group = _groups_of_functions()[key]
        if group in self.cassette.skip_patchers:
            return None
        if key not in self._functions:
            self._functions |= _stubs_of_functions(self.cassette, group)
        return self._functions[key]


@contextmanager
def open_door(cassette: Cassette) -> Iterator[None]:
    """Send the requests of the calling context to a cassette until closed."""
    builder = vcr.patch.CassettePatcherBuilder(cassette)
    with bound(Door(cassette), install=_install, has_own_seams=True), ExitStack() as stack:
        for patcher in builder._build_patchers_from_mock_triples(cassette.custom_patches):  # noqa: SLF001
            stack.enter_context(patcher)
        yield


def _install() -> Callable[[], None]:
    """Put in what asks each request for its cassette; return what takes it out."""
    stack = ExitStack()
    seams: list[tuple[type, str, Any]] = [
        (owner, name, _through_stub(name, vars(owner)[name]))
        for owner in HTTP
        for name in HTTP_METHODS
        if name in vars(owner)
    ]
    seams += [(*key, _dispatched(key, vars(key[0])[key[1]])) for key in _groups_of_functions()]
    seams += _pools()
    stack.callback(replaced(*seams))
    stack.callback(_tls.install())
    for patcher in _swaps():
        stack.enter_context(patcher)
    reset, vcr.patch.force_reset = vcr.patch.force_reset, _reset
    stack.callback(setattr, vcr.patch, "force_reset", reset)
    return stack.close


def _door(*groups: str) -> Door | None:
    """Return the door of the calling context, if its cassette takes what goes through one of these clients."""
    binding = of_context()
    if binding is not None and isinstance(binding.exchange, Ambiguous):
        raise binding.exchange.stop("A request")
    if binding is None or not isinstance(binding.exchange, Door):
        return None
    skipped = binding.exchange.cassette.skip_patchers
    return binding.exchange if any(group not in skipped for group in groups) else None


class _OfContext:
    """What a stub that serves every context takes for its cassette."""

    custom_patches = ()
    skip_patchers = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cassette(), name)

    def __len__(self) -> int:
        return len(self._cassette())

    def _cassette(self) -> Any:
        """Return that of the context; a connection that outlived every cassette sends, and nobody keeps it."""
        door = _door("httplib2")
        return door.cassette if door else vcr.cassette.Cassette("none", record_mode=vcr.mode.NEW_EPISODES)


_of_context = _OfContext()


@functools.cache
def _swaps() -> list[Any]:
    """Return what swaps the classes of httplib2; made once, as all that looks for clients that are not there."""
    return list(vcr.patch.CassettePatcherBuilder(_of_context)._httplib2())  # noqa: SLF001


@functools.cache
def _groups_of_functions() -> dict[Key, str]:
    return {key: group for group in FUNCTIONS for key in _stubs_of_functions(_of_context, group)}


def _stubs_of_functions(cassette: Any, group: str) -> dict[Key, Any]:
    patchers = getattr(vcr.patch.CassettePatcherBuilder(cassette), f"_{group}")()
    return {(patcher.getter(), patcher.attribute): patcher.new for patcher in patchers}


def _dispatched(key: Key, original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        door = _door(*FUNCTIONS)
        stub = door.function(key) if door else None
        return (stub or original)(*args, **kwargs)

    return call


def _through_stub(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def call(connection: Any, *args: Any, **kwargs: Any) -> Any:
        door = _door("httplib") if type(connection) in HTTP and not _is_within_stub(connection) else None
        if door is None:
            return original(connection, *args, **kwargs)
        is_tls = isinstance(connection, http.client.HTTPSConnection)
        cls = vcr.stubs.VCRHTTPSConnection if is_tls else vcr.stubs.VCRHTTPConnection
        stub = _stub_of(connection, cls, door.cassette)
        with bypassed():
            return getattr(stub, name)(*args, **kwargs)

    return call


def _pools() -> list[tuple[type, str, Any]]:
    """Return the seams of urllib3, and with it of what stands on it."""
    pools: Any = vcr.patch.cpool
    if pools is None:
        return []
    stubs = importlib.import_module("vcr.stubs.urllib3_stubs")
    make = pools.HTTPConnectionPool._make_request  # noqa: SLF001
    prepare = pools.HTTPSConnectionPool._prepare_proxy  # noqa: SLF001

    def stub_of(pool: Any, connection: Any) -> Any:
        groups = ["boto3"] if type(connection).__module__.startswith("botocore") else ["requests", "urllib3"]
        door = _door(*groups)
        if door is None:
            return None
        is_tls = isinstance(pool, pools.HTTPSConnectionPool)
        cls = stubs.VCRRequestsHTTPSConnection if is_tls else stubs.VCRRequestsHTTPConnection
        return _stub_of(connection, cls, door.cassette)

    @functools.wraps(make)
    def make_request(pool: Any, connection: Any, *args: Any, **kwargs: Any) -> Any:
        stub = stub_of(pool, connection)
        with bypassed() if stub is not None else nullcontext():
            return make(pool, connection if stub is None else stub, *args, **kwargs)

    @functools.wraps(prepare)
    def prepare_proxy(pool: Any, connection: Any) -> None:
        stub = stub_of(pool, connection)
        with bypassed() if stub is not None else nullcontext():
            prepare(pool, connection if stub is None else stub)

    return [
        (pools.HTTPConnectionPool, "_make_request", make_request),
        (pools.HTTPSConnectionPool, "_prepare_proxy", prepare_proxy),
    ]


def _stub_of(connection: Any, cls: type, cassette: Cassette) -> Any:
    """Return vcr's stub around a connection; it lives as long as the connection, or until another cassette has it."""
    stub = vars(connection).get("_conformance_stub")
    if stub is None or stub.cassette is not cassette:
        vars(connection).pop("_vcr_request", None)
        stub = object.__new__(cls)
        stub.__dict__.update(real_connection=connection, _sock=None, cassette=cassette)
        connection._conformance_stub = stub  # noqa: SLF001
    return stub


def _is_within_stub(connection: Any) -> bool:
    """Return whether a stub that vcr made holds the connection: it has set the request on it, we no stub."""
    return "_vcr_request" in vars(connection) and "_conformance_stub" not in vars(connection)


@contextmanager
def _reset() -> Iterator[None]:
    """Put back, for a moment, the classes that are swapped: those of httplib2 alone."""
    with ExitStack() as stack:
        for patcher in vcr.patch.reset_patchers():
            if getattr(patcher.getter(), "__name__", "") == "httplib2":
                stack.enter_context(patcher)
        yield
