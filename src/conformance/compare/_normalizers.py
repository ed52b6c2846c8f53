"""What is to be done about each place that differs: a normalizer, or nothing, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal

from conformance.compare._patterns import pattern_for
from conformance.registry import MatchSpec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.compare._places import Place
    from conformance.compare._volatility import Finding, Volatility

Key = Literal["header", "query", "url", "body", "json", "xml", "form", "part"]
Verdict = Literal["normalized", "replayed", "repeated", "answered", "unnamed"]


@dataclass(frozen=True, slots=True)
class Normalizer:
    """A scrub rule of sort ``normalizer``, as fixtures.toml has it.

    Attributes:
        name: Unique among those of one proposal.
        key: The key of its place.
        value: The value of that key.
        is_numbered: Whether each value gets a stand-in of its own.
        is_dropped: Whether the value is taken out, since some runs have none.
        on: The only message that it is for; None for both.
        example: What the regular expression finds, where the value is one.
        is_wide: Whether the regular expression also finds what does not differ.
    """

    name: str
    key: Key
    value: str
    is_numbered: bool = False
    is_dropped: bool = False
    on: Literal["request", "response"] | None = None
    example: str | None = None
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is to be done about one finding.

    Attributes:
        finding: The finding.
        verdict: ``normalized`` by a rule; ``replayed``, since the server chose it and the client sends it back;
            ``repeated``, since the numbered rule of another place finds it here too; ``answered``, since it does not
            break the matching; ``unnamed``, since no rule can name it.
        is_matched: Whether the fixture looks at the place to find the answer to a request.
        normalizer: The rule, where the verdict is that.
    """

    finding: Finding
    verdict: Verdict
    is_matched: bool
    normalizer: Normalizer | None = None


def propose(
    volatility: Volatility, *, prefix: str, match: MatchSpec | None = None, with_responses: bool = False
) -> list[Proposal]:
    """Return what is to be done about every finding, in their order.

    Args:
        volatility: What was found.
        prefix: The word that the names of the rules begin with: that of the backend, by custom.
        match: What the fixture matches on; by default everything but headers.
        with_responses: Also normalize what only answers have, so that recording again changes nothing.
    """
    numbered = {finding.place for finding in volatility.findings if _is_numbered(finding)}
    verdicts = [
        (finding, _verdict(finding, numbered, with_responses=with_responses)) for finding in volatility.findings
    ]
    echoed = {finding.place.key for finding in volatility.findings if _is_echo(finding)}
    taken: set[str] = set()
    proposals = []
    for finding, verdict in verdicts:
        normalizer = None
        if verdict == "normalized":
            name = _name(prefix, finding.place, taken)
            normalizer = _normalizer(name, finding, volatility, echoed=echoed)
            taken |= {name} if normalizer else set()
        is_unnamed = verdict == "normalized" and normalizer is None
        is_matched = _is_matched(finding.place, match or MatchSpec())
        proposals.append(Proposal(finding, "unnamed" if is_unnamed else verdict, is_matched, normalizer))
    return proposals


def _is_matched(place: Place, match: MatchSpec) -> bool:
    if place.side == "response":
        return False
    if place.sort == "header":
        return any(fnmatchcase(place.key, name) for name in match.headers)
    if place.sort == "query" and any(fnmatchcase(place.key, name) for name in match.ignore_query):
        return False
    part = place.sort if place.sort in ("method", "host", "port", "path", "query") else "body"
    return part in match.on


def _verdict(finding: Finding, numbered: set[Place], *, with_responses: bool) -> Verdict:
    if finding.origin in numbered:
        return "repeated"
    if finding.place.side == "request":
        return "replayed" if finding.chooser == "server" else "normalized"
    if not with_responses:
        return "answered"
    return "replayed" if finding.chooser == "server" and finding.is_sent_later else "normalized"


def _is_numbered(finding: Finding) -> bool:
    """Return whether a client invents several values and needs each again: then they may not become one."""
    is_chosen = finding.place.side == "request" and finding.chooser == "client" and finding.origin is None
    return is_chosen and finding.is_plural and finding.is_sent_later and not finding.shape.is_clock


def _is_echo(finding: Finding) -> bool:
    """Return whether the server answers with a header that the client chose: a client may compare both."""
    place = finding.place
    return place.side == "response" and place.sort == "header" and finding.chooser == "client"


def _normalizer(name: str, finding: Finding, volatility: Volatility, *, echoed: set[str]) -> Normalizer | None:
    place, is_numbered, is_dropped = finding.place, _is_numbered(finding), finding.comes_and_goes
    on = None if is_numbered or (place.sort == "header" and place.key in echoed) else place.side
    match place.sort:
        case "header":
            return Normalizer(name, "header", place.key, is_numbered and not is_dropped, is_dropped, on)
        case "query":
            return Normalizer(name, "query", place.key, is_numbered and not is_dropped, is_dropped)
        case "json" | "xml" | "form" | "part" if not is_dropped:
            value = f"//{place.key.lstrip('/')}" if place.sort == "xml" else place.key
            return Normalizer(name, place.sort, value, is_numbered, on=on) if value else None
        case "host" | "port" | "path" | "text" if not is_dropped:
            found = pattern_for(finding, volatility)
            if found is None:
                return None
            key: Key = "body" if place.sort == "text" else "url"
            sides = on if key == "body" else None
            return Normalizer(
                name, key, found.regex, is_numbered, on=sides, example=found.example, is_wide=found.is_wide
            )
        case _:
            return None


def _name(prefix: str, place: Place, taken: Iterable[str]) -> str:
    """Return the first free of: the last words of the place; with its side, its sort, or a number as well."""
    words = re.findall(r"[a-z0-9]+", place.key.lower())
    word = "_".join(words[-3:]) or place.sort
    names = [word, f"{word}_{place.sort}", f"{place.side}_{word}_{place.sort}"]
    names += [f"{names[-1]}_{number}" for number in range(2, len(list(taken)) + 3)]
    return next(f"{prefix}.{name}" for name in names if f"{prefix}.{name}" not in taken)
