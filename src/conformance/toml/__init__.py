"""Places in TOML text: the line of a key, what is wrong there, and what does not parse. Knows no file of ours."""

from conformance.toml._faults import Wrong, located, located_all, toml_of
from conformance.toml._positions import Key, holds, line_of
from conformance.toml._syntax import fault_of_syntax

__all__ = ["Key", "Wrong", "fault_of_syntax", "holds", "line_of", "located", "located_all", "toml_of"]
