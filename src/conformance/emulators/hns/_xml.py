"""XML of requests, read without entities, and the parts of which answers are put together."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from urllib.parse import quote
from xml.sax.saxutils import escape

from conformance.emulators.hns._errors import ServiceError

BOM = "\ufeff"
NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def parse_xml(body: bytes) -> ET.Element:
    """Return the root of a document.

    Raises:
        ServiceError: InvalidXmlDocument; a document with a type, by which entities come, is none here.
    """
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise ServiceError("InvalidXmlDocument")
    try:
        return ET.fromstring(body)  # noqa: S314
    except ET.ParseError as error:
        raise ServiceError("InvalidXmlDocument") from error


def children(element: ET.Element, name: str) -> list[ET.Element]:
    """Return the children of a name; an element without children is false by itself."""
    return [child for child in element if child.tag == name]


def text_of(element: ET.Element, name: str) -> str:
    """Return the text of the first child of a name; empty where there is none."""
    return next((child.text or "" for child in children(element, name)), "")


def element(name: str, text: str) -> str:
    """Return an element with text, as the service writes them: an empty one closes itself, with a blank before.

    What XML cannot hold is percent-encoded, which an attribute says (REST reference, List Blobs; not calibrated).
    """
    if NO_XML.search(text):
        return f'<{name} Encoded="true">{quote(text)}</{name}>'
    return f"<{name}>{escape(text)}</{name}>" if text else f"<{name} />"
