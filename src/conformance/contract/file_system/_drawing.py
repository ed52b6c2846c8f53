"""How paths and bodies are drawn: small families of paths, so that the steps of a program meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract._draws import Draw, Strategy, choice, maybe, one_of, patterned
from conformance.contract.file_system._paths import ABOVE, oddity_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.trace import Value

MIB = 1024 * 1024
FAMILIES = (
    "a", "b", "a/b", "a/b/c", "d/a.txt", "d", "a b", "a-b", "ab", "A", "ü/é.txt", "%41", "_", "a?b#c", "n" * 255,
)  # fmt: skip
ODD = ("a//b", "/a", "a/", "a/../b", "a/./b", "./a", "\x01", "a\nb", "a\x00b", "n" * 256)
ABOVE_ROOT = ("..", "../a")

#: The pool of paths. None leads above the root: what removes a tree would do so there, were a driver to let it.
POOL: Strategy = one_of(choice(*FAMILIES, weights=(6, 5, 5, 4, 3, 3, *[1] * 9)), choice(*ODD), weights=(5, 1))


def _standing(paths: Callable[[Draw], list[str]]) -> Strategy:
    def strategy(draw: Draw) -> Value:
        found = paths(draw)
        return draw.choice(found) if found else draw.pooled("path")

    return strategy


FILES = _standing(lambda draw: sorted(draw.state.files))
DIRECTORIES = _standing(lambda draw: draw.state.directories())
POOLED: Strategy = lambda draw: draw.pooled("path")  # noqa: E731  (a strategy is a function of what draws)
ROOT = choice("")


def under(strategy: Strategy) -> Strategy:
    """Draw a path below another that is drawn."""

    def draw_under(draw: Draw) -> Value:
        path = f"{strategy(draw)}/{draw.choice(('b', 'x'))}"
        return draw.pooled("path") if oddity_of(path) == ABOVE else path

    return draw_under


PATH = one_of(POOLED, FILES, DIRECTORIES, under(FILES), ROOT, weights=(7, 12, 7, 2, 1))
FILE_PATH = one_of(POOLED, FILES, DIRECTORIES, under(FILES), ROOT, weights=(6, 18, 3, 2, 1))
SAFE_PATH = one_of(FILE_PATH, choice(*ABOVE_ROOT), weights=(30, 1))
NEW_PATH = one_of(POOLED, FILES, under(DIRECTORIES), DIRECTORIES, under(FILES), ROOT, weights=(12, 5, 4, 3, 2, 1))
DIRECTORY = one_of(DIRECTORIES, ROOT, FILES, POOLED, weights=(5, 5, 2, 3))

DATA = one_of(
    choice(b"", b"x", b"y", b"other words", b"\x00\r\n\xff"), patterned(300, 8 * MIB, weights=(19, 1)), weights=(9, 1)
)
METADATA = choice({"k": "v"}, {}, {"k": "other", "second": "two words"})
SOME_METADATA = maybe(METADATA, one_in=2)
CHUNKS = maybe(choice(2, 3), one_in=6)
BOUND = maybe(choice(0, 1, 2, 5, 250, 301), one_in=3)
YES = maybe(choice(True), one_in=2)  # noqa: FBT003  (the one value)
NO = maybe(choice(False), one_in=3)  # noqa: FBT003  (the one value)
