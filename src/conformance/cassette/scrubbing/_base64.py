r"""Base64 within text: the piece of a value that its neighbours cannot change, and the run that it stands in.

A run is of either alphabet, and may be escaped where it stands: ``+``, ``/`` and ``=`` percent-encoded or, in JSON, as
``\u002B`` and ``\/``. It may be wrapped into lines of 64 or 76 characters (PEM, and RFC 2045 section 6.8).
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Change = Callable[
        [bytes], tuple[bytes, int] | None
    ]  # what is decoded, changed, and where the change ends in the old

MARK = rb"%(?:25)*|\\+u00"
LETTER = rb"[A-Za-z0-9+/_-]|(?:%b)2[BbFf]|\\+/" % MARK
RUN = re.compile(rb"(?:%b)*" % LETTER)
PADDING = re.compile(rb"=|(?:%b)3[Dd]" % MARK)
PADDED = re.compile(rb"(?:%b)\Z" % PADDING.pattern)
WORDS = re.compile(rb"[\w.:@ -]")  # what a line of text goes on with behind a word
BACK = re.compile(rb"(?:(?:%b)2[BbFf]|\\+/)\Z" % MARK)
ESCAPED = re.compile(rb"(%b)(2[BbFf]|3[Dd])|(\\+)/" % MARK)
PLAIN = re.compile(rb"[A-Za-z0-9]+")
SEPARATORS = [re.compile(mark) for mark in (rb"(?:%b)2[Ff]|\\*/" % MARK, rb"-", rb"_")]
LONGEST_ESCAPE = 12
SHORTEST_CORE = 4
LONGEST_NAME = 4096  # letters in a row, of which more can be nothing but base64
TO_STANDARD = bytes.maketrans(b"-_", b"+/")
TO_URL_SAFE = bytes.maketrans(b"+/", b"-_")
WIDTHS = (64, 76)
BREAKS = (b"\r\n", b"\n", b"\\r\\n", b"\\n")


@dataclass(frozen=True, slots=True)
class Core:
    """What base64 of any text around some data always holds.

    Attributes:
        letters: A piece of it, as it stands where it is not escaped; a line may end in it.
        before: How many characters of base64 stand between the start of its group of four and the piece.
        size: How many characters of base64 hold all of the data, from the start of that group.
    """

    letters: bytes
    before: int
    size: int


def cores(data: bytes) -> list[Core]:
    """Return, for each of three alignments, pieces of the longest run of letters and digits.

    There are more pieces than lines can end in the run; of a run too short for that there is the whole, as it is and
    with a line end in each place. Where no run has four characters, it is all of what is always there, in each way of
    writing it.
    """
    found: list[Core] = []
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + data)
        first = -(-before * 8 // 6)
        last = (before + len(data)) * 8 // 6
        size = -(-(before + len(data)) // 3) * 4
        run = max(PLAIN.finditer(encoded, first, last), key=lambda run: len(run.group()), default=None)
        start, end = run.span() if run and len(run.group()) >= SHORTEST_CORE else (first, last)
        if end - start > 2 * SHORTEST_CORE:
            count = 2 + (end - start) // WIDTHS[0]
            ends = [start + (end - start) * at // count for at in range(count + 1)]
            found += [Core(form, at, size) for at, to in pairwise(ends) for form in _forms(encoded[at:to])]
        elif end - start >= SHORTEST_CORE:
            letters = encoded[start:end]
            cut = [letters[:at] + mark + letters[at:] for at in range(1, len(letters)) for mark in BREAKS]
            found += [Core(form, start, size) for form in (*_forms(letters), *cut)]
    return found


def _forms(letters: bytes) -> list[bytes]:
    marks = [(b"+", b"/"), (b"-", b"_"), (b"%2b", b"%2f"), (b"%252b", b"%252f"), (b"+", b"\\/"), (b"\\u002b", b"/")]
    return list(dict.fromkeys(letters.replace(b"+", plus).replace(b"/", slash) for plus, slash in marks))


def rewritten(text: bytes, at: int, core: Core, change: Change) -> tuple[int, int, bytes] | None:
    """Decode the run around a core from the group that its value starts in, change it, and encode it again.

    Where a run ends cannot always be told: a ``/`` may be of base64, or of a path that goes on behind it. What decodes
    to text up to its end is taken for one run; what does so up to its first ``/``, ``-`` or ``_``, for a run that ends
    there. Of anything else the groups behind the value stay as they are.

    Args:
        text: The text.
        at: Where the core was found.
        core: The core.
        change: Changes what is decoded.

    Returns:
        Start, end and what is to stand there; None where nothing changes.
    """
    if text[at : at + len(core.letters)] != core.letters and PLAIN.fullmatch(core.letters):
        return None
    start, missing = _back(text, at, core.before)
    near = _decoded(_letters(text, start, core.size - missing), missing)
    changed = change(near.data)
    wrapped = _rewrapped(text, at, change)
    if changed is None or wrapped:
        return wrapped
    for end in _ends(text, start, at + len(core.letters), missing):
        run = _decoded(text[start:end], missing)
        changed = change(run.data)
        if changed and run.is_whole and run.may_end_behind(changed[1]):
            return start, end, run.encoded(changed[0])
    new, end = change(near.data) or (near.data, 0)
    groups = _letters(text, start, -(-end // 3) * 4 - missing)
    near = _decoded(groups, missing)
    new, end = change(near.data) or (near.data, 0)
    behind = near.data[end:]
    filler = b"_" * ((len(near.data) - len(new)) % 3)
    data = new[: len(new) - len(behind)] + filler + behind
    return start, start + len(groups), near.encoded(data, is_padded=False)


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

    @property
    def is_whole(self) -> bool:
        """Whether its data, encoded, is the run again, however that is escaped."""
        return ESCAPED.sub(_unescaped, self.encoded(self.data)) == ESCAPED.sub(_unescaped, self.whole)

    def encoded(self, data: bytes, *, is_padded: bool = True) -> bytes:
        """Return other data as this run is: its alphabet, its padding, its escapes."""
        plain = ESCAPED.sub(_unescaped, self.whole)
        letters = plain.rstrip(b"=")
        encoded = base64.b64encode(bytes(3) + data)[4 + self.missing :] if self.missing else base64.b64encode(data)
        encoded = encoded.rstrip(b"=")
        if is_padded and (len(letters) != len(plain) or (len(letters) + self.missing) % 4 == 0):
            encoded += b"=" * (-(len(encoded) + self.missing) % 4)
        if b"-" in letters or b"_" in letters:
            encoded = encoded.translate(TO_URL_SAFE)
        return _escaped_like(encoded + self.left, self.whole)

    def may_end_behind(self, at: int) -> bool:
        """Return whether what stands behind some of its data is of this run too."""
        if len(self.whole) > LONGEST_NAME or PADDED.search(self.whole, max(0, len(self.whole) - LONGEST_ESCAPE)):
            return True
        return not self.left and _is_text(self.data[at:])


def _decoded(whole: bytes, missing: int) -> _Run:
    letters = b"A" * missing + ESCAPED.sub(_unescaped, whole).rstrip(b"=").translate(TO_STANDARD)
    cut = len(letters) - (len(letters) % 4 == 1)
    data = base64.b64decode(letters[:cut] + b"=" * (-cut % 4))
    return _Run(whole, data, missing, letters[cut:])


def _is_text(data: bytes) -> bool:
    try:
        return data.translate(None, b"\t\r\n").decode().isprintable()
    except UnicodeDecodeError:
        return False


def _ends(text: bytes, start: int, core_end: int, missing: int) -> list[int]:
    """Return where a run may end: where its last letter is, or before what may also separate names."""
    run = RUN.match(text, start)
    if run is None:
        return []
    within = [mark.search(text, core_end, run.end()) for mark in SEPARATORS]
    return [_padded_end(text, run, missing), *sorted(found.start() for found in within if found)]


def _padded_end(text: bytes, run: re.Match[bytes], missing: int) -> int:
    """Return the end of a run with its padding; what is not just as much as it needs belongs to what follows."""
    end = run.end()
    size = len(ESCAPED.sub(_unescaped, run.group())) + missing
    for _ in range(-size % 4 if size % 4 > 1 else 0):
        padding = PADDING.match(text, end)
        if padding is None:
            return run.end()
        end = padding.end()
    return end


def _letters(text: bytes, start: int, count: int) -> bytes:
    """Return so many base64 characters as they stand, or fewer where there are no more."""
    found = _counted(count).match(text, start)
    return found.group() if found else b""


@lru_cache(256)
def _counted(count: int) -> re.Pattern[bytes]:
    return re.compile(rb"(?:%b){0,%d}" % (LETTER, count))


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


def _rewrapped(text: bytes, at: int, change: Change) -> tuple[int, int, bytes] | None:
    """Return wrapped lines around a place, changed and wrapped again.

    A last line may look full of another width, and a line of something else may look like a last one: what decodes to
    just what it says is tried first, then what is longest.
    """
    blocks = [block for width in WIDTHS for mark in BREAKS for block in _blocks(text, at, width, mark)]
    for block in sorted(blocks, key=lambda each: (not each.is_sure, each.start - each.end)):
        changed = change(block.run.data)
        if changed:
            new, width = block.run.encoded(changed[0]), block.width
            return block.start, block.end, block.mark.join(new[at : at + width] for at in range(0, len(new), width))
    return None


@dataclass(frozen=True, slots=True)
class _Block:
    """Wrapped lines.

    Attributes:
        start: Where they start.
        end: Where they end.
        width: How many characters each line has but the last.
        mark: What stands between them.
        run: The lines, joined.
        is_sure: Whether they can be told from what follows.
    """

    start: int
    end: int
    width: int
    mark: bytes
    run: _Run
    is_sure: bool


def _blocks(text: bytes, at: int, width: int, mark: bytes) -> Iterator[_Block]:
    """Return the lines of full width around a place with a last one, which may be shorter, and without it."""
    for start in _starts(text, at, width, mark):
        found = _lines(width, mark, full=False).match(text, start)
        if found and found.end() > at:
            for end in {found.end(1), found.end()}:
                run = _decoded(text[start:end].replace(mark, b""), 0)
                is_sure = run.is_whole and not run.left and (end == found.end(1) or not WORDS.match(text, end))
                if end > at:
                    yield _Block(start, end, width, mark, run, is_sure)
            return


def _starts(text: bytes, at: int, width: int, mark: bytes) -> Iterator[int]:
    """Return where the first of the lines around a place may start; something else may stand before it in its line."""
    step = width + len(mark)
    line = _lines(width, mark, full=True)

    def first(start: int) -> int:
        while start >= step and line.match(text, start - step):
            start -= step
        return start

    near = text.rfind(mark, max(0, at - step), at)
    if near >= 0:
        yield first(near + len(mark))
    found = line.search(text, max(0, at - width), at + step)
    if found:
        yield first(found.start())


@lru_cache(16)
def _lines(width: int, mark: bytes, *, full: bool) -> re.Pattern[bytes]:
    letter, end = rb"[A-Za-z0-9+/]", re.escape(mark)
    line = rb"(?:(?<!%b)|(?<=\\n))%b{%d}" % (letter, letter, width)
    if full:
        return re.compile(line + end)
    behind = rb"(?![A-Za-z0-9+/=])"
    last = rb"(?:%b%b{1,%d}={0,2}%b)?" % (end, letter, width - 1, behind)
    return re.compile(rb"(%b(?:%b%b{%d})*%b)%b" % (line, end, letter, width, behind, last))


def _unescaped(escape: re.Match[bytes]) -> bytes:
    return b"/" if escape[3] else bytes([int(escape[2], 16)])


def _escaped_like(encoded: bytes, whole: bytes) -> bytes:
    escapes = list(ESCAPED.finditer(whole))
    if not escapes:
        return encoded
    plain = ESCAPED.sub(b"", whole)
    slash = next((escape[3] for escape in escapes if escape[3]), None)
    coded = next((escape for escape in escapes if escape[1]), None)

    def escaped(letter: re.Match[bytes]) -> bytes:
        if letter.group() == b"/" and slash:
            return slash + b"/"
        if coded is None or letter.group() in plain:
            return letter.group()
        if letter.group() == b"=" and coded[1].startswith(b"\\") and coded[2] in {b"2B", b"2b"}:
            return b"="  # JSON encoders that escape a plus leave it
        code = b"%02X" % letter.group()[0]
        return coded[1] + (code.lower() if coded[2].islower() else code)

    return re.sub(rb"[+/=]", escaped, encoded)
