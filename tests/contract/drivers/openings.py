"""What a driver is opened with in tests: options, and where there is one the address of a server."""

from __future__ import annotations

import itertools
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.contract import Call, call_of

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator, Mapping

    from tests.backends.services import Endpoint

NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Given:
    """An opening as the fixtures hand one in, live."""

    options: Mapping[str, Any] = field(default_factory=dict)
    server: Endpoint | None = None
    is_replay: bool = False
    names: list[str] = field(default_factory=list)

    @property
    def has_service(self) -> bool:
        return self.server is not None

    @property
    def service(self) -> Any:
        return self.server

    def value(self, _name: str, *, live: Callable[[], str], stand_in: str) -> str:
        return stand_in if self.is_replay else live()

    def env(self, variable: str, *, stand_in: str) -> str:
        raise NotImplementedError(variable, stand_in)

    def unique_name(self, prefix: str) -> str:
        self.names.append(f"{prefix}-{next(NUMBERS):04}")
        return self.names[-1]


@contextmanager
def opened(factory: Callable[[Any], Any], given: Given, loop: asyncio.AbstractEventLoop) -> Iterator[tuple[Any, Call]]:
    """Open a subject, sync or async, and what calls it."""
    manager = factory(given)
    if isinstance(manager, AbstractContextManager):
        with manager as subject:
            yield subject, call_of(subject)
        return
    subject = loop.run_until_complete(manager.__aenter__())
    try:
        yield subject, call_of(subject, run=loop.run_until_complete)
    finally:
        loop.run_until_complete(manager.__aexit__(None, None, None))
