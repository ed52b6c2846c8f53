"""Tests of what is held against each other."""
