"""The built-in contract of hierarchical file systems: local, in memory, on object stores, and with a namespace."""

from conformance.contract.file_system._contract import FILE_SYSTEM

__all__ = ["FILE_SYSTEM"]
