"""Makes a program smaller that shows something, by its structure: fewer steps, fewer arguments, simpler values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.generate._explore import required
from conformance.generate._steps import without
from conformance.trace import Program, Step, Value

if TYPE_CHECKING:
    from conformance.contract import Contract

Holds = Callable[[Program], bool]
SMALL_BYTES = 64


@dataclass(slots=True)
class Executions:
    """How many executions shrinking may still spend."""

    left: int


def shrunk(program: Program, holds: Holds, contract: Contract, *, budget: Executions) -> Program:
    """Return the smallest program that was found for which something still holds.

    Args:
        program: It holds for this one.
        holds: Runs a program on a fresh subject and says whether it still shows what it is kept for.
        contract: Whose operations the steps are; it names simpler values.
        budget: Executions that may be spent; what it is when they are spent is returned.
    """
    tried = {program.id}
    is_smaller = True
    while is_smaller:
        is_smaller = False
        for smaller in _smaller(program, contract):
            if smaller.id in tried:
                continue
            tried.add(smaller.id)
            if budget.left <= 0:
                return program
            budget.left -= 1
            if holds(smaller):
                program, is_smaller = smaller, True
                break
    return program


def _smaller(program: Program, contract: Contract) -> Iterator[Program]:
    """Yield programs that are smaller by one thing, the largest things first."""
    count = len(program.steps)
    size = count // 2
    while size:
        for start in range(0, count, size):
            found = without(program, set(range(start, min(start + size, count))))
            if found.steps:
                yield found
        size //= 2
    yield from _with_fewer_arguments(program, contract)
    yield from _with_simpler_names(program, contract)
    yield from _with_simpler_values(program, contract)


def _with_fewer_arguments(program: Program, contract: Contract) -> Iterator[Program]:
    for at, step in enumerate(program.steps):
        for name in sorted(step.args.keys() - required(contract.operation(step.op))):
            yield _with_step(program, at, {each: value for each, value in step.args.items() if each != name})


def _with_simpler_names(program: Program, contract: Contract) -> Iterator[Program]:
    """Yield programs in which one text is another, simpler one wherever it stands."""
    texts = {
        value: name
        for step in program.steps
        for name, each in step.args.items()
        for value in _texts(each)
        if contract.simpler.get(name)
    }
    for text, name in texts.items():
        simpler = contract.simpler[name]
        for other in simpler[: simpler.index(text)] if text in simpler else simpler:
            if isinstance(other, str):
                yield _with_text(program, text, other)


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _texts(each)


def _with_text(program: Program, old: str, new: str) -> Program:
    def changed(value: Value) -> Value:
        if isinstance(value, str):
            return new if value == old else value
        if isinstance(value, Mapping):
            return {name: changed(each) for name, each in value.items()}
        return [changed(each) for each in value] if isinstance(value, (list, tuple)) else value

    steps = tuple(Step(step.op, {name: changed(each) for name, each in step.args.items()}) for step in program.steps)
    return replace(program, steps=steps)


def _with_simpler_values(program: Program, contract: Contract) -> Iterator[Program]:
    for at, step in enumerate(program.steps):
        for name, value in step.args.items():
            known = [each for each in contract.simpler.get(name, ()) if type(each) is type(value)]
            # halves of a value that the contract names may be nothing that it would ever draw
            for simpler in known[: known.index(value)] if value in known else (*known, *_simpler(value)):
                yield _with_step(program, at, {**step.args, name: simpler})


def _simpler(value: Value) -> Iterator[Value]:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, bytes):
        yield from (value[:size] for size in (0, 1, SMALL_BYTES, len(value) // 2) if size < len(value))
    elif isinstance(value, int):
        yield from (number for number in (0, 1, value // 2, value - 1) if 0 <= number < value)
    elif isinstance(value, (list, tuple)):
        yield from ([*value[:at], *value[at + 1 :]] for at in range(len(value)))
    elif isinstance(value, Mapping):
        for name in value:
            yield {each: value[each] for each in value if each != name}


def _with_step(program: Program, at: int, args: Mapping[str, Value]) -> Program:
    steps = list(program.steps)
    steps[at] = Step(steps[at].op, args)
    return replace(program, steps=tuple(steps))
