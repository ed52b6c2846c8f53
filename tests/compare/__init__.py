"""Tests of conformance.compare."""
