"""Ctrl-C, which ends a long command at once, even where a client swallows it."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator


class Interrupts:
    """The interrupts of one command.

    Attributes:
        came: Whether there was one.
    """

    def __init__(self) -> None:
        """Have seen none."""
        self.came = False

    def check(self) -> None:
        """Raise again what a client has swallowed.

        Raises:
            KeyboardInterrupt: There was an interrupt.
        """
        if self.came:
            raise KeyboardInterrupt

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Notice interrupts; where the caller handles them otherwise, or is another thread, nothing is changed.

        An event loop is interrupted too, not asked to cancel its task: a task that swallows that would go on.
        """
        before = signal.getsignal(signal.SIGINT)
        if before is not signal.default_int_handler or threading.current_thread() is not threading.main_thread():
            yield
            return
        signal.signal(signal.SIGINT, self._note)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _note(self, *_: object) -> NoReturn:
        self.came = True
        raise KeyboardInterrupt
