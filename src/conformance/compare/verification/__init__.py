"""Recorded requests sent to a server, and its answers held against the recorded ones."""

from conformance.compare.verification._accepted import AcceptedEntry
from conformance.compare.verification._azure_storage import AzureStorage
from conformance.compare.verification._comparing import compare_answers
from conformance.compare.verification._correlation import Correlation
from conformance.compare.verification._dialect import Account, Behaviour, Dialect, Place
from conformance.compare.verification._results import Checked, FileResult, Group, Score, Verification, score_of
from conformance.compare.verification._running import DIALECTS, Recording, Server, verify
from conformance.compare.verification._sending import open_sender

__all__ = [
    "DIALECTS",
    "AcceptedEntry",
    "Account",
    "AzureStorage",
    "Behaviour",
    "Checked",
    "Correlation",
    "Dialect",
    "FileResult",
    "Group",
    "Place",
    "Recording",
    "Score",
    "Server",
    "Verification",
    "compare_answers",
    "open_sender",
    "score_of",
    "verify",
]
