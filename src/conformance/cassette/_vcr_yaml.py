"""The cassette format: VCR YAML version 1, with what VCR leaves out in keys that it ignores.

::

    conformance:                      # ignored by vcrpy; absent in its own cassettes
      format: 1                       # a higher number stops the run
      interactions: 2                 # how many follow
      sha256: 5f70…                   # of everything below this mapping, line ends as LF; drop it to accept a hand edit
      recorded: {fixture: box_live, day: '2026-01-31', clients: {httpx: 0.28.1}, rules: 3b1c…,
                 fired: {box.key: 2}}   # how often each rule fired, by name; absent in older cassettes: not known
    interactions:
    - request: {method: GET, uri: 'https://…', headers: {name: [value, …]}, body: null}
      response: {status: {code: 200, message: OK}, headers: {name: [value, …]}, body: {string: …}}
      chunks: [1024, 310]             # only of a response that came in several; vcr ignores this key and the next two
      unrecorded: {request: [body]}   # only what another tool left out: method, uri, headers, body; headers, body
      bodies:                         # only for large bodies, whose own place is empty then
        request: {pattern: !!binary …, length: 8388608, sha256: …}                        # a recipe
        response: {beside: test_copy.bodies/5f70…, length: 70000}                          # a file, named by its digest
    version: 1

Bodies keep their exact bytes: UTF-8 text as a string, anything else as ``!!binary``.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from conformance.cassette._as_recorded import read_as_recorded
from conformance.cassette._beside import LARGE_BYTES, Beside, BesideFault, ReadBeside, checked_body, nothing_beside
from conformance.cassette._interaction import Interaction, Request, Response, unrecorded_words, with_unrecorded
from conformance.cassette._plain_yaml import PlainLoader, PythonObject
from conformance.cassette._recipes import Recipe, recipe_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.cassette._interaction import Headers

Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

FORMAT = 1
PARTS = ("conformance", "interactions", "version")
RECORDED = ("fixture", "day", "clients", "rules")
DEEPEST = 100
CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?: .*)?$", re.MULTILINE)  # nothing else stands so far left
WIDE = 2**31 - 1
NOT_WHOLE = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError)


class FormatFault(ValueError):
    """The text is no cassette that this version can read.

    Attributes:
        line: Where, from 1, if it is known.
        slug: The key of the message.
        cure: How to mend it.
    """

    def __init__(self, what: str, *, line: int | None = None, slug: str = "bad-cassette", cure: str = "") -> None:
        """Say what is wrong."""
        super().__init__(what)
        self.line = line
        self.slug = slug
        self.cure = cure or "Restore the file from version control, or remove it and record it again."


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a recording comes from.

    Attributes:
        fixture: The name of the fixture that was recorded.
        day: ISO 8601, UTC; no time of day, so that recording twice a day changes nothing.
        clients: Version by distribution name.
        rules: The digest of the scrub rules.
        fired: How often each rule fired while it was recorded, by name, only of those that did; None where an older
            version recorded it, and it is not known.
    """

    fixture: str
    day: str
    clients: dict[str, str] = field(default_factory=dict)
    rules: str = ""
    fired: dict[str, int] | None = None

    def fired_also(self, fired: Mapping[str, int]) -> dict[str, int] | None:
        """Return how often each rule fired here and there together; None where it is not known how often here."""
        return None if self.fired is None else dict(+(Counter(self.fired) + Counter(fired)))


def render_cassette(
    interactions: tuple[Interaction, ...], provenance: Provenance | None, *, beside: Beside | None = None
) -> str:
    """Return the text of a cassette file; large bodies are put ``beside`` it, where there is such a place."""
    body = _dump({"interactions": [_to_yaml(item, beside) for item in interactions], "version": 1})
    head: dict[str, Any] = {
        "format": FORMAT,
        "interactions": len(interactions),
        "sha256": hashlib.sha256(body.encode()).hexdigest(),
    }
    if provenance is not None:
        fired = {} if provenance.fired is None else {"fired": dict(sorted(provenance.fired.items()))}
        head["recorded"] = {name: getattr(provenance, name) for name in RECORDED} | fired
    return _dump({"conformance": head}) + body


def parse_cassette(
    text: str, *, read: ReadBeside = nothing_beside
) -> tuple[tuple[Interaction, ...], Provenance | None]:
    """Return the interactions of a cassette file and where they come from.

    Args:
        text: The file.
        read: Returns the body that is kept beside it under a name.

    Raises:
        FormatFault: The text is damaged, newer, edited, or no cassette at all.
    """
    text = text.replace("\r\n", "\n")
    whole = _parse_as_recorded(text, read)
    return whole if whole is not None else _parse_yaml(text, read)


def _parse_as_recorded(
    text: str, read: ReadBeside = nothing_beside
) -> tuple[tuple[Interaction, ...], Provenance | None] | None:
    """Return what a cassette holds that is as it was recorded; None for any other, which YAML may make sense of."""
    head, found, _ = text.partition("\ninteractions:")
    items = read_as_recorded(text[len(head) + 1 :]) if found and _is_as_recorded(text) else None
    if items is None:
        return None
    data = _load(head)
    if not isinstance(data, dict) or list(data) != ["conformance"]:
        return None
    try:
        provenance = _check_head(text, {**data, "interactions": items})
        whole = tuple(_from_yaml(_load(item), read) if isinstance(item, str) else item for item in items)
    except (FormatFault, *NOT_WHOLE):
        return None
    return whole, provenance


