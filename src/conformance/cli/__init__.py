"""The command line: ``conformance COMMAND``."""

from conformance.cli._fuzzing import fuzz_target
from conformance.cli._main import main

__all__ = ["fuzz_target", "main"]
