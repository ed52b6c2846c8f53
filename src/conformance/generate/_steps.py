"""Takes steps out of programs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from conformance.trace import Program, Ref, Step, Value, refs_in


def without(program: Program, gone: Collection[int]) -> Program:
    """Return a program without some steps, counted from 0, and without those that refer to one of them."""
    numbers: dict[int, int] = {}
    kept: list[Step] = []
    for at, step in enumerate(program.steps):
        if at in gone or any(ref.step not in numbers for ref in refs_in(step.args)):
            continue
        kept.append(Step(step.op, {name: _renumbered(value, numbers) for name, value in step.args.items()}))
        numbers[at + 1] = len(kept)
    return replace(program, steps=tuple(kept))


def _renumbered(value: Value, numbers: Mapping[int, int]) -> Value:
    if isinstance(value, Ref):
        return Ref(numbers[value.step], value.field)
    if isinstance(value, Mapping):
        return {name: _renumbered(each, numbers) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_renumbered(each, numbers) for each in value]
    return value
