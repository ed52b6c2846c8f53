"""Tests of what is kept out of recordings."""
