"""Calls one operation of a subject, and makes of whatever happens one outcome."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from conformance.contract._api import LEAKED, NOT_OFFERED, NotOffered, Refused, Unreachable
from conformance.trace import Outcome, Value

#: Runs an operation by its name with its arguments, references resolved.
Call: TypeAlias = Callable[[str, Mapping[str, Value]], Outcome]


def call_of(subject: object, *, run: Callable[[Any], Any] | None = None) -> Call:
    """Return what calls the operations of a subject.

    A driver returns a mapping of fields, or None where an operation returns nothing; it raises ``Refused`` for the
    typed errors of its contract, ``NotOffered`` and ``Unreachable``. Any other exception is an error that leaks: an
    outcome too, and a finding.

    Args:
        subject: What a driver yielded; its operations are methods.
        run: Runs a coroutine to its end, where they are async.

    Raises:
        Unreachable: From what is returned: the service could not be reached, which says nothing about the subject.
    """

    def call(op: str, args: Mapping[str, Value]) -> Outcome:
        handled = sys.exception()
        function = getattr(subject, op, None)
        if function is None:
            return Outcome(error=NOT_OFFERED, detail=f"{type(subject).__name__} has no operation {op}")
        try:
            found = function(**args)
            if inspect.isawaitable(found):
                found = run(found) if run else _no_loop(found)
        except Refused as error:
            return Outcome(error=error.error, status=error.status, code=error.code, detail=str(error))
        except NotOffered as error:
            return Outcome(error=NOT_OFFERED, detail=str(error))
        except Exception as error:  # what a driver does not know is a finding, whatever it is
            if is_unreachable(error, handled=handled):
                raise Unreachable(f"{type(error).__name__}: {error}") from error
            kind = type(error)
            return Outcome(error=LEAKED, code=f"{kind.__module__}.{kind.__qualname__}", detail=str(error))
        return Outcome({} if found is None else dict(found))

    return call


def is_unreachable(error: BaseException, *, handled: BaseException | None = None) -> bool:
    """Return whether an exception, or one that it comes of, says that the service could not be reached.

    Args:
        error: The exception.
        handled: What was being handled before the call that raised it; nothing of that is a reason for it.
    """
    return any(isinstance(each, (Unreachable, ConnectionError, TimeoutError)) for each in _chain(error, handled))


def _no_loop(coroutine: Any) -> Any:
    coroutine.close()
    message = "An async subject needs what runs its coroutines."
    raise TypeError(message)


def _chain(error: BaseException | None, end: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    while error is not None and error is not end and error not in seen:
        seen.append(error)
        yield error
        error = error.__cause__ or error.__context__
