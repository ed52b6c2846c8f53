"""Which contract a declared fixture keeps."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from conformance.contract import Contract, contract_of
from conformance.fixtures import import_reference

if TYPE_CHECKING:
    from conformance.registry import FixtureSpec, Registry


def contract_of_fixture(spec: FixtureSpec, registry: Registry) -> Contract | None:
    """Return the contract that a fixture declares; None where it declares none, or a word of the project's own.

    Raises:
        DriverError: It names what cannot be imported, or is no contract.
    """
    imported = partial(
        import_reference,
        registry=registry,
        key=("fixture", spec.name, "contract"),
        sort="contract",
        is_wanted=lambda value: isinstance(value, Contract),
    )
    return contract_of(spec.contract, import_reference=imported) if spec.contract else None
