"""The ``options`` that a fixture hands to a driver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.errors import DriverError, nearest_word

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def checked(options: Mapping[str, Any], *, driver: str, known: Collection[str]) -> Mapping[str, Any]:
    """Return the options of a fixture, where the driver knows each of them.

    Raises:
        DriverError: It does not know one; the message names the nearest that it knows.
    """
    for name in options:
        if name not in known:
            near = nearest_word(name, known)
            cure = f'Did you mean "{near}"?' if near else f"Its options are {', '.join(sorted(known))}."
            raise DriverError(f"The driver {driver} has no option {name!r}.", cure, slug="driver-option")
    return options
