"""Leaves of a body in which an entry of a list is told by its key, not by its position."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING

from conformance.cassette import decoded_body, leaves_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from conformance.cassette import Response

Leaf = tuple[str, str]
BEGINNINGS = {b"{": "application/json", b"<?xml": "application/xml", b"\xef\xbb\xbf<?xml": "application/xml"}
STEP = re.compile(r"([/.])([A-Za-z_][\w-]*)((?:\[\d+\])?)")
ENTRY = re.compile(r"([A-Za-z_][\w-]*)\{")


def keyed_leaves(response: Response, list_keys: Mapping[str, str]) -> list[Leaf] | None:
    """Return the leaves of an answer, values as JSON; None where its body is to be taken as bytes.

    ``/Blobs/Blob[2]/Name`` becomes ``/Blobs/Blob{name}/Name``; a key that comes again is numbered, ``{name}#2``.

    Args:
        response: Its body is decoded first.
        list_keys: By the name of what repeats, the child that is its key.
    """
    leaves = leaves_of(decoded_body(response.body, response.headers), content_type(response))
    if leaves is None:
        return None
    values, labels, seen = dict(leaves), dict[str, str](), Counter[tuple[str, str]]()
    return [(_relabelled(path, values, labels, seen, list_keys), value) for path, value in leaves]


def entries_of(paths: Iterable[str], names: Collection[str]) -> list[str]:
    """Return the entries of the lists of some names, each once, in the order in which keyed paths have them."""
    found = dict[str, None]()
    for path in paths:
        for entry in ENTRY.finditer(path):
            if entry[1] in names:
                end = re.search(r"\}(#\d+)?(?=[/.]|$)", path[entry.end() :])
                found[path[: entry.end() + (end.end() if end else 0)]] = None
    return list(found)


def name_of(path: str) -> str:
    """Return the name of the last element or member of a path."""
    return re.sub(r"(\[\d+\]|#\d+|\{[^{}]*\})+$", "", re.split(r"[/.](?![^{]*\})", path)[-1]).lstrip("@")


def content_type(response: Response) -> str:
    """Return the content type of an answer; where it declares none, that of the JSON or XML that its body begins as."""
    told = next((value for name, value in response.headers if name.lower() == "content-type"), "")
    return told or next((sort for sign, sort in BEGINNINGS.items() if response.body.startswith(sign)), "")


def plain_value(leaf: str) -> str:
    """Return the string that a leaf tells; a number or a word as it is."""
    return str(json.loads(leaf)) if leaf.startswith('"') else leaf


def _relabelled(
    path: str, values: dict[str, str], labels: dict[str, str], seen: Counter[tuple[str, str]], keys: Mapping[str, str]
) -> str:
    told, end = "", 0
    for step in STEP.finditer(path):
        sign, name, _ = step.groups()
        child = keys.get(name)
        key = values.get(f"{path[: step.end()]}{sign}{child}") if child else None
        told += path[end : step.start()]
        end = step.end()
        if key is None:
            told += step[0]
            continue
        prefix = path[: step.end()]
        if prefix not in labels:
            label = f"{sign}{name}{{{plain_value(key)}}}"
            seen[told, label] += 1
            labels[prefix] = label + (f"#{seen[told, label]}" if seen[told, label] > 1 else "")
        told += labels[prefix]
    return told + path[end:]
