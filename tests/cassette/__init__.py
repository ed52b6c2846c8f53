"""Tests of conformance.cassette."""
