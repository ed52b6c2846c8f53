"""The tags of blobs, and the expressions that conditions and searches are about them."""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode
from xml.sax.saxutils import escape

from conformance.emulators.hns._answer import Answer
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._xml import BOM, children, parse_xml, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import Node

MOST_TAGS = 10
LONGEST_KEY, LONGEST_VALUE = 128, 256
ALLOWED = re.compile(r"[A-Za-z0-9 +\-./:=_]*$")
TERM = re.compile(r"""\s*(?:"([^"]*)"|(@?\w+))\s*(<>|<=|>=|=|<|>)\s*'((?:[^']|'')*)'\s*""")
LINK = re.compile(r"(and|or)\b", re.IGNORECASE)
COMPARE: dict[str, Callable[[str, str], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def tags_of(node: Node) -> dict[str, str]:
    """Return the tags of a node."""
    return dict(parse_qsl(node.extras.get("tags", ""), keep_blank_values=True))


def set_tags(node: Node, tags: dict[str, str]) -> None:
    """Give a node these tags and no others; they change neither ETag nor date.

    Raises:
        ServiceError: InvalidTag.
    """
    is_wrong = len(tags) > MOST_TAGS or any(
        not key or len(key) > LONGEST_KEY or len(value) > LONGEST_VALUE or not ALLOWED.match(key + value)
        for key, value in tags.items()
    )
    if is_wrong:
        raise ServiceError("InvalidTag")
    node.extras.pop("tags", None)
    if tags:
        node.extras["tags"] = urlencode(tags)


def tag_blob(call: Call, node: Node) -> None:
    """Give a node the tags of ``x-ms-tags``, where the request has that header."""
    if call.headers.get("x-ms-tags"):
        set_tags(node, dict(parse_qsl(call.headers["x-ms-tags"], keep_blank_values=True)))


def check_tags(call: Call, node: Node) -> None:
    """Raise ConditionNotMet where the tags of a node are not as ``x-ms-if-tags`` says."""
    wanted = call.headers.get("x-ms-if-tags")
    if wanted and not matches(wanted, tags_of(node), {}, name="x-ms-if-tags"):
        raise ServiceError("ConditionNotMet")


def matches(expression: str, tags: dict[str, str], places: dict[str, str], *, name: str) -> bool:
    """Whether tags are as an expression says: comparisons linked by AND and OR, AND first.

    Args:
        expression: As it was sent.
        tags: Of a blob; a comparison with one that it has not is false.
        places: What names with ``@`` stand for.
        name: Of the header or the parameter, for the error.

    Raises:
        ServiceError: InvalidHeaderValue or InvalidQueryParameterValue, when it is no expression.
    """
    known = tags | {f"@{place}": value for place, value in places.items()}
    at, is_all, is_any = 0, True, False
    while True:
        found = TERM.match(expression, at)
        if found is None:
            kind = "Header" if name.startswith("x-ms-") else "QueryParameter"
            code = "InvalidHeaderValue" if kind == "Header" else "InvalidQueryParameterValue"
            raise ServiceError(code, {f"{kind}Name": name, f"{kind}Value": expression})
        key, value = found[1] or found[2], found[4].replace("''", "'")
        is_all = is_all and key in known and COMPARE[found[3]](known[key], value)
        at = found.end()
        if at == len(expression):
            return is_any or is_all
        link = LINK.match(expression, at)
        at = link.end() if link else at
        if link and link[1].lower() == "or":
            is_any, is_all = is_any or is_all, True


def parse_tags(body: bytes) -> dict[str, str]:
    """Return the tags of the XML of a request.

    Raises:
        ServiceError: InvalidXmlDocument, InvalidTag where one comes twice.
    """
    root = parse_xml(body)
    pairs = [(text_of(tag, "Key"), text_of(tag, "Value")) for tag in root.iter("Tag")]
    if root.tag != "Tags" or not children(root, "TagSet"):
        raise ServiceError("InvalidXmlDocument")
    if len(dict(pairs)) != len(pairs):
        raise ServiceError("InvalidTag")
    return dict(pairs)


def render_tags(tags: dict[str, str]) -> str:
    """Return tags as the XML of answers and listings."""
    inner = "".join(f"<Tag><Key>{escape(key)}</Key><Value>{escape(value)}</Value></Tag>" for key, value in tags.items())
    return f"<Tags><TagSet>{inner}</TagSet></Tags>"


def tags_answer(node: Node) -> Answer:
    """Return the answer to Get Blob Tags, which has a length and a line feed after its declaration."""
    text = f'{BOM}<?xml version="1.0" encoding="utf-8"?>\n{render_tags(tags_of(node))}'
    return Answer(200, {"Content-Type": "application/xml"}, text.encode())
