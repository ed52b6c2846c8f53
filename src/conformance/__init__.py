"""Record what a storage service really does, and prove every client and emulator against it, offline.

The pieces live in namespaces: ``conformance.registry`` reads ``fixtures.toml``, ``conformance.fixtures`` opens a
declared fixture into a live subject, ``conformance.cassette`` stores and finds recorded interactions,
``conformance.errors`` holds everything that is raised. Importing this package imports none of them.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
