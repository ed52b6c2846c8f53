"""What is to be done about each place that differs: a normalizer, or nothing, and why."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal

from conformance.compare._patterns import pattern_for
from conformance.registry import MatchSpec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.compare._places import Place, PlaceSort
    from conformance.compare._volatility import Finding, Volatility

Key = Literal["header", "query", "url", "body", "json", "xml", "form", "part"]
Verdict = Literal["normalized", "replayed", "repeated", "answered", "unnamed"]
BODIES = ("json", "xml", "form", "part", "text")
ADDRESS = ("host", "port", "path", "query")
STAND_INS = {"host": "host.test"}
KEYS: dict[PlaceSort, Key] = {
    "host": "url",
    "port": "url",
    "path": "url",
    "query": "query",
    "header": "header",
    "json": "json",
    "xml": "xml",
    "form": "form",
    "part": "part",
    "text": "body",
}


@dataclass(frozen=True, slots=True)
class Normalizer:
    """A scrub rule of sort ``normalizer``, as fixtures.toml has it.

    Attributes:
        name: Unique among those of one proposal.
        key: The key of its place.
        value: The value of that key.
        stand_in: What stands for every value; None where each gets one of its own, or is taken out.
        is_numbered: Whether each value gets a stand-in of its own.
        is_dropped: Whether the value is taken out, since some runs have none.
        on: The only message that it is for; None for both.
        example: What the regular expression finds, where the value is one.
        is_wide: Whether the regular expression also finds what does not differ.
    """

    name: str
    key: Key
    value: str
    stand_in: str | None = None
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
            ``repeated``, since the numbered rule of another place finds it in this body too; ``answered``, since it
            does not break the matching; ``unnamed``, since no rule can name it.
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
    numbered = {finding.place for finding in volatility.findings if _is_invented(finding)}
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
            is_numbered = not numbered.isdisjoint({finding.place, finding.origin})
            normalizer = _normalizer(name, finding, volatility, is_numbered=is_numbered, echoed=echoed)
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
    if finding.place.side == "request":
        if finding.origin in numbered and finding.place.sort in BODIES:
            return "repeated"
        return "replayed" if finding.chooser == "server" else "normalized"
    if not with_responses:
        return "answered"
    return "replayed" if finding.chooser == "server" and finding.is_sent_later else "normalized"


def _is_invented(finding: Finding) -> bool:
    """Return whether a client invents several values and needs each again: then they may not become one."""
    place = finding.place
    is_address = place.sort in ("host", "port")
    is_chosen = place.side == "request" and not is_address and finding.chooser == "client" and finding.origin is None
    return is_chosen and finding.is_plural and finding.is_sent_later and not finding.shape.is_clock


def _is_echo(finding: Finding) -> bool:
    """Return whether the server answers with a header that the client chose: a client may compare both."""
    place = finding.place
    return place.side == "response" and place.sort == "header" and finding.chooser == "client"


def _normalizer(
    name: str, finding: Finding, volatility: Volatility, *, is_numbered: bool, echoed: set[str]
) -> Normalizer | None:
    """Return the rule; None where no rule can name the place, or take its value out."""
    place, is_dropped = finding.place, finding.comes_and_goes
    is_both = is_numbered or place.sort in ADDRESS or (place.sort == "header" and place.key in echoed)
    key = KEYS.get(place.sort)
    found = None
    if key in ("header", "query"):
        value = place.key
    elif is_dropped:
        value = ""
    elif key in ("url", "body"):
        found = pattern_for(finding, volatility)
        value = found.regex if found else ""
    else:
        value = _path(finding)
    if key is None or not value:
        return None
    return Normalizer(
        name=name,
        key=key,
        value=value,
        stand_in=None if is_numbered or is_dropped else STAND_INS.get(place.sort, finding.shape.stand_in),
        is_numbered=is_numbered and not is_dropped,
        is_dropped=is_dropped,
        on=None if is_both else place.side,
        example=found.example if found else None,
        is_wide=found is not None and found.is_wide,
    )


def _path(finding: Finding) -> str:
    """Return a place in a body as a rule names it; empty where none can."""
    key = finding.place.key
    if finding.place.sort == "xml":
        key = re.sub(r"/@\{[^}]*\}", "/@", key)
        return key if re.fullmatch(r"(/[\w.-]+)+(/@[\w.-]+)?", key) else ""
    if finding.place.sort == "json":
        is_word = set(finding.values) <= {"true", "false", "null"}
        path = re.sub(r'\["(?:[^"\\]|\\.)*"\]', _bracket, key)
        return "" if is_word or path == "$" or '"' in path else path
    return key


def _bracket(found: re.Match[str]) -> str:
    """Return a step of a path as RFC 9535 has it in single quotes, which rules read without escapes."""
    name = str(json.loads(found[0])[0])
    return found[0] if "'" in name else f"['{name}']"


def _name(prefix: str, place: Place, taken: Iterable[str]) -> str:
    """Return the first free of: the last words of the place; with its side, its sort, or a number as well."""
    words = re.findall(r"[a-z0-9]+", place.key.lower())
    word = "_".join(words[-3:]) or place.sort
    names = [word, f"{word}_{place.sort}", f"{place.side}_{word}_{place.sort}"]
    names += [f"{names[-1]}_{number}" for number in range(2, len(list(taken)) + 3)]
    return next(f"{prefix}.{name}" for name in names if f"{prefix}.{name}" not in taken)
