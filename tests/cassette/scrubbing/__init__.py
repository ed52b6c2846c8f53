"""Tests of conformance.cassette.scrubbing."""
