"""Tests of conformance.cassette.presets."""
