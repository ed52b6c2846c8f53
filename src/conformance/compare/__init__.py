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

__all__ = [
    "Aligned",
    "Contrast",
    "DivergenceReport",
    "DivergenceRow",
    "Finding",
    "Instability",
    "Normalizer",
    "Origin",
    "Place",
    "Proposal",
    "ReportDifference",
    "Run",
    "Shape",
    "Sighting",
    "Volatility",
    "diff_reports",
    "find_volatility",
    "load_reports",
    "propose",
    "render_report_json",
    "write_report",
]
