"""The cassette format: VCR YAML version 1, with what VCR leaves out in keys that it ignores.

::

    conformance:                      # ignored by vcrpy; absent in its own cassettes
      format: 1                       # a higher number stops the run
      interactions: 2                 # how many follow
      sha256: 5f70…                   # of everything below this mapping, line ends as LF; drop it to accept a hand edit
      recorded: {fixture: box_live, day: '2026-01-31', clients: {httpx: 0.28.1}, rules: 3b1c…}
    interactions:
    - request: {method: GET, uri: 'https://…', headers: {name: [value, …]}, body: null}
      response: {status: {code: 200, message: OK}, headers: {name: [value, …]}, body: {string: …}}
      bodies:                         # only for bodies stored as a recipe, whose own place is empty then
        response: {pattern: !!binary …, length: 8388608, sha256: …}
    version: 1

Bodies keep their exact bytes: UTF-8 text as a string, anything else as ``!!binary``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from conformance.cassette._interaction import Interaction, Request, Response
from conformance.cassette._recipes import Recipe, recipe_of

if TYPE_CHECKING:
    from conformance.cassette._interaction import Headers

Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

FORMAT = 1
PARTS = ("conformance", "interactions", "version")
DEEPEST = 100
WIDE = 2**31 - 1


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
    """

    fixture: str
    day: str
    clients: dict[str, str] = field(default_factory=dict)
    rules: str = ""


def render_cassette(interactions: tuple[Interaction, ...], provenance: Provenance | None) -> str:
    """Return the text of a cassette file."""
    body = _dump({"interactions": [_to_yaml(item) for item in interactions], "version": 1})
    head: dict[str, Any] = {
        "format": FORMAT,
        "interactions": len(interactions),
        "sha256": hashlib.sha256(body.encode()).hexdigest(),
    }
    if provenance is not None:
        recorded = {"fixture": provenance.fixture, "day": provenance.day, "clients": provenance.clients}
        head["recorded"] = recorded | {"rules": provenance.rules}
    return _dump({"conformance": head}) + body


def parse_cassette(text: str) -> tuple[tuple[Interaction, ...], Provenance | None]:
    """Return the interactions of a cassette file and where they come from.

    Raises:
        FormatFault: The text is damaged, newer, edited, or no cassette at all.
    """
    text = text.replace("\r\n", "\n")
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
        interactions = tuple(_from_yaml(item) for item in data["interactions"])
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        what = f"has an interaction that is not whole: {type(error).__name__}: {error}."
        raise FormatFault(what, line=_line_starting(text, "interactions:")) from error
    return interactions, provenance


def lines_of_interactions(text: str) -> list[int]:
    """Return the line (from 1) on which each interaction starts."""
    node = yaml.compose(text, Loader=Loader)
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
    if not isinstance(recorded, dict) or set(recorded) != {"fixture", "day", "clients", "rules"}:
        return False
    clients = recorded["clients"]
    words = [recorded["fixture"], recorded["day"], recorded["rules"]]
    words += [*clients, *clients.values()] if isinstance(clients, dict) else [clients, None]
    return all(isinstance(word, str) for word in words)


def _line_starting(text: str, start: str) -> int:
    """Return the first line that begins so; the first of all where the key is written in another way."""
    return next((at for at, line in enumerate(text.split("\n"), start=1) if line.startswith(start)), 1)


def _last_line(text: str) -> int:
    return max(1, text.count("\n") + (not text.endswith("\n")))


def _dump(value: dict[str, Any]) -> str:
    return str(
        yaml.dump(value, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=WIDE, default_flow_style=False)
    )


def _load(text: str) -> Any:
    try:
        if not _is_as_recorded(text):
            _refuse_depth(text)
        return yaml.load(text, Loader=Loader)  # noqa: S506  (the safe loader, in C where there is one)
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


def _refuse_depth(text: str) -> None:
    """Stop before the parser in C, which has no bound to its recursion, is given what no cassette has."""
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            mark: Any = event.start_mark
            raise yaml.MarkedYAMLError(problem="it is nested too deep", problem_mark=mark)


def _to_yaml(item: Interaction) -> dict[str, Any]:
    request, response = item.request, item.response
    recipes = {"request": recipe_of(request.body), "response": recipe_of(response.body)}
    value: dict[str, Any] = {
        "request": {
            "method": request.method,
            "uri": request.uri,
            "headers": _grouped(request.headers),
            "body": None if recipes["request"] or not request.body else _text_or_bytes(request.body),
        },
        "response": {
            "status": {"code": response.status, "message": response.reason},
            "headers": _grouped(response.headers),
            "body": {} if recipes["response"] else {"string": _text_or_bytes(response.body)},
        },
    }
    bodies = {
        side: {"pattern": recipe.pattern, "length": recipe.length, "sha256": recipe.sha256}
        for side, recipe in recipes.items()
        if recipe
    }
    return value | {"bodies": bodies} if bodies else value


def _from_yaml(item: dict[str, Any]) -> Interaction:
    request, response, bodies = item["request"], item["response"], item.get("bodies") or {}
    cooked = {side: Recipe(**recipe).cook() for side, recipe in bodies.items()}
    return Interaction(
        Request(
            request["method"],
            request["uri"],
            _flat(request.get("headers")),
            cooked["request"] if "request" in cooked else _bytes(request.get("body")),
        ),
        Response(
            response["status"]["code"],
            response["status"].get("message") or "",
            _flat(response.get("headers")),
            cooked["response"] if "response" in cooked else _bytes((response.get("body") or {}).get("string")),
        ),
    )


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
