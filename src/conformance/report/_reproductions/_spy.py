"""Notes what is done with a client, as Python source."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

import wrapt

from conformance.report._reproductions._source import InexpressibleError, Pieces, imports_of, pieces_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping

SHORTEST = 4  # a shorter text may be the same by chance


@dataclass(eq=False, slots=True)
class Noted:
    """Something that was done with a client, or with what came of that.

    Attributes:
        pieces: Its source; in place of values that other calls gave, those.
        step: The number of the step that did it, from 1.
        error: What it raised.
        value: What it returned, where it is a call.
        is_awaited: Whether it was done in a coroutine.
        is_exit: Whether it is the end of a ``with``.
    """

    pieces: Pieces
    step: int
    error: BaseException | None = None
    value: object = None
    is_awaited: bool = False
    is_exit: bool = False

    @property
    def uses(self) -> list[Noted]:
        """What it needs of other calls, in order of use."""
        return [each for each in self.pieces if isinstance(each, Noted)]


@dataclass(slots=True)
class Notebook:
    """What was done with one client, oldest first.

    Attributes:
        given: Texts that the caller chose: they are never taken from an answer.
        names: Values by variables that stand for them in the source.
        step: The number of the step that runs.
        is_whole: Whether all that was done could be noted.
        noted: What was done.
        imports: What the source needs.
    """

    given: set[str]
    names: Mapping[str, str] = field(default_factory=dict)
    step: int = 1
    is_whole: bool = True
    noted: list[Noted] = field(default_factory=list)
    imports: set[str] = field(default_factory=set)
    learnt: dict[str, Pieces] = field(default_factory=dict)

    def spied(self, value: Any, *pieces: object) -> Any:
        """Return a value such that what is done with it is noted; texts are remembered by where they came from."""
        if isinstance(value, str) and not isinstance(value, Enum):
            self._learn(value, pieces)
        if (
            value is None
            or inspect.isclass(value)
            or inspect.ismodule(value)
            or isinstance(value, BaseException | Enum)
        ):
            return value
        if type(value) is dict:
            return {name: self.spied(each, *pieces, f"[{name!r}]") for name, each in value.items()}
        if type(value) in (list, tuple):
            return type(value)(self.spied(each, *pieces, f"[{at}]") for at, each in enumerate(value))
        if type(value).__module__ in ("builtins", "datetime") and not inspect.isroutine(value) and not _runs(value):
            return value
        return Spy(value, self, pieces)

    def note(self, *pieces: object) -> Noted:
        """Note something that is done now."""
        self.noted.append(Noted(pieces, self.step))
        return self.noted[-1]

    def arguments(self, args: Iterable[object], kwargs: Mapping[str, object]) -> Iterator[object]:
        """Yield the source of the arguments of a call.

        Raises:
            InexpressibleError: There is no source for one.
        """
        for number, (name, value) in enumerate([*(("", each) for each in args), *kwargs.items()]):
            yield (", " if number else "") + (f"{name}=" if name else "")
            try:
                yield from pieces_of(value, known=self._known)
            except InexpressibleError:
                self.is_whole = False
                raise
            if not isinstance(value, Spy):
                self.imports |= imports_of(value)

    def _known(self, value: object) -> Pieces | None:
        if isinstance(value, Spy):
            return value.source_pieces
        if type(value) is not str:
            return None
        if value in self.learnt:
            return self.learnt[value]
        self.given.add(value)
        parts = self._named(value)
        return (" + ".join(parts),) if any(each in self.names for each in parts) else None

    def _named(self, text: str) -> list[str]:
        """Return the terms of a text, with variables for what these stand for."""
        for variable, value in self.names.items():
            if value in text:
                before, _, after = text.partition(value)
                return [*self._named(before), variable, *self._named(after)]
        return [repr(text)] if text else []

    def _learn(self, text: str, pieces: Pieces) -> None:
        bare = text.strip('"')
        if (
            len(bare) >= SHORTEST
            and not {text, bare} & self.given
            and not any(each in text for each in self.names.values())
        ):
            self._keep(text, pieces)
            if bare != text:
                self._keep(bare, (*pieces, """.strip('"')"""))

    def _keep(self, text: str, pieces: Pieces) -> None:
        """Keep where a text came from: the earliest call, and what is shortest of that."""
        known = self.learnt.get(text)
        if known is None or (known[0] is pieces[0] and len(pieces) < len(known)):
            self.learnt[text] = pieces


class Spy(wrapt.ObjectProxy[Any]):
    """Stands for an object, and notes what is done with it."""

    def __init__(self, target: Any, book: Notebook, pieces: Pieces) -> None:
        """Take what it stands for, where it is noted, and its source."""
        super().__init__(target)
        self._self_book = book
        self._self_pieces = pieces

    @property
    def source_pieces(self) -> Pieces:
        """The source of what it stands for."""
        return self._self_pieces

    def __getattr__(self, name: str) -> Any:
        """Return what the object has, spied on too."""
        return self._self_book.spied(getattr(self.__wrapped__, name), *self._self_pieces, f".{name}")

    def __getitem__(self, key: Any) -> Any:
        """Return an item, spied on too."""
        return self._self_book.spied(self.__wrapped__[key], *self._self_pieces, f"[{key!r}]")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call, and note it."""
        book = self._self_book
        noted = book.note(*self._self_pieces, "(", *book.arguments(args, kwargs), ")")
        with _Failing(noted):
            found = self.__wrapped__(*map(_bare, args), **{name: _bare(each) for name, each in kwargs.items()})
        noted.value = found
        return self._awaited(found, noted) if inspect.isawaitable(found) else book.spied(found, noted)

    async def _awaited(self, found: Any, noted: Noted) -> Any:
        noted.is_awaited = True
        with _Failing(noted):
            value = noted.value = await found
        return self._self_book.spied(value, noted)

    def __iter__(self) -> Iterator[Any]:
        """Go through it, and note that."""
        noted = self._self_book.note("list(", *self._self_pieces, ")")
        with _Failing(noted):
            for number, each in enumerate(self.__wrapped__):
                yield self._self_book.spied(each, noted, f"[{number}]")

    def __next__(self) -> Any:
        """Take the next, and note that."""
        noted = self._self_book.note("next(", *self._self_pieces, ")")
        with _Failing(noted):
            return self._self_book.spied(next(self.__wrapped__), noted)

    async def __aiter__(self) -> AsyncIterator[Any]:
        """Go through it, and note that."""
        noted = self._self_book.note("[each async for each in ", *self._self_pieces, "]")
        noted.is_awaited = True
        with _Failing(noted):
            number = 0
            async for each in self.__wrapped__:
                yield self._self_book.spied(each, noted, f"[{number}]")
                number += 1

    def __enter__(self) -> Any:
        """Open it; note that where it gives another object."""
        return self._entered(self.__wrapped__.__enter__(), ".__enter__()")

    def __exit__(self, *error: object) -> Any:
        """Close it."""
        self._self_book.note(*self._self_pieces, ".__exit__(None, None, None)").is_exit = True
        return self.__wrapped__.__exit__(*error)

    async def __aenter__(self) -> Any:
        """Open it; note that where it gives another object."""
        return self._entered(await self.__wrapped__.__aenter__(), ".__aenter__()", is_awaited=True)

    async def __aexit__(self, *error: object) -> Any:
        """Close it."""
        noted = self._self_book.note(*self._self_pieces, ".__aexit__(None, None, None)")
        noted.is_awaited = noted.is_exit = True
        return await self.__wrapped__.__aexit__(*error)

    def _entered(self, found: Any, call: str, *, is_awaited: bool = False) -> Any:
        if found is self.__wrapped__:
            return self
        noted = self._self_book.note(*self._self_pieces, call)
        noted.is_awaited = is_awaited
        return self._self_book.spied(found, noted)


class _Failing:
    """Notes what is raised within, and lets it go on."""

    def __init__(self, noted: Noted) -> None:
        self._noted = noted

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        """Note what was raised; that an iteration was left is none of it."""
        if not isinstance(error, GeneratorExit):
            self._noted.error = error


def _bare(value: Any) -> Any:
    return value.__wrapped__ if isinstance(value, Spy) else value


def _runs(value: object) -> bool:
    return inspect.isgenerator(value) or inspect.isasyncgen(value) or hasattr(value, "__next__")
