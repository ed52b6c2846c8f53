"""Runs the law `leaks-nothing` on the recipes of this folder and renders docs/explanation/what-leaks.md.

python -m examples.leaks.page          from the root of the repository; writes the page
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from conformance.laws import (
    ENCODINGS,
    NAMED_PLACES,
    Broken,
    ScrubberTarget,
    counter_example,
    interaction_text,
    named_target,
    run_laws,
)
from examples.leaks.reasons import REASONS

SEED = 208  # the password of its round has " and &, which every notation escapes
LAW = "leaks-nothing"
ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "what-leaks.md"
REGISTRY = Path(__file__).with_name("fixtures.toml")
FAMILIES = tuple(dict.fromkeys(encoding.family for encoding in ENCODINGS.values()))
TOOLS = {"vcrpy_filters": "vcrpy 9.4.2", "seinfeld_rules": "seinfeld"}
SUBJECTS = {  # a recipe, and the fixture whose rules do the same here
    "vcrpy_filters:headers": "headers",
    "vcrpy_filters:headers_replaced": "headers",
    "vcrpy_filters:query": "query",
    "vcrpy_filters:post_data": "fields",
    "vcrpy_filters:nested_post_data": "fields",
    "vcrpy_filters:hooks": "value",
    "vcrpy_filters:sensitive_data": "value",
    "seinfeld_rules:aggressive": "headers",
    "seinfeld_rules:paranoid": "query",
    "seinfeld_rules:query": "query",
    "seinfeld_rules:fields": "fields",
    "seinfeld_rules:anchored_fields": "fields",
    "seinfeld_rules:text": "value",
}
LONGEST = 160
RAISED = "the target raised"
NOT_TRIED = "-"
INTRO = """\
# What leaks

What two libraries of cassettes store of a secret although they are configured to keep it out, as found by
`conformance fuzz`. It was told how each is configured and where its options say that they look; the places, the
encodings and the examples are its own. This page is what `python -m examples.leaks.page` renders of a run with seed
{seed}, and a test holds it to that, both ways: where it says *leaks* the run has found it, where it says *holds* every
encoding was tried and nothing was read back.

- **vcrpy 9.4.2** runs its own code: what is sent and answered goes through a `Cassette`, its filters, hooks and YAML.
- **seinfeld** is TypeScript; its documented rules, as described on 21 November 2026, are written down in Python
  ([seinfeld_rules.py](../../examples/leaks/seinfeld_rules.py)). What the description leaves open is not tried.

Both do what their options say. What leaks is what lies between the option and what its name lets one expect. Each
finding again, from the root of the repository (exit code 1):

```console
$ conformance fuzz examples.leaks.vcrpy_filters:query --law leaks-nothing --seed {seed} --plants 1
```

Secrets are planted in the [places and encodings](../reference/laws.md) of the laws. Where an option goes by a name, the
secret stands under that name, and what varies is how the name is written and what it stands in; in an option that
replaces a known value, it may stand anywhere that the option handles. *Stored* is what is then in the cassette, with a
caret below the secret. Each example is the smallest that there is: one secret of eight characters, or of twelve where
it takes specials.
"""


@dataclass(frozen=True)
class Leak:
    """The smallest example of one leak, and the recipes that have it.

    Attributes:
        tool: The module of the recipes.
        topic: What leaks: a named place, or a sort of place with the family of an encoding.
        recipes: Their names.
        fixture: The fixture whose rules do the same here.
        broken: The counter-example of the first recipe.
    """

    tool: str
    topic: str
    recipes: tuple[str, ...]
    fixture: str
    broken: Broken


def target_of(subject: str) -> ScrubberTarget:
    """Return a recipe as a target, by its name here."""
    target = named_target(f"examples.leaks.{subject}")
    assert isinstance(target, ScrubberTarget)
    return target


def cells() -> dict[str, dict[str, tuple[str, ...]]]:
    """Run the law; return for each recipe and place the families of encodings in which it leaks."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for subject in SUBJECTS:
        target = target_of(subject)
        (verdict,) = run_laws([target], seed=SEED, plants=1, only=[LAW]).verdicts
        pairs = {(place, ENCODINGS[encoding].family) for place, encoding in verdict.pairs}
        found[subject] = {
            place: tuple(family for family in FAMILIES if (place, family) in pairs) for place in target.places
        }
    return found


def leaks(found: dict[str, dict[str, tuple[str, ...]]]) -> list[Leak]:
    """Return the smallest example of each topic that leaks, in the order of the recipes."""
    topics: dict[tuple[str, str], tuple[str, tuple[str, str]]] = {}
    recipes: dict[tuple[str, str], list[str]] = {}
    for subject, places in found.items():
        tool, _, recipe = subject.partition(":")
        for place, families in places.items():
            for family in families:
                topic = _topic(place, families, family)
                encoding = next(name for name, one in ENCODINGS.items() if one.family == family)
                if topic is not None:
                    topics.setdefault((tool, topic), (subject, (place, encoding)))
                    named = recipes.setdefault((tool, topic), [])
                    named += [] if recipe in named else [recipe]
    found_leaks = []
    for (tool, topic), (subject, (place, family_first)) in topics.items():
        broken = _smallest(target_of(subject), place, family_first)
        found_leaks.append(Leak(tool, topic, tuple(recipes[tool, topic]), SUBJECTS[subject], broken))
    return found_leaks


