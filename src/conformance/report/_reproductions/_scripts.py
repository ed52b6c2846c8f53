"""Python scripts that show a divergence: by the client alone, or through the fixture."""

from __future__ import annotations

import itertools
import textwrap
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from conformance.contract import Session, UnresolvedError, call_of, class_of
from conformance.report._reproductions._source import source_of
from conformance.report._reproductions._spy import Notebook
from conformance.report._steps import expected_text, outcome_text, step_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from conformance.contract import Contract, Finding
    from conformance.report._reproductions._spy import Noted
    from conformance.trace import Value

LAST = "got"
PLAIN = (bool, bytes, int)  # what is the same in each run


def client_script(  # noqa: PLR0913  (a program, and what it takes to run it)
    finding: Finding,
    contract: Contract,
    subject: Any,
    *,
    capabilities: frozenset[str],
    run: Callable[[Any], Any] | None = None,
    is_telling: bool = False,
) -> str | None:
    """Run the program of a finding on a fresh subject, and return it as a script that needs the client library alone.

    The driver has its client as ``client``, and as ``setup`` the source that makes one under that name, and whatever
    the driver made before the first step. Values that differ from run to run, such as the name of a bucket, are in
    ``setup_names`` by the variables of ``setup`` that hold such values in the script. The script prints what came of
    the last call, and where that tells by itself whether the divergence shows, it exits with 1 if it does.

    Args:
        finding: The finding.
        contract: Its contract.
        subject: A fresh subject of its fixture.
        capabilities: What the fixture offers.
        run: Runs a coroutine to its end, where the driver is async.
        is_telling: Whether only a script will do that tells by its exit code whether the divergence shows.

    Raises:
        Unreachable: The service could not be reached.

    Returns:
        None where the driver has none of this, hands on a value that has no source, or the finding does not show; and
        where the script is to tell by its exit code, and cannot.
    """
    client, setup = getattr(subject, "client", None), getattr(subject, "setup", "")
    if client is None or not setup:
        return None
    steps = finding.program.steps[: finding.step]
    book = Notebook(set(_texts([step.args for step in steps])), dict(getattr(subject, "setup_names", {})))
    session = Session(contract, call_of(subject, run=run), capabilities=capabilities)
    subject.client = book.spied(client, "client")
    try:
        for book.step, step in enumerate(steps, start=1):
            played = session.play(step)
    except UnresolvedError:
        return None
    finally:
        subject.client = client
    is_shown = class_of(played.outcome) == class_of(finding.actual)
    calls = [each for each in book.noted if not each.is_exit]
    if not book.is_whole or not is_shown or not calls or calls[-1].step != len(steps):
        return None
    told = _showing(finding, calls, names=book.names)
    if is_telling and not told:
        return None
    is_async = any(noted.is_awaited for noted in book.noted)
    lines = [*setup.strip("\n").split("\n"), "", *_program(finding, book.noted)]
    if told:
        lines += [f"is_shown = {told}", 'print("diverges" if is_shown else "does not show")', "sys.exit(is_shown)"]
        book.imports.add("import sys")
    if is_async:
        lines = ["async def main() -> None:", *textwrap.indent("\n".join(lines), "    ").split("\n")]
        lines += ["", "", "asyncio.run(main())"]
    imports = sorted(book.imports | ({"import asyncio"} if is_async else set()))
    return _script(_head(finding), imports, lines)


def fixture_script(finding: Finding, *, registry: Path, contract: str) -> str:
    """Return a script that runs the program of a finding on the fixture, as this library opens it.

    It prints each step with what came of it, and exits with 1 where the divergence shows, with 0 where it does not.

    Args:
        finding: The finding.
        registry: The fixtures.toml, absolute or relative to the folder that the script is run in.
        contract: The contract, as ``module:name``.
    """
    module, _, name = contract.partition(":")
    steps = [f"    Step({source_of(each.op)}, {source_of(each.args)})," for each in finding.program.steps]
    imports = [
        "import sys",
        "from pathlib import Path",
        "",
        f"sys.path[:0] = ['.', {str(registry.parent)!r}]  # for drivers and contracts of the project",
        "",
        f"from {module} import {name.partition('.')[0]}",
        "from conformance.contract import call_of, class_of, run_program",
        "from conformance.fixtures import Opener",
        "from conformance.registry import load_registry",
        "from conformance.trace import Chosen, Program, Ref, Step",
    ]
    lines = [
        f"program = Program({finding.program.contract!r}, (",
        *steps,
        "))",
        f"registry = load_registry(Path({str(registry)!r}))",
        f"fixture = registry.fixture({finding.fixture!r})",
        "opener = Opener(registry)",
        "try:",
        '    opened = opener.open(fixture, "direct", module="reproduction", test=program.id, mend="")',
        "    try:",
        "        call = call_of(opened.subject, run=opened.run)",
        f"        run = run_program({name}, program, call, capabilities=frozenset(fixture.capabilities))",
        "    finally:",
        "        opened.close()",
        "finally:",
        "    opener.close()",
        "for played in run.played:",
        '    print(f"{played.step.op}: {class_of(played.outcome)} ({played.verdict})")',
        f"found = run.played[{finding.step - 1}]",
        f'is_shown = found.verdict == "diverges" and found.group == {finding.group!r}',
        'print("diverges:" if is_shown else "does not show:", found.group)',
        "sys.exit(is_shown)",
    ]
    return _script(_head(finding), imports, lines)


