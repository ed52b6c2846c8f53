"""The one package that imports vcr: its stubs behind our exchanges, and our cassette behind its interface.

What it uses of vcr beyond the documented surface is named in ``tests/transport/test_vcr.py``, which fails when any of
it moves.
"""

from vcr import Request, mode

from conformance.transport.vcr._cassette import Cassette, Use
from conformance.transport.vcr._config import VCR, adopt, use_cassette
from conformance.transport.vcr._persister import Files
from conformance.transport.vcr._stubs import StubbedCassette, install

__all__ = ["VCR", "Cassette", "Files", "Request", "StubbedCassette", "Use", "adopt", "install", "mode", "use_cassette"]
