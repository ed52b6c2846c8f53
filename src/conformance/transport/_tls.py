"""The certificates of TLS contexts that are made in replay, where most often no connection uses them.

Loading a bundle of authorities costs as much as a hundred replayed requests. What is put off here is done when the
context is first used or asked for it, so a client that outlives the replay verifies as it always did.
"""

from __future__ import annotations

import functools
import ssl
import weakref
from typing import TYPE_CHECKING, Any

from conformance.transport._binding import may_replay

if TYPE_CHECKING:
    from collections.abc import Callable

LOADS = ("load_verify_locations", "set_default_verify_paths")
USES = ("wrap_socket", "wrap_bio", "cert_store_stats", "get_ca_certs")


def install() -> Callable[[], None]:
    """Put the seam in; return what takes it out."""
    seams = {name: _seam(getattr(ssl.SSLContext, name)) for name in LOADS}
    for name, seam in seams.items():
        setattr(ssl.SSLContext, name, seam)

    def take_out() -> None:
        for name, seam in seams.items():
            if vars(ssl.SSLContext).get(name) is seam:
                delattr(ssl.SSLContext, name)

    return take_out


def _seam(load: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(load)
    def load_or_put_off(context: ssl.SSLContext, *arguments: Any, **options: Any) -> None:
        if not may_replay():
            load(context, *arguments, **options)
            return
        waiting: list[Callable[[ssl.SSLContext], None]] = vars(context).setdefault("conformance_put_off", [])
        waiting.append(lambda context: load(context, *arguments, **options))
        for name in USES:
            setattr(context, name, functools.partial(_use, weakref.ref(context), name))

    return load_or_put_off


def _use(reference: weakref.ref[ssl.SSLContext], name: str, *arguments: Any, **options: Any) -> Any:
    """Do what was put off, then what is asked for."""
    context: Any = reference()
    waiting = vars(context).pop("conformance_put_off", ())
    for use in USES:
        vars(context).pop(use, None)
    for load in waiting:
        load(context)
    return getattr(context, name)(*arguments, **options)
