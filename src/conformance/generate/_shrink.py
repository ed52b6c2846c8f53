"""Makes a program smaller that shows something, by its structure: fewer steps, fewer arguments, simpler values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
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


def shrunk(program: Program, holds: Holds, contract: Contract, *, budget: Executions, is_last: bool = False) -> Program:
    """Return the smallest program that was found for which something still holds.

    Args:
        program: It holds for this one.
        holds: Runs a program on a fresh subject and says whether it still shows what it is kept for.
        contract: Whose operations the steps are; it names simpler values.
        budget: Executions that may be spent; what it is when they are spent is returned.
        is_last: Whether it is the last step that shows it: then that step alone, and with one other, is tried first.
    """
    search = _Search(holds, budget, {program.id})
    if is_last:
        program = search.first(program, _with_last(program))
    before = None
    while before != program:
        before = program
        program = search.with_fewer_steps(program)
        for simpler in (_with_fewer_arguments, _with_simpler_names, _with_simpler_values):
            program = search.to_the_end(program, partial(simpler, contract=contract))
    return program


@dataclass(slots=True)
class _Search:
    """Tries programs, each once, as long as the budget lasts."""

    holds: Holds
    budget: Executions
    tried: set[str]

    def is_good(self, program: Program) -> bool:
        if not program.steps or program.id in self.tried or self.budget.left <= 0:
            return False
        self.tried.add(program.id)
        self.budget.left -= 1
        return self.holds(program)

    def first(self, program: Program, smaller: Iterable[Program]) -> Program:
        """Return the first that is good; the program itself where none is."""
        return next(filter(self.is_good, smaller), program)

    def to_the_end(self, program: Program, smaller: Callable[[Program], Iterable[Program]]) -> Program:
        """Return what is left when nothing that is smaller by one thing is good."""
        while (found := self.first(program, smaller(program))) is not program:
            program = found
        return program

    def with_fewer_steps(self, program: Program) -> Program:
        """Take out runs of steps, long ones first, and from the front."""
        size = max(1, len(program.steps) // 2)
        while size:
            at = 0
            while at < len(program.steps):
                found = without(program, range(at, min(at + size, len(program.steps))))
                if self.is_good(found):
                    program = found
                else:
                    at += size
            size //= 2
        return program


def _with_last(program: Program) -> Iterator[Program]:
    """Yield the last step alone, and with one other, the nearest first; nothing where it refers to more."""
    last = len(program.steps) - 1
    for kept in ({last}, *({at, last} for at in reversed(range(last)))):
        found = without(program, set(range(last)) - kept)
        if len(found.steps) == len(kept):
            yield found


def _with_fewer_arguments(program: Program, contract: Contract) -> Iterator[Program]:
    for at, step in enumerate(program.steps):
        for name in sorted(step.args.keys() - required(contract.operation(step.op))):
            yield _with_step(program, at, {each: value for each, value in step.args.items() if each != name})


def _with_simpler_names(program: Program, contract: Contract) -> Iterator[Program]:
    """Yield programs in which texts are other, simpler ones wherever they stand: all of them, then one."""
    texts = {
        value: name
        for step in program.steps
        for name, each in step.args.items()
        for value in _texts(each)
        if contract.simpler.get(name)
    }
    yield _with_simplest(program, texts, contract)
    for text, name in texts.items():
        simpler = contract.simpler[name]
        for other in simpler[: simpler.index(text)] if text in simpler else simpler:
            if isinstance(other, str):
                yield _with_text(program, text, other)


def _with_simplest(program: Program, texts: Mapping[str, str], contract: Contract) -> Program:
    """Return a program in which each text is the simplest that no other one is."""
    used: set[str] = set()
    for text, name in texts.items():
        free = (each for each in contract.simpler[name] if isinstance(each, str) and each not in used)
        new = next(free, text)
        used.add(new)
        if new not in texts:
            program = _with_text(program, text, new)
    return program


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