def _script(head: Iterable[str], imports: list[str], lines: list[str]) -> str:
    parts = [f"# {line}" for line in head], imports, lines
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _head(finding: Finding) -> Iterator[str]:
    yield f"{finding.fixture}, {finding.contract}"
    yield finding.group.encode("unicode_escape").decode()
    for number, step in enumerate(finding.program.steps[: finding.step], start=1):
        yield f"  {number}. {step_text(step)}"
    yield "expected: " + "; or ".join(map(expected_text, finding.expected))
    yield f"came:     {outcome_text(finding.actual)}"


def _program(finding: Finding, noted: list[Noted]) -> Iterator[str]:
    last = [each for each in noted if not each.is_exit][-1]
    texts = _Texts(noted, last)
    step = 0
    for each in noted:
        if texts.is_inlined(each):
            continue
        if each.step != step:
            step = each.step
            yield f"# step {step}: {step_text(finding.program.steps[step - 1])}"
        statement = texts.statement(each)
        if each is last or each.error is not None:
            yield from ("try:", f"    {statement}", "except Exception as error:")
            yield f"    {LAST} = error" if each is last else "    print(repr(error))"
        else:
            yield statement
    yield f'print("got:", repr({LAST})[:1000])'
    yield "# expected: " + "; or ".join(map(expected_text, finding.expected))


def _showing(finding: Finding, calls: Sequence[Noted], *, names: Mapping[str, str]) -> str:
    """Return an expression for whether the last call does what it did; empty where that does not tell by itself."""
    last, actual = calls[-1], finding.actual
    if last.error is not None:
        kind = f"type({LAST}).__name__ == {type(last.error).__name__!r}"
        return f"{kind} and {actual.code!r} in str({LAST})" if _says(last.error, actual.code) else kind
    if actual.error:
        return ""
    if all(each.outcome.error for each in finding.expected):
        return f"not isinstance({LAST}, Exception)"
    step = [each for each in calls if each.step == last.step]
    is_one = all(_is_chained(one, after) for one, after in itertools.pairwise(step))
    is_own = any(value in str(last.value) for value in names.values())
    return f"{LAST} == {source_of(last.value)}" if is_one and not is_own and type(last.value) in PLAIN else ""


def _says(error: BaseException, code: str) -> bool:
    return bool(code) and code in str(error)


class _Texts:
    """The source of what was noted: one within the next that uses it, or with a variable of its own."""

    def __init__(self, noted: list[Noted], last: Noted) -> None:
        self._uses = Counter(used for each in noted for used in each.uses)
        following = itertools.pairwise(noted)
        self._inlined = {one for one, after in following if self._uses[one] == 1 and _is_chained(one, after)}
        kept = [each for each in noted if each in self._uses and each not in self._inlined]
        self._variables = {each: f"result_{number}" for number, each in enumerate(kept, start=1)}
        self._variables[last] = LAST

    def is_inlined(self, noted: Noted) -> bool:
        return noted in self._inlined

    def statement(self, noted: Noted) -> str:
        variable = self._variables.get(noted, "")
        return (f"{variable} = " if variable else "") + self._source(noted)

    def _source(self, noted: Noted) -> str:
        parts = [self._used(each) if not isinstance(each, str) else each for each in noted.pieces]
        is_loop = str(noted.pieces[0]).startswith("[each async for")
        return ("await " if noted.is_awaited and not is_loop else "") + "".join(parts)

    def _used(self, piece: Any) -> str:
        if piece in self._variables:
            return self._variables[piece]
        return f"({self._source(piece)})" if piece.is_awaited else self._source(piece)


def _is_chained(one: Noted, after: Noted) -> bool:
    """Return whether a call is made on what the one before it gave, in the same step."""
    is_receiver = one in after.pieces[:2] and after.pieces[0] in (one, "list(", "next(", "[each async for each in ")
    return is_receiver and one.step == after.step and one.error is None


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts(list(value.values()))
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _texts(each)
