"""What a verification of a server came to: its score, and the differences side by side; and all of it as JSON."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from conformance.report._text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from conformance.compare.verification import AcceptedEntry, Checked, DifferenceGroup, Score, Verification

LONGEST = 160
LEAST_PARTS = 12


def render_verification(
    verification: Verification, *, unused: Sequence[AcceptedEntry] = (), shown: int = 10
) -> RenderableType:
    """Return the score, the behaviours that do not conform, the biggest groups of differences, and what is accepted.

    Args:
        verification: What came of it.
        unused: Entries of the accept file that fit nothing.
        shown: How many groups are shown in full; the others are counted.
    """
    groups = verification.groups()
    parts: list[RenderableType] = [*_behaviours(verification)]
    parts += [line for group in groups[:shown] for line in _group(group)]
    if len(groups) > shown:
        rest = sum(len(group.members) for group in groups[shown:])
        parts.append(Text(f"{len(groups) - shown} more groups, of {rest} interactions", style="dim"))
    parts += _accepted(verification)
    parts += [Text(f"accepted, but fits nothing: {_entry_text(entry)}", style="yellow") for entry in unused]
    failures = Counter(why for file in verification.files for why in file.failures)
    parts += [Text(one_line(f"{why} ({count} x)"), style="yellow") for why, count in failures.items()]
    parts += [Text(f"{count} left out: {why}", style="dim") for why, count in sorted(verification.left_out.items())]
    return Group(*parts, _totals(verification))


def render_verification_json(verification: Verification, *, unused: Sequence[AcceptedEntry] = ()) -> str:
    """Return everything as a JSON object; behaviours by their text, groups biggest first, files in their order."""
    told: dict[str, Any] = {
        "score": _score(verification.score()),
        "score_with_accepted": _score(verification.score(with_accepted=True)),
        "left_out": dict(sorted(verification.left_out.items())),
        "behaviours": [
            {"behaviour": str(behaviour), **_score(score)} for behaviour, score in verification.by_behaviour().items()
        ],
        "groups": [_group_json(group) for group in verification.groups()],
        "accepted": [_group_json(group) for group in verification.groups(is_accepted=True)],
        "accepted_unused": [_entry_text(entry) for entry in unused],
        "files": [
            {
                "file": file.name,
                **_score(file.score),
                "failures": list(file.failures),
                "left_out": [{"number": number, "reason": why} for number, why in file.left_out],
                "differing": [_checked_json(each) for each in file.checked if not each.conforms],
            }
            for file in verification.files
        ],
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def score_text(score: Score) -> str:
    """Return a score as ``469 of 894 conform (52.46 %)``; rounded down, so that 100 % is all."""
    return f"{score.conforming:,} of {score.compared:,} conform ({int(score.ratio * 10_000) / 100:.2f} %)"


def _behaviours(verification: Verification) -> Iterator[RenderableType]:
    lacking = [(key, score) for key, score in verification.by_behaviour().items() if score.ratio < 1]
    if not lacking:
        return
    table = Table(title=f"{len(lacking)} behaviours that do not always conform", title_justify="left")
    table.add_column("behaviour", overflow="fold", ratio=1)
    table.add_column("conforming", justify="right")
    for behaviour, score in lacking:
        table.add_row(escape(str(behaviour)), f"{score.conforming:,} / {score.compared:,}")
    yield table


def _group(group: DifferenceGroup) -> Iterator[RenderableType]:
    example = group.example
    where = f"{one_line(example.file)}#{example.number}" + (f", after #{example.after}" if example.after else "")
    table = Table(
        title=Text(f"{len(group.members)} x {group.behaviour}", style="bold"),
        caption=f"as in {escape(where)}",
        min_width=80,
        title_justify="left",
        caption_justify="left",
    )
    for heading in ("part", "recorded", "answered"):
        table.add_column(heading, overflow="fold")
    request = example.recorded.request
    table.add_row("request", escape(_cut(f"{request.method} {request.uri}")), "", style="dim")
    for each in example.differences[:LEAST_PARTS]:
        table.add_row(*(escape(_cut(text)) for text in (each.part, each.recorded, each.sent)))
    if len(example.differences) > LEAST_PARTS:
        table.add_row(f"and {len(example.differences) - LEAST_PARTS} more", "", "", style="dim")
    yield table


def _accepted(verification: Verification) -> Iterator[RenderableType]:
    for group in verification.groups(is_accepted=True):
        reasons = sorted({entry.reason for each in group.members for entry in each.accepted if entry is not None})
        line = f"accepted: {len(group.members)} x {group.behaviour}: {'; '.join(reasons)}"
        yield Text(one_line(line), style="dim")


def _totals(verification: Verification) -> Text:
    plain, counted = verification.score(), verification.score(with_accepted=True)
    more = f"; {score_text(counted)} with what is accepted" if counted != plain else ""
    style = "green" if plain.ratio == 1 else "bold red"
    return Text(f"{len(verification.files)} recordings: {score_text(plain)}{more}", style=style)


def _score(score: Score) -> dict[str, Any]:
    return {"conforming": score.conforming, "compared": score.compared, "ratio": score.ratio}


def _group_json(group: DifferenceGroup) -> dict[str, Any]:
    example = group.example
    return {
        "behaviour": str(group.behaviour),
        "count": len(group.members),
        "after_others": sum(each.after is not None for each in group.members),
        "example": f"{example.file}#{example.number}",
        "differences": _differences(example),
        "members": [f"{each.file}#{each.number}" for each in group.members],
    }


def _checked_json(each: Checked) -> dict[str, Any]:
    request = each.recorded.request
    return {
        "number": each.number,
        "behaviour": str(each.behaviour),
        "request": f"{request.method} {request.uri}",
        "recorded_status": each.recorded.response.status,
        "answered_status": each.live.status,
        "after": each.after,
        "differences": _differences(each),
    }


def _differences(each: Checked) -> list[dict[str, str | None]]:
    reasons = [entry.reason if entry else None for entry in each.accepted] or [None] * len(each.differences)
    return [
        {"part": found.part, "recorded": found.recorded, "answered": found.sent, "accepted": reason}
        for found, reason in zip(each.differences, reasons, strict=True)
    ]


def _entry_text(entry: AcceptedEntry) -> str:
    at = f"line {entry.line}: " if entry.line else ""
    return one_line(f"{at}{entry.reason}")


def _cut(text: str) -> str:
    told = one_line(text)
    return told if len(told) <= LONGEST else f"{told[:LONGEST]}…"
