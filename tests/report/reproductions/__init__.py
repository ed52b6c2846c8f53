"""Tests of scripts that show a divergence."""
