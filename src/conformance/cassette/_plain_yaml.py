"""YAML that other tools wrote of Python objects, read into plain data; no object is ever made.

Asynchronous clients handed vcrpy header names and addresses as objects of their libraries, and it wrote them down as
such. A URL is the text that it stands for, a tuple is a list, and every other text is text. The tag
of any other object stops the reading where it stands.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any
from urllib.parse import urlunsplit

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PYTHON = "tag:yaml.org,2002:python/"
MADE = ("object/new:", "object/apply:")  # how PyYAML 5 and 6 write a subclass of str


class PythonObject(yaml.MarkedYAMLError):
    """A file has an object that is no plain data."""


class PlainLoader(SafeLoader):  # type: ignore[misc]
    """The safe loader, in C where there is one, with the few tags of Python that stand for plain data."""


def _text(loader: Any, node: yaml.Node) -> str:
    """Return a text, or the one that an object is made of."""
    value = loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else _only(loader, node)
    return value if isinstance(value, str) else _refuse(loader, "", node)


def _only(loader: Any, node: yaml.Node) -> object:
    values = _list(loader, node)
    return values[0] if len(values) == 1 else None


def _list(loader: Any, node: yaml.Node) -> list[Any]:
    return list(loader.construct_sequence(node, deep=True))


def _address(loader: Any, node: yaml.Node) -> str:
    """Return the address of the five parts of a split one."""
    return _joined(loader, node, _list(loader, node))


def _url(loader: Any, node: yaml.Node) -> str:
    """Return the address of a URL object, whose state is a tuple of one: an address, or its five parts."""
    state = loader.construct_mapping(node, deep=True).get("state")
    (address,) = state if isinstance(state, list) and len(state) == 1 else (None,)
    return address if isinstance(address, str) else _joined(loader, node, address)


def _joined(loader: Any, node: yaml.Node, parts: object) -> str:
    if isinstance(parts, list) and len(parts) == 5 and all(isinstance(part, str) for part in parts):  # noqa: PLR2004
        return str(urlunsplit(parts))
    return str(_refuse(loader, "", node))


def _bytes(loader: Any, node: yaml.Node) -> bytes:
    return base64.b64decode(loader.construct_scalar(node), validate=True)


def _refuse(_loader: Any, _tag: str, node: yaml.Node) -> Any:
    name = node.tag.removeprefix("tag:yaml.org,2002:")
    raise PythonObject(
        problem=f"has an object of Python, !!{name}, and none is made of a file", problem_mark=node.start_mark
    )


PLAIN: dict[str, Callable[[Any, Any], object]] = {
    "unicode": _text,
    "str": _text,
    "bytes": _bytes,
    "tuple": _list,
    **{made + "yarl.URL": _url for made in MADE},
    **{made + "urllib.parse.SplitResult": _address for made in MADE},
    **{made + "multidict._multidict.istr": _text for made in MADE},
}

for _name, _constructor in PLAIN.items():
    PlainLoader.add_constructor(PYTHON + _name, _constructor)
PlainLoader.add_multi_constructor(PYTHON, _refuse)
