"""Tests of what holds a subject against a model."""
"""Tests of conformance.contract."""
"""Tests of contracts, their models, and the drivers that ship."""
