"""A drop-in for vcrpy: ``from conformance import vcr`` where it said ``import vcr``.

Cassettes stay the files that vcrpy writes and reads. Importing this module imports vcrpy, which takes over a second.
"""

from conformance.transport.vcr import VCR, Cassette, Request, adopt, mode, use_cassette

__all__ = ["VCR", "Cassette", "Request", "adopt", "mode", "use_cassette"]
