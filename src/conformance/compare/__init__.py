"""Recordings held against each other: what differs between runs of one program, and what to do about it. Pure."""

from conformance.compare._normalizers import Normalizer, Proposal, propose
from conformance.compare._origins import Origin
from conformance.compare._places import Place, Sighting
from conformance.compare._runs import Aligned, Instability, Run
from conformance.compare._shapes import Shape
from conformance.compare._volatility import Finding, Volatility, find_volatility

__all__ = [
    "Aligned",
    "Finding",
    "Instability",
    "Normalizer",
    "Origin",
    "Place",
    "Proposal",
    "Run",
    "Shape",
    "Sighting",
    "Volatility",
    "find_volatility",
    "propose",
]
