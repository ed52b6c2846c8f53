"""Tests of conformance.cassette.formats."""
