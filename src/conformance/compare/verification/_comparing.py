"""Two answers to one request, held against each other by meaning."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.cassette import Difference, compare, sort_of
from conformance.compare.verification._leaves import content_type, entries_of, keyed_leaves, name_of, plain_value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from conformance.cassette import Folding, Response
    from conformance.compare.verification._dialect import Dialect
    from conformance.compare.verification._leaves import Leaf

STATUS, CODE = "status", "code"
ABSENT = "(absent)"
SHOWN = 200
# What recorders put in the place of what they take out: gocloud, test-proxy, azure-core, and this project.
STAND_INS = frozenset({"cleared", "redacted", "sanitized", "fake_token", "fakevalue"})


def compare_answers(
    recorded: Response, live: Response, dialect: Dialect, folding: Folding, *, method: str
) -> list[Difference]:
    """Return the parts in which a live answer differs: ``status``, ``code``, then headers by name, then the body.

    Args:
        recorded: The one that is there.
        live: The other; its values are ``sent`` in the differences.
        dialect: Says what of them means nothing, and where the code of an error stands.
        folding: That of all answers to one recording: an id that the server chose stands for one other throughout.
        method: Of the request; an answer to HEAD tells the size of a body that it does not have.
    """
    was, now = (_significant(each, dialect, method=method) for each in (recorded, live))
    codes = dialect.error_code(recorded), dialect.error_code(live)
    differences = [Difference(CODE, *(code or ABSENT for code in codes))] if codes[0] != codes[1] else []
    leaves = keyed_leaves(was, dialect.list_keys), keyed_leaves(now, dialect.list_keys)
    is_by_leaf = leaves[0] is not None and leaves[1] is not None
    is_by_leaf = is_by_leaf and sort_of(content_type(was)) == sort_of(content_type(now))
    if is_by_leaf:
        was, now = (replace(each, unrecorded=each.unrecorded | {"body"}) for each in (was, now))
    found = [
        each
        for each in compare(was, now, folding=folding)
        if not _is_chosen(each, dialect.volatile_leaves) and not _is_taken_out(each) and not _says_code(each, codes)
    ]
    differences = (
        [*found[:1], *differences, *found[1:]] if found and found[0].part == STATUS else [*differences, *found]
    )
    if is_by_leaf and "body" not in recorded.unrecorded:
        in_body = list(_leaves(leaves[0] or [], leaves[1] or [], folding, dialect.volatile_leaves))
        in_body = in_body or list(_order(leaves[0] or [], leaves[1] or [], dialect.ordered_lists))
        differences += (each for each in in_body if not _says_code(each, codes))
    return differences


def _significant(response: Response, dialect: Dialect, *, method: str) -> Response:
    """Return an answer without headers that say nothing, or no more than that it has the body that it has, or none.

    The size of a body is that of what came: a recorder that took something out of it has not changed what was said.
    """
    plain = dialect.plain(response)
    is_measured = method.upper() == "HEAD" and response.status < 300  # noqa: PLR2004  (a failed one has no size to tell)
    return replace(
        plain,
        headers=tuple(
            (name, value)
            for name, value in plain.headers
            if name.lower() not in dialect.volatile_headers
            and (is_measured or name.lower() != "content-length")
            and not (name.lower() == "content-type" and not plain.body and method.upper() not in ("GET", "HEAD"))
        ),
    )


def _is_chosen(difference: Difference, names: Collection[str]) -> bool:
    """Return whether a header differs in a value that the server chose; not where one of the two lacks it."""
    name = difference.part.removeprefix("header ")
    return name != difference.part and name in names and ABSENT not in (difference.recorded, difference.sent)


def _is_taken_out(difference: Difference) -> bool:
    """Return whether a header was there when it was recorded, and its recorder kept no more of it."""
    return difference.part.startswith("header ") and is_stand_in(difference.recorded) and difference.sent != ABSENT


def is_stand_in(value: str) -> bool:
    """Return whether a recorder has put a value in the place of one that it took out."""
    return value.strip('"').casefold() in STAND_INS


def _says_code(difference: Difference, codes: tuple[str, str]) -> bool:
    told = tuple(value.strip('"') for value in (difference.recorded, difference.sent))
    return codes[0] != codes[1] and told == tuple(code or ABSENT for code in codes)


def _leaves(old: list[Leaf], new: list[Leaf], folding: Folding, chosen: Collection[str]) -> Iterator[Difference]:
    was, now = dict(old), dict(new)
    for path in dict.fromkeys([*was, *now]):
        pair = was.get(path), now.get(path)
        if pair[0] is None or pair[1] is None:
            yield Difference(f"body {path}", *(ABSENT if each is None else each[:SHOWN] for each in pair))
        elif is_stand_in(pair[0]):
            continue
        elif name_of(path) not in chosen and not folding.agrees(*map(plain_value, pair), name=_bare(path)):  # type: ignore[arg-type]
            yield Difference(f"body {path}", pair[0][:SHOWN], pair[1][:SHOWN])


def _order(old: list[Leaf], new: list[Leaf], ordered: Collection[str]) -> Iterator[Difference]:
    """Compare the order of the entries of the lists that have one."""
    was, now = (entries_of([path for path, _ in leaves], ordered) for leaves in (old, new))
    pair = next(((one, other) for one, other in zip(was, now, strict=True) if one != other), None)
    if pair is not None:
        yield Difference("body order", *(each[:SHOWN] for each in pair))


def _bare(path: str) -> str:
    """Return a path that ends in the name of its last element, which tells the sort of its value."""
    return f"{path.rpartition('/')[0]}/{name_of(path)}" if "/" in path else f"$.{name_of(path)}"
