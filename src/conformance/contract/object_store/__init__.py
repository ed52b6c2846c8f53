"""The built-in contract of flat object stores: what S3 and Azure Blob document, and where they may differ."""

from conformance.contract.object_store._contract import OBJECT_STORE

__all__ = ["OBJECT_STORE"]
