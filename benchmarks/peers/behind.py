"""A pytest plugin that puts our cassette behind the names by which vcrpy's own tests reach vcrpy's (``-p``)."""

from __future__ import annotations

import vcr
import vcr.cassette
import vcr.config
import vcr.unittest

from conformance.transport import vcr as ours

vcr.cassette.Cassette = vcr.config.Cassette = ours.Cassette
vcr.cassette.CassetteContextDecorator = ours.Use
vcr.VCR = vcr.config.VCR = vcr.unittest.VCR = ours.VCR
vcr.default_vcr = ours.VCR()
vcr.use_cassette = vcr.default_vcr.use_cassette
