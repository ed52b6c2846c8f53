"""Commands that start processes, or explore for long."""
