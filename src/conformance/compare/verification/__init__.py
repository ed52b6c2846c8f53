"""Recorded requests sent to a server, and its answers held against the recorded ones."""

from conformance.compare.verification._accepted import AcceptedEntry, apply_accepted, is_end_of, load_accepted
from conformance.compare.verification._azure_storage import AzureStorage
from conformance.compare.verification._comparing import compare_answers
from conformance.compare.verification._correlation import Correlation
from conformance.compare.verification._dialect import Account, Behaviour, Dialect, Place
from conformance.compare.verification._embedded import embedded_server
from conformance.compare.verification._recordings import recordings_of
from conformance.compare.verification._results import (
    Checked,
    DifferenceGroup,
    FileResult,
    Score,
    Verification,
    score_of,
)
from conformance.compare.verification._running import DIALECTS, Recording, Server, verify_server
from conformance.compare.verification._s3 import S3
from conformance.compare.verification._sending import open_sender

__all__ = [
    "DIALECTS",
    "S3",
    "AcceptedEntry",
    "Account",
    "AzureStorage",
    "Behaviour",
    "Checked",
    "Correlation",
    "Dialect",
    "DifferenceGroup",
    "FileResult",
    "Place",
    "Recording",
    "Score",
    "Server",
    "Verification",
    "apply_accepted",
    "compare_answers",
    "embedded_server",
    "is_end_of",
    "load_accepted",
    "open_sender",
    "recordings_of",
    "score_of",
    "verify_server",
]
