"""Explores a subject with Hypothesis, and distils what it did into the few programs that show all of it."""

from conformance.generate._budget import Budget
from conformance.generate._canary import check_canary
from conformance.generate._distil import cover, shares, shown
from conformance.generate._explore import Explorer, explore
from conformance.generate._harvest import Candidate, Harvest, Hit, groups_of, signatures_of
from conformance.generate._journal import Journal
from conformance.generate._keep import Keeping, Kept, keep, name_of, smallest
from conformance.generate._probing import offered_by
from conformance.generate._shrink import Executions, shrunk
from conformance.generate._steps import without
from conformance.generate._subject import Meter, OpenSubject, Subject
from conformance.generate._traces import observed_of, trace_of, with_observed

__all__ = [
    "Budget",
    "Candidate",
    "Executions",
    "Explorer",
    "Harvest",
    "Hit",
    "Journal",
    "Keeping",
    "Kept",
    "Meter",
    "OpenSubject",
    "Subject",
    "check_canary",
    "cover",
    "explore",
    "groups_of",
    "keep",
    "name_of",
    "observed_of",
    "offered_by",
    "shares",
    "shown",
    "shrunk",
    "signatures_of",
    "smallest",
    "trace_of",
    "with_observed",
    "without",
]
