"""Tests of what holds a subject against a model."""
"""Tests of conformance.contract."""
