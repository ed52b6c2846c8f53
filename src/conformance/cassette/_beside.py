"""Large bodies, kept beside their cassette in files that are named by their digest: ``test_copy.bodies/5f70…``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGE_BYTES = 64 * 1024
SUFFIX = ".bodies"
NAME = re.compile(r"[^/\\\0]+\.bodies/([0-9a-f]{64})")

ReadBeside = Callable[[str], bytes]


class BesideFault(ValueError):
    """A body beside a cassette cannot be had as it was recorded.

    Attributes:
        named: What the cassette says of it.
    """

    def __init__(self, named: object, what: str) -> None:
        """Say what is wrong."""
        super().__init__(f"the body {named} {what}")
        self.named = str(named)


class Beside:
    """Where the large bodies of one cassette go; nothing is written here.

    Attributes:
        bodies: By name, relative to the folder of the cassette.
    """

    def __init__(self, cassette: Path) -> None:
        """Take the path of the cassette."""
        self._folder = folder_of(cassette).name
        self.bodies: dict[str, bytes] = {}

    def put(self, body: bytes) -> str:
        """Take a body; return its name."""
        name = f"{self._folder}/{hashlib.sha256(body).hexdigest()}"
        self.bodies[name] = body
        return name


def folder_of(cassette: Path) -> Path:
    """Return the folder of the bodies of a cassette."""
    return cassette.with_suffix(SUFFIX)


def read_beside(folder: Path) -> ReadBeside:
    """Return what reads the bodies that cassettes in a folder name."""
    return lambda name: (folder / name).read_bytes()


def nothing_beside(name: str) -> bytes:
    """Refuse: the text of a cassette by itself has nothing beside it."""
    raise FileNotFoundError(name)


def checked_body(name: object, length: object, read: ReadBeside) -> bytes:
    """Return the body of a name.

    Raises:
        BesideFault: It is no name of a body, there is no such file, or the file is another than was recorded.
    """
    named = NAME.fullmatch(name) if isinstance(name, str) else None
    if named is None:
        raise BesideFault(name, "has no name that a body beside a cassette can have")
    try:
        body = read(named[0])
    except OSError as error:
        raise BesideFault(name, f"cannot be read: {error.strerror or 'it is not there'}") from error
    if len(body) != length or hashlib.sha256(body).hexdigest() != named[1]:
        raise BesideFault(name, "is not what was recorded")
    return body


def unused_files(cassette: Path, used: set[str]) -> Iterator[Path]:
    """Yield the files in the folder of a cassette's bodies that it does not name."""
    folder = folder_of(cassette)
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if f"{folder.name}/{path.name}" not in used)
