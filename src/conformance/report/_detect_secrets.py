"""detect-secrets, where it is installed: its plugins for credentials of one form, not those that guess."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    FindSecrets = Callable[[str], list[tuple[str, str]]]

# Recordings are full of digests, and of words such as "key": these find those.
OFF = ("Base64HighEntropyString", "HexHighEntropyString", "KeywordDetector")


@contextmanager
def open_plugins() -> Iterator[FindSecrets | None]:
    """Open its plugins as a function from a line to what they find there: a sort, and the secret; None without it.

    A line that was looked at before and had nothing is not looked at again: recordings repeat most of their lines.
    """
    try:
        from detect_secrets.core.scan import scan_line  # noqa: PLC0415  (an extra)
        from detect_secrets.settings import default_settings, get_plugins  # noqa: PLC0415
    except ModuleNotFoundError:
        yield None
        return
    clean: set[str] = set()
    with default_settings() as settings:
        settings.disable_plugins(*OFF)
        plugins = get_plugins()

        def find(line: str) -> list[tuple[str, str]]:
            if line in clean:
                return []
            if any(True for plugin in plugins for _ in plugin.analyze_string(line)):
                return [(secret.type, secret.secret_value or "") for secret in scan_line(line)]
            clean.add(line)
            return []

        yield find
