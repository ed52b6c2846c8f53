"""Tests of contracts, their models, and the drivers that ship."""
