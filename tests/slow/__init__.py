"""Tests that start processes by the dozen, run long threads or long properties: `pytest tests/slow`; CI runs them."""
