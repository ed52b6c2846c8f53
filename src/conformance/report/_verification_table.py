"""What a server answers otherwise than a recorded service, as a table in Markdown: a row a difference."""

from __future__ import annotations

import os.path
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.cassette import folded
from conformance.report._text import one_line
from conformance.report._verification import score_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from conformance.cassette import Difference
    from conformance.compare.verification import AcceptedEntry, Checked, Verification

ABSENT = "(absent)"
SHOWN, BEHAVIOURS = 90, 4
HEADINGS = ("what differs", "recorded", "answered", "behaviours", "count", "example")
OUTCOME = ("status", "code")
KEYS = ("Key", "Name", "Prefix", "PartNumber", "Id", "ID", "name")
ENTRY = re.compile(r"(?P<entry>body .*?[/.]\w+)(?P<key>\{.*\}(?:#\d+)?)[/.](?P<leaf>.+)", re.DOTALL)
INDEX = re.compile(r"\{[^{}]*\}(?:#\d+)?|\[\d+\]")


@dataclass(slots=True)
class _Row:
    """One difference, wherever it was seen."""

    part: str
    recorded: str
    answered: str
    example: str
    reason: str = ""
    behaviours: Counter[str] = field(default_factory=Counter)
    seen: set[tuple[str, int]] = field(default_factory=set)


def render_verification_table(verification: Verification) -> str:
    """Return a score and what differs, most frequent first; what is accepted in a table of its own, with its reasons.

    Where status or code differ, nothing else of that answer is told, and what follows from an earlier difference of
    its file is told where the same is seen without one.
    """
    told: dict[bool, list[tuple[Checked, Difference, str]]] = {False: [], True: []}
    for each in verification.checked:
        reasons: Iterable[AcceptedEntry | None] = each.accepted or [None] * len(each.differences)
        by_part = {found.part: entry for found, entry in zip(each.differences, reasons, strict=True)}
        for found in _shown(each.differences):
            entry = by_part.get(found.part)
            told[entry is not None].append((each, found, entry.reason if entry else ""))
    shorter = _shortener([file.name for file in verification.files])
    counted = verification.score(with_accepted=True)
    lines = [f"{score_text(verification.score())}; {score_text(counted)} with what is accepted."]
    lines += ["", *_table(_rows(told[False], shorter), HEADINGS)]
    if told[True]:
        lines += ["", "Accepted:", "", *_table(_rows(told[True], shorter), (*HEADINGS, "why"))]
    return "\n".join(lines) + "\n"


def _shown(differences: Iterable[Difference]) -> list[Difference]:
    listed = list(differences)
    outcome = [each for each in listed if each.part in OUTCOME]
    if outcome:
        return outcome[:1]
    lacking = {match["entry"] + match["key"] for each in listed if (match := _of_lacking_entry(each))}
    return [each for each in listed if not _is_told(each, lacking)]


def _is_told(difference: Difference, lacking: Collection[str]) -> bool:
    """Return whether a difference is within an entry that is lacking, and is not that of its key."""
    found = ENTRY.fullmatch(difference.part)
    return bool(found) and found["entry"] + found["key"] in lacking and found["leaf"] not in KEYS  # type: ignore[index]


def _of_lacking_entry(difference: Difference) -> re.Match[str] | None:
    """Return the place of the key of an entry that one of two lists lacks."""
    found = ENTRY.fullmatch(difference.part)
    is_lacking = ABSENT in (difference.recorded, difference.sent)
    return found if found and is_lacking and found["leaf"] in KEYS else None


def _rows(told: Iterable[tuple[Checked, Difference, str]], shorter: Callable[[str], str]) -> list[_Row]:
    rows: dict[tuple[str, str, str, str], _Row] = {}
    is_first: dict[tuple[str, str, str, str], bool] = defaultdict(lambda: True)
    for each, found, reason in told:
        part = _part(found)
        recorded, answered = _outcome(each, found)
        key = (part, *_sorts(part, recorded, answered), reason)
        example = f"{shorter(each.file)}#{each.number}"
        row = rows.setdefault(key, _Row(part, recorded, answered, example, reason))
        if is_first[key] and each.after is None:
            row.recorded, row.answered, row.example, is_first[key] = recorded, answered, example, False
        row.behaviours[str(each.behaviour)] += (each.file, each.number) not in row.seen
        row.seen.add((each.file, each.number))
    return sorted(rows.values(), key=lambda row: (row.part not in OUTCOME, -row.behaviours.total(), row.part))


def _outcome(each: Checked, found: Difference) -> tuple[str, str]:
    if found.part not in OUTCOME:
        return found.recorded, found.sent
    codes = {one.part: (one.recorded, one.sent) for one in each.differences}.get("code", (each.behaviour.code, ""))
    recorded, answered = each.recorded.response.status, each.live.status
    return tuple(  # type: ignore[return-value]
        f"{status} {'' if code == ABSENT else code}".strip()
        for status, code in zip((recorded, answered), codes, strict=True)
    )


def _part(found: Difference) -> str:
    part = found.part
    if (match := _of_lacking_entry(found)) is not None:
        part = match["entry"]
    if part in OUTCOME:
        return OUTCOME[0]
    part = re.sub(r"^body line.*", "body", part, flags=re.DOTALL)
    return INDEX.sub("", re.sub(r"^(header x-\w+-meta-).*", r"\1*", part, flags=re.DOTALL))


def _sorts(part: str, recorded: str, answered: str) -> tuple[str, str]:
    """Return what tells one row of a part from another: that one side lacks it, else the values of a header."""
    if ABSENT in (recorded, answered):
        return ("" if recorded != ABSENT else ABSENT, "" if answered != ABSENT else ABSENT)
    return ("", "") if part.startswith("body") else (folded(recorded), folded(answered))


def _table(rows: Iterable[_Row], headings: tuple[str, ...]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|{'|'.join('---:' if heading == 'count' else '---' for heading in headings)}|"
    for row in rows:
        behaviours = [_code(name) for name, _ in row.behaviours.most_common(BEHAVIOURS)]
        if len(row.behaviours) > BEHAVIOURS:
            behaviours.append(f"and {len(row.behaviours) - BEHAVIOURS} more")
        cells = [_code(row.part), _code(row.recorded), _code(row.answered), "<br>".join(behaviours)]
        cells += [str(row.behaviours.total()), f"`{one_line(row.example)}`"]
        cells += [row.reason.replace("|", "\\|")] if headings[-1] == "why" else []
        yield f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    """Return a text as code in a cell; a date, which is another in every run, is told as one."""
    if text == ABSENT:
        return "absent"
    if not text:
        return "empty"
    if folded(text) == "<date>":
        return "a date"
    told = one_line(text)
    told = told if len(told) <= SHOWN else f"{told[: SHOWN - 1]}…"
    fence = "``" if "`" in told else "`"
    inside = f" {told} " if "`" in told else told
    return f"{fence}{inside}{fence}".replace("|", "\\|")


def _shortener(names: list[str]) -> Callable[[str], str]:
    """Return what leaves out the folder that all files are in."""
    folder = os.path.commonpath([os.path.dirname(name) for name in names]) if names else ""  # noqa: PTH120
    return lambda name: os.path.relpath(name, folder) if folder else name
