"""Opens a declared fixture again and again, as an exploration asks for it."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from conformance.cassette import Meter
from conformance.contract import Unreachable, call_of, is_unreachable
from conformance.errors import ConformanceError, EnvironmentFault, Unavailable
from conformance.generate import Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.fixtures import Opener
    from conformance.registry import FixtureSpec


class Subjects:
    """Fresh subjects of one fixture; nothing is recorded.

    Attributes:
        spec: The fixture.
    """

    def __init__(self, opener: Opener, spec: FixtureSpec) -> None:
        """Take what opens fixtures, and which."""
        self.spec = spec
        self._opener = opener
        self._count = 0

    @contextmanager
    def open(self) -> Iterator[Subject]:
        """Open a fresh subject.

        Raises:
            Unreachable: Its service does not answer.
            EnvironmentFault: It cannot be opened, or not any more.
            ConformanceError: The driver is wrong, or something is missing on this machine.
        """
        meter = Meter()
        try:
            opened = self._opener.open(
                self.spec, "direct", module="generate", test=str(self._count + 1), mend="", meter=meter
            )
        except Unavailable as error:
            if self._count == 0:
                raise
            raise EnvironmentFault(f"{self.spec.name} cannot be opened any more: {error.fault.what}") from error
        except ConformanceError:
            raise
        except Exception as error:
            raise self._failed("opened", error) from error
        self._count += 1
        try:
            yield Subject(call_of(opened.subject, run=opened.run), meter)
        except BaseException:
            with suppress(Exception):  # what came first is what counts
                opened.close()
            raise
        try:
            opened.close()
        except Exception as error:
            raise self._failed("closed", error) from error

    def _failed(self, how: str, error: Exception) -> Unreachable | EnvironmentFault:
        told = f"{type(error).__name__}: {error}"
        if is_unreachable(error):
            return Unreachable(told)
        return EnvironmentFault(f"{self.spec.name} cannot be {how}: {told}")
