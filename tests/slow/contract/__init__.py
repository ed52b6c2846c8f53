"""Tests of drivers against servers."""
