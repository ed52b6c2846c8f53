"""Opens a declared fixture again and again, as an exploration asks for it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from conformance.cassette import Meter
from conformance.contract import Unreachable, call_of, is_unreachable
from conformance.errors import ConformanceError, EnvironmentFault
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
            EnvironmentFault: It cannot be opened.
            ConformanceError: The driver is wrong, or something is missing on this machine.
        """
        self._count += 1
        meter = Meter()
        try:
            opened = self._opener.open(
                self.spec, "direct", module="generate", test=str(self._count), mend="", meter=meter
            )
        except ConformanceError:
            raise
        except Exception as error:
            if is_unreachable(error):
                raise Unreachable(f"{type(error).__name__}: {error}") from error
            raise EnvironmentFault(f"{self.spec.name} cannot be opened: {type(error).__name__}: {error}") from error
        try:
            yield Subject(call_of(opened.subject, run=opened.run), meter)
        finally:
            try:
                opened.close()
            except Exception as error:
                if is_unreachable(error):
                    raise Unreachable(f"{type(error).__name__}: {error}") from error
                raise EnvironmentFault(f"{self.spec.name} cannot be closed: {type(error).__name__}: {error}") from error
