"""What the drivers that ship here are opened with; `fixtures` hands one in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Opening(Protocol):
    """What a driver asks for what differs between a live run and a replay."""

    @property
    def options(self) -> Mapping[str, Any]:
        """The ``options`` of the fixture, values of the environment resolved."""

    @property
    def is_replay(self) -> bool:
        """Whether recorded answers are played: there is no service then."""

    @property
    def has_service(self) -> bool:
        """Whether the fixture declares a service; its address is ``service.netloc``, as ``host:port``."""

    @property
    def service(self) -> Any:
        """What the fixture's service yields. Not to be asked for in replay."""

    def value(self, name: str, *, live: Callable[[], str], stand_in: str) -> str:
        """Return a live value, or in replay what stands for it in a recording."""

    def env(self, variable: str, *, stand_in: str) -> str:
        """Return the value of an environment variable, or in replay its stand-in."""

    def unique_name(self, prefix: str) -> str:
        """Return a name for a container, bucket or folder: another in each run, the same in every replay."""
