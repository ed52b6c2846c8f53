"""Finds secrets in the bytes of any file, by their names and their forms, and passes over what stands for one."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from conformance.cassette.presets import ENTRIES, PUBLISHED
from conformance.cassette.scrubbing._escapes import views
from conformance.cassette.scrubbing._finders import Search
from conformance.cassette.scrubbing._learned import is_worth_looking_for
from conformance.cassette.scrubbing._named import NamedSecret
from conformance.cassette.scrubbing._shaped import ShapedSecret
from conformance.cassette.scrubbing._stand_ins import stand_in_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from conformance.cassette.scrubbing._finders import Finder

GUESSING = {"paranoid"}  # presets that find what is no secret
BEFORE_A_VALUE = (b'"', b"'", b">")
MARKUP = re.compile(r"[|>&*!{}\[\]$(#@`-].*|true|false|null|none|~|[0-9.]{1,4}", re.IGNORECASE | re.DOTALL)
SETTINGS = re.compile(rb"\s*[A-Za-z][\w ]*=[^;]*(?:;\s*[A-Za-z][\w ]*=[^;]*)+;?\s*")
WHITE = re.compile(r"\s")
SCHEME = re.compile(r"[A-Za-z][\w-]*(?:=| +(?:[^\s:]+:)?)")


def find_shapes(data: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield what is a secret by its name or its form in the bytes of a file: text, YAML, TOML, JSON, a body.

    The rules are those of all presets but ``paranoid``. A name that may mean anything (``code``, ``state``, ``token``)
    counts only before what is long and odd enough to be a secret; what stands for a secret is none, nor is an example
    that a service published.

    Yields:
        The name of the rule, and where the value begins and ends, in order.
    """
    for finder, span in _search().spans(data, _search().hits(data.lower()))[0]:
        value = data[span.start : span.end]
        if SETTINGS.fullmatch(value):  # each counts by itself
            for rule, start, end in find_shapes(value):
                yield rule, span.start + start, span.start + end
        elif _is_secret(finder, value, is_quoted=data[max(0, span.start - 1) : span.start] in BEFORE_A_VALUE):
            yield finder.name, span.start, span.end


def is_stand_in(text: str, declared: Collection[str] = ()) -> bool:
    """Return whether a text stands for a secret, alone or behind its scheme or its name; escaped or not.

    Args:
        text: The text.
        declared: Stand-ins of rules that are not of a preset.
    """
    decoded = [view.text.decode("utf-8", "replace") for view in views(text.encode(), 0, len(text.encode()))]
    texts = {each for one in decoded for each in (one, SCHEME.sub("", one, count=1))}
    return any(each == stand_in_of(each) or each in _known() or each in declared for each in texts)


def _is_secret(finder: Finder, value: bytes, *, is_quoted: bool) -> bool:
    text = list(views(value, 0, len(value)))[-1].text.decode("utf-8", "replace")
    if is_stand_in(text):
        return False
    if not isinstance(finder, NamedSecret):
        return True
    if not is_quoted and MARKUP.fullmatch(text):
        return False
    return finder.is_suffix or (is_worth_looking_for(text) and not text.isalpha() and not WHITE.search(text))


@lru_cache(1)
def _finders() -> tuple[NamedSecret | ShapedSecret, ...]:
    rules = {
        entry.rule.name: entry.rule for name, entries in ENTRIES.items() if name not in GUESSING for entry in entries
    }
    return tuple(
        rule for rule in rules.values() if isinstance(rule, (NamedSecret, ShapedSecret)) and rule.sort == "redactor"
    )


@lru_cache(1)
def _search() -> Search:
    return Search(_finders())


@lru_cache(1)
def _known() -> frozenset[str]:
    """Return what stands for secrets in presets and in what services publish."""
    return frozenset([*PUBLISHED, *(rule.stand_in for rule in _finders() if rule.stand_in)])