def _parse_yaml(text: str, read: ReadBeside = nothing_beside) -> tuple[tuple[Interaction, ...], Provenance | None]:
    data = _load(text)
    if not isinstance(data, dict) or not isinstance(data.get("interactions"), list):
        what = "is no cassette: it has no list of interactions."
        raise FormatFault(what, line=1)
    if data.get("version") != 1:
        what = f"has version {data.get('version')!r}; this is known of no cassette but version 1."
        line = _line_starting(text, "version:") if "version" in data else _last_line(text)
        raise FormatFault(what, line=line, slug="unknown-version")
    for key in data:
        if key not in PARTS:
            what = f"has a key {key!r}, which is no part of a cassette."
            raise FormatFault(what, line=_line_starting(text, str(key)))
    provenance = _check_head(text, data)
    try:
        interactions = tuple(_from_yaml(item, read) for item in data["interactions"])
    except BesideFault as error:
        raise FormatFault(f"is not whole: {error}.", line=_line_with(text, error.named)) from error
    except NOT_WHOLE as error:
        what = f"has an interaction that is not whole: {type(error).__name__}: {error}."
        raise FormatFault(what, line=_line_starting(text, "interactions:")) from error
    return interactions, provenance


def lines_of_interactions(text: str) -> list[int]:
    """Return the line (from 1) on which each interaction starts."""
    node = yaml.compose(text, Loader=PlainLoader)
    pairs = {key.value: value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}
    return [item.start_mark.line + 1 for item in pairs["interactions"].value] if "interactions" in pairs else []


def _check_head(text: str, data: dict[str, Any]) -> Provenance | None:
    if "conformance" not in data:
        return None
    head = data["conformance"]
    if not isinstance(head, dict):
        what = "has a conformance key that is no mapping."
        raise FormatFault(what, line=_line_starting(text, "conformance:"))
    if head.get("format") != FORMAT:
        what = f"has format {head.get('format')!r}; this version of conformance reads format {FORMAT}."
        raise FormatFault(
            what, line=_line_starting(text, "  format:"), slug="newer-cassette", cure="Update conformance."
        )
    if head.get("interactions") != len(data["interactions"]):
        what = f"should have {head.get('interactions')} interactions and has {len(data['interactions'])}."
        raise FormatFault(what, line=_line_starting(text, "interactions:"), slug="truncated-cassette")
    body = text[text.find("\ninteractions:") + 1 :]
    if "sha256" in head and head["sha256"] != hashlib.sha256(body.encode()).hexdigest():
        what = "was changed since it was recorded: its sha256 does not agree."
        cure = "Restore it, or remove it and record it again; to accept a change made by hand, delete this line."
        raise FormatFault(what, line=_line_starting(text, "  sha256:"), slug="edited-cassette", cure=cure)
    recorded = head.get("recorded")
    if recorded is None:
        return None
    if not _is_provenance(recorded):
        what = "does not say where it was recorded: expected fixture, day, clients and rules."
        raise FormatFault(what, line=_line_starting(text, "  recorded:"))
    return Provenance(**recorded)


def _is_provenance(recorded: Any) -> bool:
    if not isinstance(recorded, dict) or set(recorded) - {"fired"} != set(RECORDED):
        return False
    clients, fired = recorded["clients"], recorded.get("fired", {})
    if not isinstance(fired, dict) or not all(type(count) is int and count > 0 for count in fired.values()):
        return False
    words = [recorded["fixture"], recorded["day"], recorded["rules"]]
    words += [*clients, *clients.values()] if isinstance(clients, dict) else [clients, None]
    return all(isinstance(word, str) for word in [*words, *fired])


def _line_starting(text: str, start: str) -> int:
    """Return the first line that begins so; the first of all where the key is written in another way."""
    return next((at for at, line in enumerate(text.split("\n"), start=1) if line.startswith(start)), 1)


def _line_with(text: str, word: str) -> int:
    return text.count("\n", 0, max(0, text.find(word))) + 1


def _last_line(text: str) -> int:
    return max(1, text.count("\n") + (not text.endswith("\n")))


def _dump(value: dict[str, Any]) -> str:
    return str(
        yaml.dump(value, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=WIDE, default_flow_style=False)
    )


def _load(text: str) -> Any:
    is_as_recorded = _is_as_recorded(text)
    if not is_as_recorded:
        _refuse_conflict(text)
    try:
        if not is_as_recorded:
            _refuse_depth(text)
        return yaml.load(text, Loader=PlainLoader)  # noqa: S506  (a safe loader, in C where there is one)
    except PythonObject as error:
        cure = "Mend it by hand: what the object stands for can be written as text."
        raise FormatFault(f"{error.problem}.", line=_line_of(error, text), slug="python-object", cure=cure) from error
    except (yaml.YAMLError, ValueError) as error:
        what = f"is not YAML: {getattr(error, 'problem', None) or getattr(error, 'reason', None) or error}."
        raise FormatFault(what, line=_line_of(error, text)) from error


