"""Tests of what holds a subject against a model."""
