"""What is held against each other: runs of one program, and subjects that are to behave alike."""

from conformance.compare._divergences import (
    Contrast,
    DivergenceReport,
    DivergenceRow,
    ReportDifference,
    diff_reports,
)
from conformance.compare._normalizers import Normalizer, Proposal, propose
from conformance.compare._origins import Origin
from conformance.compare._places import Place, Sighting
from conformance.compare._report_file import load_reports, render_report_json, write_report
from conformance.compare._runs import Aligned, Instability, Run
from conformance.compare._shapes import Shape
from conformance.compare._volatility import Finding, Volatility, find_volatility
from conformance.compare.verification import (
    DIALECTS,
    AcceptedEntry,
    Account,
    AzureStorage,
    Behaviour,
    Checked,
    Correlation,
    Dialect,
    DifferenceGroup,
    FileResult,
    Recording,
    Score,
    Server,
    Verification,
    apply_accepted,
    compare_answers,
    is_end_of,
    load_accepted,
    open_sender,
    score_of,
    verify_server,
)

__all__ = [
    "DIALECTS",
    "AcceptedEntry",
    "Account",
    "Aligned",
    "AzureStorage",
    "Behaviour",
    "Checked",
    "Contrast",
    "Correlation",
    "Dialect",
    "DifferenceGroup",
    "DivergenceReport",
    "DivergenceRow",
    "FileResult",
    "Finding",
    "Instability",
    "Normalizer",
    "Origin",
    "Place",
    "Proposal",
    "Recording",
    "ReportDifference",
    "Run",
    "Score",
    "Server",
    "Shape",
    "Sighting",
    "Verification",
    "Volatility",
    "apply_accepted",
    "compare_answers",
    "diff_reports",
    "find_volatility",
    "is_end_of",
    "load_accepted",
    "load_reports",
    "open_sender",
    "propose",
    "render_report_json",
    "score_of",
    "verify_server",
    "write_report",
]
