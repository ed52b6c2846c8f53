"""Names of cassette files: stable, safe on every file system, and never the same for two test ids.

A test id whose characters are all plain keeps them and can be read off the file. Any other gets the digest of the whole
id behind what could be kept. Letters that differ only in case, names that Windows reserves, and ids that look as if
they had a digest already count as not plain, so no two ids meet even where case is folded.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath

PLAIN = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
LOOKS_DIGESTED = re.compile(r"-[0-9a-f]{12}$")
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$")
LONGEST = 100


def cassette_name(family: str, module: str, test: str) -> PurePosixPath:
    """Return the path of a cassette below the cassettes folder.

    Args:
        family: The name of the fixture that is recorded.
        module: The path of the test module below the root, with ``/``, without its suffix.
        test: The test within the module, with its parameters but without the fixture's own.
    """
    folders = [_safe(part) for part in module.split("/")]
    return PurePosixPath(family, *folders, _safe(test) + ".yaml")


def _safe(text: str) -> str:
    is_plain = PLAIN.fullmatch(text) and len(text) <= LONGEST
    if is_plain and not LOOKS_DIGESTED.search(text) and not RESERVED.match(text):
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    kept = re.sub(r"[^a-z0-9_]+", "-", text.lower())[: LONGEST - len(digest)].strip("-")
    return f"{kept or 'test'}-{digest}"
