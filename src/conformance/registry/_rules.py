"""Reads scrub rules: one place each, patterns that compile and find something, and options that belong to the place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

from conformance.registry._faults import Wrong
from conformance.registry._specs import Place, RuleSpec, WhenSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.registry._positions import Key
    from conformance.registry._schema import RuleTable

PLACES: tuple[Place, ...] = get_args(Place)
FIELDS = {place: "json_" if place == "json" else place for place in PLACES}
JSON_PATH = re.compile(r"\$(?:\.\.?(?:[A-Za-z_][\w-]*|\*)|(?:\.\.)?\[(?:\d+|\*|'[^']*'|\"[^\"]*\")\])+")
XML_PATH = re.compile(r"(?://?(?:[\w.-]+|\*))+(?:/@[\w.-]+)?|//?@[\w.-]+")
ANYWHERE = re.compile(r"[^\s\"'\\<>&%\x00-\x1f\x7f]*")
IN_TEXT = re.compile(r"[^\"'\\<>&\x00-\x1f\x7f]*")
ESCAPED = re.compile(r"[^\x00-\x1f\x7f]*")
STAND_INS = dict.fromkeys(PLACES, ESCAPED) | {"value": ANYWHERE, "presigned": ANYWHERE, "body": IN_TEXT}
UNSAFE = dict.fromkeys(PLACES, "control characters") | {
    "value": "white space, quotes, \\, <, >, & and %: it is put into addresses, JSON and XML alike",
    "presigned": "white space, quotes, \\, <, >, & and %: it is put into addresses, JSON and XML alike",
    "body": "quotes, \\, <, > and &: it is put into any text as it is",
}
DROPPED = {"header", "query", "form"}
UNREPLACED = {"function", "interaction"}
NUMBERED = {"header", "query", "url", "body", "json", "xml", "form", "part"}


def rule_of(table: RuleTable) -> RuleSpec:
    """Return the spec of a rule in which nothing is wrong."""
    place = next(place for place in PLACES if getattr(table, FIELDS[place]) is not None)
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


def wrong_in(table: RuleTable, key: Key) -> Iterator[Wrong]:
    """Yield what is wrong with a rule; one without its place is not looked at further."""
    given = [place for place in PLACES if getattr(table, FIELDS[place]) is not None]
    if len(given) != 1:
        what = f"has {' and '.join(given)}." if given else "says of no place what it is about."
        cure = f"Give exactly one of {', '.join(PLACES)}."
        yield Wrong(
            (*key, given[1]) if given else key, what if not given else f"stands beside {given[0]}.", cure, "rule-place"
        )
        return
    place = given[0]
    yield from _wrong_place(table, place, key)
    if table.stand_in is not None and not STAND_INS[place].fullmatch(table.stand_in):
        what = f"= {table.stand_in!r} does not stand safely there."
        yield Wrong((*key, "stand_in"), what, f"Leave out {UNSAFE[place]}.", "bad-stand-in")
    yield from _wrong_options(table, place, key)


def _wrong_place(table: RuleTable, place: Place, key: Key) -> Iterator[Wrong]:
    text = getattr(table, FIELDS[place])
    if place in {"url", "body"}:
        yield from _wrong_pattern(table, place, text, key)
    elif place == "json" and not JSON_PATH.fullmatch(text):
        cure = "Write $.a.b, $.a[0], $.a[*].b, $['a b'] or $..name."
        yield Wrong((*key, "json"), f"= {text!r} is no path.", cure, "bad-path")
    elif place == "xml" and not XML_PATH.fullmatch(text):
        yield Wrong((*key, "xml"), f"= {text!r} is no path.", "Write /a/b, //b or //a/@b.", "bad-path")


def _wrong_pattern(table: RuleTable, place: Place, text: str, key: Key) -> Iterator[Wrong]:
    try:
        pattern = re.compile(text)
    except re.error as error:
        cure = "Write a regular expression of Python's re, in single quotes so that TOML leaves backslashes alone."
        yield Wrong((*key, place), f"= {text!r} is no regular expression: {error}.", cure, "bad-pattern")
        return
    if pattern.match(""):
        cure = "Write one that needs at least a character."
        yield Wrong((*key, place), f"= {text!r} finds nothing, everywhere.", cure, "bad-pattern")
    elif table.example is None:
        cure = 'Add example = "...", a text in which the pattern finds something: it is the rule\'s own test.'
        yield Wrong(key, "has no example.", cure, "missing-example")
    elif not pattern.search(table.example):
        what = f"= {table.example!r} holds nothing that {place} = {text!r} finds."
        yield Wrong((*key, "example"), what, "Mend the pattern or the example.", "bad-example")


def _wrong_options(table: RuleTable, place: Place, key: Key) -> Iterator[Wrong]:
    wrong = {
        "drop": table.drop and place not in DROPPED,
        "numbered": table.numbered and place not in NUMBERED,
        "stand_in": table.stand_in is not None
        and (table.drop or table.numbered or place in {"function", "interaction"}),
        "example": table.example is not None and place not in {"url", "body"},
        "on": table.on != "both" and place in {"value", "query", "url", "interaction"},
    }
    for option in [option for option, is_wrong in wrong.items() if is_wrong]:
        beside = (
            "drop"
            if option == "stand_in" and table.drop
            else "numbered"
            if option == "stand_in" and table.numbered
            else place
        )
        yield Wrong((*key, option), f"does not go with {beside}.", f"Drop {option}.", "rule-option")
    if place == "interaction" and not table.when.model_fields_set:
        cure = 'Add when = { path = "..." }, or method, host, status or content_type.'
        yield Wrong(key, "does not say which interactions.", cure, "missing-key")
    if place == "value" and table.when.model_fields_set:
        yield Wrong(
            (*key, "when"), "does not go with value.", "Drop when: a live value is never stored.", "rule-option"
        )


def rule_of_any(table: RuleTable) -> RuleSpec | None:
    """Return the spec of a rule; None of one that has something wrong."""
    return None if list(wrong_in(table, ())) else rule_of(table)
