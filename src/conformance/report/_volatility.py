"""What differs between runs: a table for people, TOML for fixtures.toml, JSON for programs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from conformance.report._text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.compare import Finding, Instability, Normalizer, Place, Proposal, Volatility

LONGEST_EXAMPLE = 28
EXAMPLES = 2
VERDICTS = {
    "normalized": "a rule",
    "replayed": "none: replayed as recorded, and sent back",
    "repeated": "none: the numbered rule of {origin} finds it here too",
    "answered": "none: answers are not matched on",
    "unnamed": "none can name it: have the test send the same each time, or write a `function` rule",
}
WITHIN = {
    "once": "seen once",
    "constant": "the same all through",
    "several": "several in a run",
    "new": "new each time",
}
LITERAL = re.compile(r"[^'\x00-\x1f\x7f\ud800-\udfff]*")
PLACES = {"path": "path", "text": "text after", "json": "", "xml": "", "part": "part", "form": "form field"}


def render_normalizers(volatility: Volatility, proposals: Sequence[Proposal], *, fixture: str) -> str:
    """Return TOML: the rules as ``scrub.rules``, each below a comment of what it stands on."""
    chosen = [proposal for proposal in proposals if proposal.normalizer]
    total = len(volatility.aligned)
    lines = [f"# {one_line(fixture)}: {_scope(volatility)}, with the rules that it had."]
    if not chosen:
        return "\n".join([*lines, "# No rule is needed.", ""])
    lines += [
        "# Review each, and put it into scrub.rules of the fixture or of its backend: a fixture's list replaces that.",
        "scrub.rules = [",
    ]
    for proposal in chosen:
        lines += [f"  # {told}" for told in _comments(proposal, total)]
        lines.append(f"  {_rule(proposal.normalizer)},")
    return "\n".join([*lines, "]", ""])


def render_volatility(volatility: Volatility, proposals: Sequence[Proposal]) -> Group:
    """Return a table with a row a place that differs, how many never do, and what made the program another."""
    table = Table(title=_scope(volatility), title_justify="left")
    for heading, fold in (("side", 8), ("place", 16), ("differs in", 8), ("shape", 10), ("chosen by", 6), ("rule", 16)):
        table.add_column(heading, overflow="fold", min_width=fold)
    for proposal in proposals:
        finding = proposal.finding
        table.add_row(
            finding.place.side,
            escape(place_text(finding.place)),
            f"{_differing(finding)} of {finding.count}",
            _look(finding),
            f"the {finding.chooser}",
            escape(_verdict(proposal)),
        )
    lines = [Text(f"{len(proposals)} places differ, {len(volatility.stable)} places never differ.")]
    lines += [Text(told, "red") for told in _unstable_lines(volatility.unstable)]
    return Group(table, *lines) if proposals else Group(*lines)


def render_volatility_json(volatility: Volatility, proposals: Sequence[Proposal]) -> str:
    """Return a JSON object: what was compared, ``places`` that differ, ``stable`` ones, and what is ``unstable``."""
    told = {
        "runs": volatility.runs,
        "cassettes": volatility.cassettes,
        "interactions": len(volatility.aligned),
        "places": [_place_json(proposal) for proposal in proposals],
        "stable": [{**_named(place), "interactions": count} for place, count in volatility.stable.items()],
        "unstable": [{"cassette": one.cassette, "asked": one.asked, "what": one.what} for one in volatility.unstable],
    }
    return json.dumps(told, indent=2)


def place_text(place: Place) -> str:
    """Return a place as a reader knows it, on one line."""
    if place.sort == "text" and place.key in ("", "\n"):
        return "text body" if not place.key else "text at the beginning of a line"
    words = [PLACES.get(place.sort, place.sort), place.key]
    return one_line(" ".join(word for word in words if word))


def _scope(volatility: Volatility) -> str:
    total = len(volatility.aligned)
    return f"{volatility.runs} runs of {total:,} interactions in {volatility.cassettes:,} cassettes"


def _comments(proposal: Proposal, total: int) -> Iterator[str]:
    finding, normalizer = proposal.finding, proposal.normalizer
    yield (
        f"{finding.place.side} {place_text(finding.place)}: differs in {_differing(finding)} of the {finding.count} "
        f"interactions that have it, of {total}"
    )
    examples = ", ".join(_shortened(value) for value in finding.values[:EXAMPLES])
    yield f"{examples}: {_look(finding)}, chosen by the {finding.chooser}"
    if finding.later and finding.chooser == "client":
        yield f"comes again in {', '.join(f'{place.side} {place_text(place)}' for place in finding.later)}"
    if finding.comes_and_goes:
        yield "is there in some runs alone"
    if not proposal.is_matched and finding.place.side == "request":
        yield "the fixture does not match on it: without the rule it replays as well"
    if normalizer is not None and normalizer.is_wide:
        yield "CHECK: also finds what never differs; narrow it with `when`"


def _look(finding: Finding) -> str:
    """Return the shape, and how often there is a new value; a clock has one whenever it is looked at."""
    return finding.shape.name if finding.shape.is_clock else f"{finding.shape.name}, {WITHIN[finding.within]}"


def _rule(normalizer: Normalizer | None) -> str:
    if normalizer is None:
        return ""
    pairs = {"name": _string(normalizer.name), normalizer.key: _string(normalizer.value)}
    if normalizer.stand_in is not None:
        pairs["stand_in"] = _string(normalizer.stand_in)
    if normalizer.is_dropped:
        pairs["drop"] = "true"
    pairs["sort"] = _string("normalizer")
    if normalizer.is_numbered:
        pairs["numbered"] = "true"
    if normalizer.on is not None:
        pairs["on"] = _string(normalizer.on)
    if normalizer.example is not None:
        pairs["example"] = _string(normalizer.example)
    return "{ " + ", ".join(f"{key} = {value}" for key, value in pairs.items()) + " }"


def _string(text: str) -> str:
    """Return a TOML string: literal where a backslash or a quote would need an escape, if it can be."""
    if ("\\" in text or '"' in text) and LITERAL.fullmatch(text):
        return f"'{text}'"
    plain = text.encode("utf-8", "replace").decode()
    return json.dumps(plain, ensure_ascii=False).replace("\x7f", "\\u007f")


def _shortened(value: str) -> str:
    cut = value if len(value) <= LONGEST_EXAMPLE else f"{value[: LONGEST_EXAMPLE - 8]}…{value[-7:]}"
    return f'"{one_line(cut)}"'


def _differing(finding: Finding) -> int:
    return len({sighting.at for sighting in finding.sightings})


def _verdict(proposal: Proposal) -> str:
    origin = proposal.finding.origin
    if proposal.normalizer is not None:
        return proposal.normalizer.name + (" (numbered)" if proposal.normalizer.is_numbered else "")
    return VERDICTS[proposal.verdict].format(origin=place_text(origin) if origin else "")


def _unstable_lines(unstable: Sequence[Instability]) -> Iterator[str]:
    if unstable:
        yield "The program was another, which no rule mends:"
    for one in unstable:
        yield f"  {one_line(one.cassette)}: {one_line(one.asked)} {one_line(one.what)}"


def _place_json(proposal: Proposal) -> dict[str, object]:
    finding, normalizer = proposal.finding, proposal.normalizer
    return {
        **_named(finding.place),
        "interactions": finding.count,
        "differing": _differing(finding),
        "examples": [_shortened(value)[1:-1] for value in finding.values[:EXAMPLES]],
        "shape": finding.shape.name,
        "within": finding.within,
        "chooser": finding.chooser,
        "later": [_named(place) for place in finding.later],
        "verdict": proposal.verdict,
        "is_matched": proposal.is_matched,
        "rule": _rule(normalizer) or None,
    }


def _named(place: Place) -> dict[str, object]:
    return {"side": place.side, "sort": place.sort, "key": one_line(place.key)}
