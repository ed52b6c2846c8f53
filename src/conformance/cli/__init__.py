"""The command line: ``conformance COMMAND``."""

from conformance.cli._main import main

__all__ = ["main"]