def _line_of(error: Exception, text: str) -> int:
    """Return where YAML found an error: at the end it looks for more on a line that is not there."""
    mark, position = getattr(error, "problem_mark", None), getattr(error, "position", None)
    if mark is not None:
        return min(int(mark.line) + 1, _last_line(text))
    return text.encode()[:position].count(b"\n") + 1 if isinstance(position, int) else 1


def _is_as_recorded(text: str) -> bool:
    """Return whether the text has the checksum that it names itself."""
    head, found, _ = text.partition("\ninteractions:")
    named = [line.removeprefix("  sha256: ") for line in head.split("\n") if line.startswith("  sha256: ")]
    return bool(found) and named == [hashlib.sha256(text[len(head) + 1 :].encode()).hexdigest()]


def _refuse_conflict(text: str) -> None:
    """Stop at a merge conflict: within a body that goes over several lines, YAML takes its markers for content."""
    marker = CONFLICT.search(text)
    if marker is not None:
        what = f"holds a merge conflict: {marker[0]}"
        cure = "Take the whole file of one side, or remove it and record it again."
        raise FormatFault(what, line=text.count("\n", 0, marker.start()) + 1, slug="merge-conflict", cure=cure)


def _refuse_depth(text: str) -> None:
    """Stop before the parser in C, which has no bound to its recursion, is given what no cassette has."""
    depth = 0
    for event in yaml.parse(text, Loader=PlainLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            mark: Any = event.start_mark
            raise yaml.MarkedYAMLError(problem="it is nested too deep", problem_mark=mark)


def _to_yaml(item: Interaction, beside: Beside | None) -> dict[str, Any]:
    request, response = item.request, item.response
    sides = {"request": request.body, "response": response.body}
    bodies = {side: told for side, body in sides.items() if (told := _told_elsewhere(body, beside))}
    value: dict[str, Any] = {
        "request": {
            "method": request.method,
            "uri": request.uri,
            "headers": _grouped(request.headers),
            "body": None if "request" in bodies or not request.body else _text_or_bytes(request.body),
        },
        "response": {
            "status": {"code": response.status, "message": response.reason},
            "headers": _grouped(response.headers),
            "body": {} if "response" in bodies else {"string": _text_or_bytes(response.body)},
        },
    }
    if response.chunks:
        value["chunks"] = list(response.chunks)
    if unrecorded := unrecorded_words(item):
        value["unrecorded"] = unrecorded
    return value | {"bodies": bodies} if bodies else value


def _told_elsewhere(body: bytes, beside: Beside | None) -> dict[str, Any] | None:
    """Return what stands for a large body; None for one that stands in its own place."""
    if len(body) < LARGE_BYTES:
        return None
    recipe = recipe_of(body)
    if recipe is not None:
        return {"pattern": recipe.pattern, "length": recipe.length, "sha256": recipe.sha256}
    return None if beside is None else {"beside": beside.put(body), "length": len(body)}


def _from_yaml(item: dict[str, Any], read: ReadBeside) -> Interaction:
    request, response, bodies = item["request"], item["response"], item.get("bodies") or {}
    large = {side: _body_of(told, read) for side, told in bodies.items()}
    content = large["response"] if "response" in large else _bytes((response.get("body") or {}).get("string"))
    whole = Interaction(
        Request(
            request["method"],
            request["uri"],
            _flat(request.get("headers")),
            large["request"] if "request" in large else _bytes(request.get("body")),
        ),
        Response(
            response["status"]["code"],
            response["status"].get("message") or "",
            _flat(response.get("headers")),
            content,
            _chunks(item.get("chunks"), content),
        ),
    )
    return with_unrecorded(whole, item["unrecorded"]) if "unrecorded" in item else whole


def _chunks(sizes: Any, body: bytes) -> tuple[int, ...]:
    if sizes is None:
        return ()
    if not all(type(size) is int and size > 0 for size in sizes) or sum(sizes) != len(body):
        message = f"chunks of {sizes} in a body of {len(body)} bytes"
        raise ValueError(message)
    return tuple(sizes)


def _body_of(told: dict[str, Any], read: ReadBeside) -> bytes:
    return checked_body(told["beside"], told["length"], read) if "beside" in told else Recipe(**told).cook()


def _grouped(headers: Headers) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in headers:
        grouped.setdefault(name, []).append(value)
    return grouped


def _flat(headers: dict[str, Any] | None) -> Headers:
    pairs: list[tuple[str, str]] = []
    for name, values in (headers or {}).items():
        pairs += [(name, _word(value)) for value in (values if isinstance(values, list) else [values])]
    return tuple(pairs)


def _word(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _text_or_bytes(body: bytes) -> str | bytes:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body


def _bytes(value: object) -> bytes:
    if value is None:
        return b""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bytes):
        return value
    message = f"a body of type {type(value).__name__}"
    raise TypeError(message)
