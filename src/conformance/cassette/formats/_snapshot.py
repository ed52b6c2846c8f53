"""The snapshots of the LocalStack test framework (``NAME.snapshot.json``). They are read, never written.

Source: what its pytest plugin leaves in a file. Under the id of each test are ``recorded-date`` and
``recorded-content``: by the names that the test chose, what it was answered. The framework has replaced ids and dates
by placeholders (``<bucket:1>``) and sorted the keys. What botocore returned, parsed, is an object with a
``ResponseMetadata``; what came over HTTP is one of StatusCode, Headers and Body. They may stand at any depth. There are
no requests; the id of the test and the names below it stand where the URI would.

Not carried, and noted: ``recorded-date``, and a value that is no answer, or one that has no status code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cassette._interaction import UNRECORDED, Interaction, Response
from conformance.cassette.formats._answers import parsed_answer, unasked
from conformance.cassette.formats._bodies import standard_reason
from conformance.cassette.formats._json import Node, load_json
from conformance.cassette.formats._vcr_json import parse_headers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.cassette.formats._json import Notes

NO_ANSWER = "a value that has no status code is not carried"


def is_snapshot(value: object) -> bool:
    """Whether a document has tests, and each has ``recorded-content``."""
    tests = list(value.values()) if isinstance(value, dict) else []
    return bool(tests) and all(isinstance(test, dict) and "recorded-content" in test for test in tests)


def parse(data: bytes, *, path: Path, notes: Notes) -> tuple[Interaction, ...]:  # noqa: ARG001  (one form for all)
    """Return the answers of every test, in the order of the file.

    Raises:
        FormatFault: It is damaged.
    """
    tests = load_json(data).pairs()
    for _, test in tests:
        test["recorded-content"].pairs()
        for key in test.value if isinstance(test.value, dict) else ():
            if key != "recorded-content":
                notes[f"the key {key} of a test is not carried"] += 1
    return tuple(item for name, test in tests for item in _answers(name, test["recorded-content"], notes))


def _answers(call: str, node: Node, notes: Notes) -> Iterator[Interaction]:
    value = node.value
    if isinstance(value, list):
        for at, item in enumerate(node.items()):
            yield from _answers(f"{call}[{at}]", item, notes)
    elif not isinstance(value, dict):
        notes[NO_ANSWER] += 1
    elif "ResponseMetadata" in value:
        status = node["ResponseMetadata"]["HTTPStatusCode"].status()
        yield parsed_answer(call, node, status=status, notes=notes)
    elif {"StatusCode", "Headers", "Body"} == set(value):
        yield unasked(call, _response(node))
    elif "Error" in value:
        notes[NO_ANSWER] += 1
    else:
        for key, item in node.pairs():
            yield from _answers(f"{call}/{key}", item, notes)


def _response(node: Node) -> Response:
    """Return an answer that came over HTTP; a body that is no text was parsed."""
    status, body = node["StatusCode"].status(), node["Body"]
    is_text = isinstance(body.value, str)
    return Response(
        status,
        standard_reason(status),
        parse_headers(node["Headers"]),
        body.utf8() if is_text else body.compact().encode(),
        unrecorded=frozenset() if is_text else UNRECORDED["response"] & {"body"},
    )
