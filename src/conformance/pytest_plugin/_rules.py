"""What a recording run says of scrub rules: which had to fire and never did, and with -v how often each fired."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.errors import CassetteError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.registry import Registry
    from conformance.report import Judgement, RuleUse

HEADINGS = ("rule", "sort", "expect", "fired")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said at the end of a run.

    Attributes:
        lines: For the summary of the terminal.
        is_failure: Whether a rule that had to fire did not.
    """

    lines: tuple[str, ...] = ()
    is_failure: bool = False


def judge_recorded(registry: Registry, fixtures: Iterable[str], *, verbose: bool) -> Verdict:
    """Judge the rules of the fixtures that were recorded; cassettes are read only where there is something to say."""
    from conformance.report import has_must_rules, judge_rules  # noqa: PLC0415  (most runs record nothing)

    lines: list[str] = []
    is_failure = False
    for fixture in sorted(fixtures):
        if not verbose and not has_must_rules(registry, fixture):
            continue
        try:
            judgement = judge_rules(registry, fixture)
        except CassetteError as error:
            lines.append(f"{fixture}: nothing is concluded of its rules: {error}")
            continue
        lines += _rendered(judgement, verbose=verbose)
        is_failure = is_failure or bool(judgement.silent)
    return Verdict(tuple(lines), is_failure)


def _rendered(judgement: Judgement, *, verbose: bool) -> Iterator[str]:
    for fault in judgement.silent.values():
        yield from fault.render().split("\n")
    if judgement.unknown:
        yield judgement.unknown
    if verbose and judgement.uses:
        yield f"{judgement.fixture}:"
        rows = [HEADINGS, *(_row(use) for use in judgement.uses)]
        widths = [max(len(row[at]) for row in rows) for at in range(len(HEADINGS))]
        for row in rows:
            yield "  " + "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip()


def _row(use: RuleUse) -> tuple[str, ...]:
    return use.rule, use.sort, use.expect, "not known" if use.fired is None else str(use.fired)