def _smallest(target: ScrubberTarget, place: str, encoding: str) -> Broken:
    """Return the smallest example in an encoding, or in the next of its family: `percent` leaves plain words alone."""
    family = ENCODINGS[encoding].family
    for name, one in ENCODINGS.items():
        broken = counter_example(target, LAW, (place, name), seed=SEED) if one.family == family else None
        if broken is not None:
            return broken
    raise AssertionError(f"{target.name} leaks at {place} as {family}, and no smallest example was found")


def _topic(place: str, families: tuple[str, ...], family: str) -> str | None:
    """Return what leaks there, in the words of the page; None where a plainer encoding leaks already."""
    if place in NAMED_PLACES:
        return place if family == families[0] else None
    if family == "raw":
        return _sort(place)
    return None if "raw" in families else f"as {family}"


def _sort(place: str) -> str:
    if place.startswith("url"):
        return "in a URL"
    side, _, what = place.partition(" body, ")
    word = next((word for word in ("json", "xml", "form", "part") if what.startswith(word)), what)
    return f"in a {side} body, {word}"


def render() -> str:
    """Return the page."""
    found = cells()
    several = leaks(found)
    return "\n".join([INTRO.format(seed=SEED), *_tables(found, several), *_findings(several)])


def _tables(found: dict[str, dict[str, tuple[str, ...]]], several: list[Leak]) -> list[str]:
    raising = {(leak.tool, leak.topic) for leak in several if leak.broken.where == RAISED}
    lines = ["## Where it leaks", ""]
    for tool, title in TOOLS.items():
        subjects = [subject for subject in found if subject.startswith(tool)]
        named = [subject for subject in subjects if set(found[subject]) <= set(NAMED_PLACES)]
        lines += [f"### {title}: options that go by a name", "", "In every encoding alike.", ""]
        lines += _row("place", *(f"`{subject.partition(':')[2]}`" for subject in named)) + _rule(len(named) + 1)
        for place in NAMED_PLACES:
            word = "raises" if (tool, place) in raising else "**leaks**"
            cells_ = [_cell(found[subject], place, word) for subject in named]
            lines += _row(place, *cells_) if any(cell != NOT_TRIED for cell in cells_) else []
        lines += [""]
        for subject in subjects:
            if subject not in named:
                lines += [f"### {title}: a known value, `{subject.partition(':')[2]}`", ""]
                lines += _row("place", *FAMILIES) + _rule(len(FAMILIES) + 1)
                rows: dict[tuple[str, ...], list[str]] = {}
                for place, leaking in found[subject].items():
                    rows.setdefault(leaking, []).append(place)
                for leaking, places in rows.items():
                    marks = ("**leaks**" if family in leaking else "holds" for family in FAMILIES)
                    lines += _row("; ".join(places), *marks)
                lines += [""]
    return lines


def _cell(found: dict[str, tuple[str, ...]], place: str, word: str) -> str:
    if place not in found:
        return NOT_TRIED
    return word if found[place] else "holds"


def _row(*texts: str) -> list[str]:
    return [f"| {' | '.join(texts)} |"]


def _rule(columns: int) -> list[str]:
    return [f"|{'---|' * columns}"]


def _findings(found: list[Leak]) -> list[str]:
    lines = ["## The rules here that keep the same examples clean", ""]
    lines += ["In fixtures.toml, beside the preset `generic`, which always holds.", ""]
    for fixture in dict.fromkeys(SUBJECTS.values()):
        lines += [f"### {fixture}", "", "```toml", f"[backend.{fixture}]", *_rules(fixture), "```", ""]
    lines += ["## Each of them, with its smallest example", ""]
    for tool, several in groupby(found, key=lambda leak: leak.tool):
        title = TOOLS[tool]
        lines += [f"### {title}: how it is configured", ""]
        module = __import__(f"examples.leaks.{tool}", fromlist=["Recipe"])
        for subject in SUBJECTS:
            if subject.startswith(tool):
                recipe = subject.partition(":")[2]
                language = "python" if tool == "vcrpy_filters" else "ts"
                lines += [f"`{recipe}`", "", f"```{language}", getattr(module, recipe).configured, "```", ""]
        for leak in several:
            lines += _finding(title, leak)
    return lines


def _finding(title: str, leak: Leak) -> list[str]:
    broken = leak.broken
    (sent,) = broken.example.interactions()
    caret, _, rest = broken.shown.partition("\n\n")
    stored = rest.partition("\n\n")[2]
    what = caret if broken.where == RAISED else f"stored: {broken.where}\n\n{stored}\n\n{caret}"
    return [
        f"### {title}: {leak.topic}",
        "",
        f"With {', '.join(f'`{name}`' for name in leak.recipes)}. {REASONS[leak.tool][leak.topic]}",
        "",
        *_block(f"sent and answered, the secret is {broken.example.secret.text}\n\n{interaction_text(sent)}"),
        *_block(what),
        f"Kept out here by the rules [`{leak.fixture}`](#{leak.fixture}).",
        "",
    ]


def _block(text: str) -> list[str]:
    lines = (line if len(line) <= LONGEST else f"{line[:40]}[…]{line[-60:]}" for line in text.splitlines())
    return ["```text", *(line.rstrip() for line in lines), "```", ""]


def _rules(fixture: str) -> list[str]:
    """Return what fixtures.toml declares for a fixture."""
    text = REGISTRY.read_text(encoding="utf-8")
    assert fixture in tomllib.loads(text)["backend"]
    return text.partition(f"[backend.{fixture}]\n")[2].partition("\n\n")[0].strip().splitlines()


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(render(), encoding="utf-8")
    print(PAGE)  # noqa: T201  (a script)
