"""Tests of explorations."""
