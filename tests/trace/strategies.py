"""Traces of any sort, drawn."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from conformance.trace import Bug, Chosen, Digest, Mutant, Observed, Outcome, Program, Ref, Step, Trace, pattern

NAMES = st.text("abcdefghijklmnop_", min_size=1, max_size=6)
FORM_NAMES = st.sampled_from(
    ["step", "field", "bytes", "hex", "pattern", "sha256", "size", "escaped", "pairs", "none", "ok", "error", "a.b", ""]
)
TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=6),
    st.text(st.characters(), max_size=3),
    st.text("$1\\u'\"\t\x00\x7f\x85\ud800\udc00 ", max_size=6),
)
BYTES = st.one_of(
    st.binary(max_size=5),
    st.sampled_from(["hi", "é\n", "\x00", "\u202e", ""]).map(str.encode),
    st.integers(0, 600).map(pattern),
    st.integers(0, 2000).map(lambda size: pattern(size)[1:]),
)
PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    TEXTS,
    BYTES,
    st.binary(min_size=2000).map(bytes),
)
CHOSEN = st.integers(1, 20).map(lambda number: Chosen(f"${number}"))
DIGESTS = st.builds(Digest, st.text("0123456789abcdef", min_size=64, max_size=64), st.integers(0, 10**9))


def nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FORM_NAMES | TEXTS, inner, max_size=3),
        max_leaves=5,
    )


def fields(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(NAMES | FORM_NAMES, nested(leaves), max_size=3)


CODES = st.none() | st.integers(100, 599)
OUTCOMES = st.builds(Outcome, fields(PLAIN | CHOSEN | DIGESTS), status=CODES) | st.builds(
    Outcome, error=NAMES, status=CODES, code=st.text(st.characters(codec="utf-8"), max_size=5)
)
LINES = st.text(st.characters(codec="utf-8"), max_size=120)
EDITS = st.builds(
    lambda at, status, body: {"at": at, "status": status, "body": body},
    st.integers(1, 9),
    CODES.filter(bool),
    st.fixed_dictionaries({"find": TEXTS, "put": TEXTS}),
)
MUTANTS = st.builds(Mutant, driver=NAMES) | st.builds(Mutant, edit=EDITS)
BUGS = st.builds(Bug, LINES, LINES, st.sampled_from(["open", "fixed"]), st.lists(MUTANTS, max_size=2).map(tuple))


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    """Draw a trace of one to four steps."""
    steps = []
    for at in range(draw(st.integers(1, 4))):
        refs = [st.builds(Ref, st.integers(1, at), NAMES)] if at else []
        steps.append(Step(draw(NAMES), draw(fields(st.one_of(PLAIN, *refs)))))
    observed = st.dictionaries(
        st.integers(1, len(steps)), st.builds(Observed, OUTCOMES, LINES, st.text("BUG-19", max_size=5)), max_size=2
    )
    return Trace(
        Program(draw(NAMES) + f"@{draw(st.integers(1, 12))}", tuple(steps)),
        tuple(draw(OUTCOMES) for _ in steps),
        tuple(draw(st.lists(LINES, max_size=3))),
        draw(st.dictionaries(LINES, observed, max_size=2)),
        draw(st.none() | BUGS),
        families=tuple(draw(st.lists(LINES, max_size=2))),
    )
