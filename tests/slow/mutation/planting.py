"""A mutant of a driver: its client with one method changed, where a bug of the client library would be."""

from __future__ import annotations

import functools
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from contextlib import AbstractContextManager

    #: Called in place of a method, with the method and its arguments.
    Change = Callable[..., Any]
    #: Puts a fault into a subject until the block ends.
    Plant = Callable[[Any], AbstractContextManager[None]]

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class DriverMutant:
    """A driver with one fault.

    Attributes:
        name: What is wrong, in a few words.
        operations: The operations that it breaks: traces that have one are tried first.
        plant: Puts the fault in.
    """

    name: str
    operations: tuple[str, ...]
    plant: Plant

    def break_subject(self, subject: Any) -> Any:
        """Return a subject whose operations run with the fault; whatever else is done with it runs without."""
        return _Broken(subject, self.plant)


class _Broken:
    def __init__(self, subject: Any, plant: Plant) -> None:
        self._subject = subject
        self._plant = plant

    def __getattr__(self, name: str) -> Any:
        function = getattr(self._subject, name)

        def run(**args: Any) -> Any:
            with self._plant(self._subject):
                return function(**args)

        return run


class Changed:
    """A client whose methods of some names are changed, and so are those of the clients that it makes."""

    def __init__(self, client: Any, changes: Mapping[str, Change], *, makers: Collection[str] = ()) -> None:
        self._client = client
        self._changes = changes
        self._makers = makers

    def __getattr__(self, name: str) -> Any:
        found: Callable[..., Any] = getattr(self._client, name)
        if name not in self._changes and name not in self._makers:
            return found
        change: Change = self._changes.get(name, _as_it_is)

        def changed(*args: Any, **wanted: Any) -> Any:
            answer = change(found, *args, **wanted)
            return Changed(answer, self._changes) if name in self._makers else answer

        return functools.update_wrapper(changed, found)


def _as_it_is(call: Callable[..., Any], *args: Any, **wanted: Any) -> Any:
    return call(*args, **wanted)


@contextmanager
def put_in(
    owner: Any, attribute: str, changes: Mapping[str, Change], *, makers: Collection[str] = ()
) -> Iterator[None]:
    """Have an object use a changed client until the block ends."""
    client = getattr(owner, attribute)
    setattr(owner, attribute, Changed(client, changes, makers=makers))
    try:
        yield
    finally:
        setattr(owner, attribute, client)


def sends(edit: Callable[[dict[str, Any]], object]) -> Change:
    """Return a change of the arguments by name that go out; ``edit`` edits them in place."""

    def change(call: Callable[..., Any], *args: Any, **wanted: Any) -> Any:
        edit(wanted)
        return call(*args, **wanted)

    return change


def answers(edit: Callable[[Any], Any]) -> Change:
    """Return a change of the answer that comes back: ``edit`` returns another."""

    def change(call: Callable[..., Any], *args: Any, **wanted: Any) -> Any:
        return edit(call(*args, **wanted))

    return change


def swallows(error: type[Exception], answer: Callable[[], Any]) -> Change:
    """Return a change that takes an error for an answer."""

    def change(call: Callable[..., Any], *args: Any, **wanted: Any) -> Any:
        try:
            return call(*args, **wanted)
        except error:
            return answer()

    return change


def lacks(name: str) -> Change:
    """Return a change that does not send an argument."""
    return sends(lambda wanted: wanted.pop(name, None))


def edits(name: str, edit: Callable[[Any], Any]) -> Change:
    """Return a change of one argument, where it is given."""

    def change(wanted: dict[str, Any]) -> None:
        if wanted.get(name) is not None:
            wanted[name] = edit(wanted[name])

    return sends(change)


def does_nothing(_call: Callable[..., Any], *_args: Any, **_wanted: Any) -> dict[str, Any]:
    """Answer without a request."""
    return {}


def shifted(header: str, *, start: int = 0, end: int = 0) -> str:
    """Return the header of a range with its bounds moved, where it has them (RFC 9110 section 14.1.2)."""
    first, _, last = header.removeprefix("bytes=").partition("-")
    return f"bytes={int(first) + start if first else ''}-{int(last) + end if first and last else last}"
