r"""Base64 within text: the piece of a value that its neighbours cannot change, and the run that it stands in.

A run is of either alphabet, and may be escaped where it stands: ``+``, ``/`` and ``=`` percent-encoded, ``\/`` in JSON.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Change = Callable[
        [bytes], tuple[bytes, int] | None
    ]  # what is decoded, changed, and where the change ends in the old

LETTER = rb"[A-Za-z0-9+/_-]|%(?:25)*(?:2[BbFf])|\\+/"
RUN = re.compile(rb"(?:%b)*" % LETTER)
PADDING = re.compile(rb"=|%(?:25)*3[Dd]")
BACK = re.compile(rb"(?:%(?:25)*2[BbFf]|\\+/)\Z")
ESCAPED = re.compile(rb"(%(?:25)*)(2[BbFf]|3[Dd])|(\\+)/")
PLAIN = re.compile(rb"[A-Za-z0-9]+")
LONGEST_ESCAPE = 12
SHORTEST_CORE = 5
TO_STANDARD = bytes.maketrans(b"-_", b"+/")
TO_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def cores(data: bytes) -> list[tuple[bytes, int]]:
    """Return, for each of three alignments, what base64 of any text around some data always holds.

    Returns:
        The longest run of letters and digits, in lower case, with how many characters of base64 stand between the
        start of its group of four and the run. None for an alignment whose longest run is under five characters.
    """
    found = []
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + data)
        first = -(-before * 8 // 6)
        last = (before + len(data)) * 8 // 6
        runs = sorted(PLAIN.finditer(encoded, first, last), key=lambda run: run.start() - run.end())
        if runs and len(runs[0].group()) >= SHORTEST_CORE:
            found.append((runs[0].group().lower(), runs[0].start()))
    return found


def rewritten(text: bytes, core: int, before: int, change: Change) -> tuple[int, int, bytes] | None:
    """Decode the run around a core from the group that its value starts in, change it, and encode it again.

    Where a run ends cannot always be told: a ``/`` may be of base64, or of a path that goes on behind it. What decodes
    to text up to its end is taken for one run; what does so up to its first ``/``, for a run that ends there. Of
    anything else the groups behind the value stay as they are.

    Args:
        text: The text.
        core: Where the core was found.
        before: How many characters stand between the start of its group and the core.
        change: Changes what is decoded.

    Returns:
        Start, end and what is to stand there; None where nothing changes.
    """
    start, missing = _back(text, core, before)
    run = RUN.match(text, start)
    if run is None:
        return None
    last = _padded_end(text, run, missing)
    slash = text.find(b"/", core, last)
    ends = [last] if slash < 0 else [last, slash]
    for end in ends:
        found = _decoded(text[start:end], missing)
        changed = change(found.data)
        if changed is not None and _is_text(found.data[changed[1] :]):
            return start, end, found.encoded(changed[0])
    found = _decoded(text[start:last], missing)
    changed = change(found.data)
    if changed is None:
        return None
    filler = b"_" * ((len(found.data) - len(changed[0])) % 3)
    behind = len(found.data) - changed[1]
    at = len(changed[0]) - behind
    return start, last, found.encoded(changed[0][:at] + filler + changed[0][at:])


@dataclass(frozen=True, slots=True)
class _Run:
    """A run, decoded.

    Attributes:
        whole: As it stands.
        data: What it says.
        missing: How many characters of its first group are not there.
        left: Characters behind the last group that say nothing.
    """

    whole: bytes
    data: bytes
    missing: int
    left: bytes

    def encoded(self, data: bytes) -> bytes:
        """Return other data as this run is: its alphabet, its padding, its escapes."""
        plain = ESCAPED.sub(_unescaped, self.whole)
        letters = plain.rstrip(b"=")
        encoded = base64.b64encode(data)[self.missing :].rstrip(b"=")
        if len(letters) != len(plain) or (len(letters) % 4 == 0 and not self.missing):
            encoded += b"=" * (-(len(encoded) + self.missing) % 4)
        if b"-" in letters or b"_" in letters:
            encoded = encoded.translate(TO_URL_SAFE)
        return _escaped_like(encoded + self.left, self.whole)


def _decoded(whole: bytes, missing: int) -> _Run:
    letters = b"A" * missing + ESCAPED.sub(_unescaped, whole).rstrip(b"=").translate(TO_STANDARD)
    cut = len(letters) - (len(letters) % 4 == 1)
    data = base64.b64decode(letters[:cut] + b"=" * (-cut % 4))
    return _Run(whole, data, missing, letters[cut:])


def _is_text(data: bytes) -> bool:
    try:
        return all(letter.isprintable() or letter in "\t\r\n" for letter in data.decode())
    except UnicodeDecodeError:
        return False


def _padded_end(text: bytes, run: re.Match[bytes], missing: int) -> int:
    """Return the end of a run with its padding; what is not just as much as it needs belongs to what follows."""
    size = len(ESCAPED.sub(_unescaped, run.group())) + missing
    end = run.end()
    for _ in range(-size % 4):
        padding = PADDING.match(text, end)
        if padding is None:
            return run.end()
        end = padding.end()
    return end if size % 4 != 1 else run.end()


def _back(text: bytes, at: int, count: int) -> tuple[int, int]:
    """Return where the base64 character stands that is so many before a place, and how many there are not."""
    while count:
        escape = BACK.search(text, max(0, at - LONGEST_ESCAPE), at)
        if escape is not None:
            at = escape.start()
        elif at and RUN.fullmatch(text, at - 1, at) and text[at - 1 : at] != b"=":
            at -= 1
        else:
            break
        count -= 1
    return at, count


def _unescaped(escape: re.Match[bytes]) -> bytes:
    return b"/" if escape[3] else bytes([int(escape[2], 16)])


def _escaped_like(encoded: bytes, whole: bytes) -> bytes:
    escape = ESCAPED.search(whole)
    if escape is None:
        return encoded
    if escape[3]:
        return encoded.replace(b"/", escape[3] + b"/")
    mark = escape[1]
    return re.sub(rb"[+/=]", lambda letter: mark + b"%02X" % letter.group()[0], encoded)
