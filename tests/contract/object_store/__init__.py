"""Tests of conformance.contract.object_store."""
