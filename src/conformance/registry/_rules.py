"""Reads scrub rules: one place each, patterns that compile and find something, and options that belong to the place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

from conformance.registry._schema import RuleTable
from conformance.registry._specs import Place, RuleSpec, WhenSpec
from conformance.toml import Wrong, toml_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.toml import Key

PLACES: tuple[Place, ...] = get_args(Place)
FIELDS = {place: "json_" if place == "json" else place for place in PLACES}
JSON_PATH = re.compile(r"\$(?:\.\.?(?:[A-Za-z_][\w-]*|\*)|(?:\.\.)?\[(?:\d+|\*|'[^']*'|\"[^\"]*\")\])+")
XML_PATH = re.compile(r"(?://?(?:[\w.-]+|\*))+(?:/@[\w.-]+)?|//?@[\w.-]+")
ANYWHERE = re.compile(r"[^!-~]|[\"'\\<>&%#?]")  # what does not stand in every sort of text
AS_IT_IS = re.compile(r"[^ -~]|[\"'\\<>&]")
ESCAPED = re.compile(r"[^ -~]")
WITH_PATTERN: tuple[Place, ...] = ("url", "body")
IN_BODIES: tuple[Place, ...] = ("body", "json", "xml", "form", "part")
OPTIONS: dict[str, tuple[Place, ...]] = {
    "stand_in": ("value", "header", "query", "url", *IN_BODIES, "presigned"),
    "drop": ("header", "query", "form"),
    "numbered": ("header", "query", "url", *IN_BODIES),
    "on": ("header", *IN_BODIES, "function"),
    "example": WITH_PATTERN,
    "when": ("header", "query", "url", *IN_BODIES, "function", "interaction"),
}
APART = (("stand_in", "drop"), ("stand_in", "numbered"), ("numbered", "drop"))


def rule_of(table: RuleTable) -> RuleSpec:
    """Return the spec of a rule in which nothing is wrong."""
    (place,) = _places_of(table)
    given = getattr(table, FIELDS[place])
    when = table.when
    return RuleSpec(
        name=table.name,
        place=place,
        at=given.env if place == "value" else given.lower() if place == "header" else given,
        stand_in=table.stand_in or ("REDACTED" if place == "value" else None),
        sort=table.sort,
        expect=table.expect,
        on=table.on,
        is_dropped=table.drop,
        is_numbered=table.numbered,
        example=table.example or "",
        when=WhenSpec(
            (when.method or "").upper(),
            (when.host or "").lower(),
            when.path or "",
            frozenset(when.status or ()),
            (when.content_type or "").lower(),
        ),
    )


def rule_of_any(table: RuleTable) -> RuleSpec | None:
    """Return the spec of a rule; None of one that has something wrong."""
    return None if list(wrong_in(table, ())) else rule_of(table)


def wrong_in(table: RuleTable, key: Key) -> Iterator[Wrong]:
    """Yield what is wrong with a rule; one without its place is not looked at further."""
    given = _places_of(table)
    if not given:
        yield Wrong(key, "names no place.", f"Give one of {', '.join(PLACES)}.", "rule-place")
        return
    place, *others = given
    for other in others:
        cure = f"Keep one of the two, or write two rules: a rule has one of {', '.join(PLACES)}."
        yield Wrong((*key, other), f"stands beside {place}.", cure, "rule-place")
    if others:
        return
    yield from _wrong_place(table, place, key)
    yield from _wrong_stand_in(table, place, key)
    yield from _wrong_options(table, place, key)
    yield from _wrong_condition(table, place, key)


def _places_of(table: RuleTable) -> list[Place]:
    return [place for place in PLACES if getattr(table, FIELDS[place]) is not None]


def _wrong_place(table: RuleTable, place: Place, key: Key) -> Iterator[Wrong]:
    text = getattr(table, FIELDS[place])
    if place in WITH_PATTERN:
        yield from _wrong_pattern(table, place, text, key)
    elif place == "json" and not JSON_PATH.fullmatch(text):
        near = next((path for path in (f"${text}", f"$.{text}") if JSON_PATH.fullmatch(path)), None)
        cure = f"Did you mean {toml_of(near)}?" if near else "Write $.a.b, $.a[0], $.a[*].b, $['a b'] or $..name."
        yield Wrong((*key, "json"), f"= {toml_of(text)} is no path.", cure, "bad-path")
    elif place == "xml" and not XML_PATH.fullmatch(text):
        near = f"//{text}" if XML_PATH.fullmatch(f"//{text}") else None
        cure = f"Did you mean {toml_of(near)}?" if near else "Write /a/b, //b, //a/*/b or //a/@b."
        yield Wrong((*key, "xml"), f"= {toml_of(text)} is no path.", cure, "bad-path")


def _wrong_pattern(table: RuleTable, place: Place, text: str, key: Key) -> Iterator[Wrong]:
    """Yield what is wrong with a pattern; one of bodies is tried on bytes, which know no letters beyond ASCII."""
    example = table.example or ""
    try:
        if place == "body":
            is_empty, found = _finds(re.compile(text.encode()), b"", example.encode())
        else:
            is_empty, found = _finds(re.compile(text), "", example)
    except (re.error, OverflowError, RecursionError, FutureWarning) as error:
        cure = "Write a regular expression of Python's re, in single quotes so that TOML leaves backslashes alone."
        yield Wrong((*key, place), f"= {toml_of(text)} is no regular expression: {error}.", cure, "bad-pattern")
        return
    if is_empty:
        cure = "Write one that needs at least a character."
        yield Wrong((*key, place), f"= {toml_of(text)} finds the empty text, everywhere.", cure, "bad-pattern")
    elif table.example is None:
        cure = 'Add example = "...", a text in which the pattern finds something: it is the rule\'s own test.'
        yield Wrong(key, "has no example.", cure, "missing-example")
    elif not found:
        what = f"= {toml_of(example)} holds nothing that {place} = {toml_of(text)} finds."
        cure = "Mend the pattern or the example; of a pattern with groups, the first is what is found."
        yield Wrong((*key, "example"), what, cure, "bad-example")


def _finds(pattern: re.Pattern[str] | re.Pattern[bytes], empty: str | bytes, example: str | bytes) -> tuple[bool, bool]:
    """Return whether a pattern finds the empty text, and whether what it replaces in an example is any text."""
    found = pattern.search(example)  # type: ignore[arg-type]  # both are text, or both are bytes
    return bool(pattern.search(empty)), bool(found and found[1 if pattern.groups else 0])  # type: ignore[arg-type]


def _wrong_stand_in(table: RuleTable, place: Place, key: Key) -> Iterator[Wrong]:
    """Yield what is wrong with a stand-in; that of a redactor also goes wherever else its secret stands."""
    if table.sort == "redactor" or place in {"value", "presigned"}:
        pattern = ANYWHERE
        cure = "Write ASCII without white space and \" ' \\ < > & % # ?: it is put into addresses, JSON and XML alike."
    elif place in {"body", "part"}:
        pattern, cure = AS_IT_IS, "Write ASCII without \" ' \\ < > &: it is put into the body as it is."
    else:
        pattern, cure = ESCAPED, "Write ASCII on one line."
    unsafe = pattern.search(table.stand_in or "")
    if unsafe:
        what = f"= {toml_of(table.stand_in)} holds {toml_of(unsafe[0])}, which does not stand safely there."
        yield Wrong((*key, "stand_in"), what, cure, "bad-stand-in")


def _wrong_options(table: RuleTable, place: Place, key: Key) -> Iterator[Wrong]:
    given = [option for option in OPTIONS if getattr(table, option) != RuleTable.model_fields[option].get_default()]
    belonging = [option for option in given if place in OPTIONS[option]]
    for option in given:
        if option not in belonging:
            cure = f"Drop {option}: it goes with {', '.join(OPTIONS[option])}."
            yield Wrong((*key, option), f"does not go with {place}.", cure, "rule-option")
    for one, other in APART:
        if one in belonging and other in belonging:
            yield Wrong((*key, one), f"does not go with {other}.", f"Drop {one} or {other}.", "rule-option")


def _wrong_condition(table: RuleTable, place: Place, key: Key) -> Iterator[Wrong]:
    if place == "interaction":
        if not table.when.model_fields_set:
            cure = 'Add when = { path = "..." }, or method, host, status or content_type.'
            yield Wrong(key, "does not say which interactions.", cure, "missing-key")
    elif table.when.status is not None and place in OPTIONS["when"] and table.on != "response":
        is_of_answers = place in OPTIONS["on"]
        cure = 'Add on = "response"' if is_of_answers else "Drop status"
        cure += ": a replay looks for the answer to a request, and knows of no status before."
        yield Wrong((*key, "when", "status"), "does not go with requests.", cure, "rule-option")
