"""Tests of conformance.trace."""
