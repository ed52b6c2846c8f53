"""The tests of conformance; the folders mirror src/conformance."""
