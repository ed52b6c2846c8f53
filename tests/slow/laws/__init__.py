"""The laws of matchers and scrubbers."""
