"""Tests of the drivers that ship."""
