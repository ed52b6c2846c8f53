"""Interactions in the formats that users come from, read and written; each module says what its format carries."""

from conformance.cassette.formats._json import Notes
from conformance.cassette.formats._reading import Reading, read_any
from conformance.cassette.formats._table import FORMATS, Format
from conformance.cassette.formats._writing import renamed, write_as

__all__ = ["FORMATS", "Format", "Notes", "Reading", "read_any", "renamed", "write_as"]
