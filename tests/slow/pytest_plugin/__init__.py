"""The plugin in projects of its own: modes, rules of drivers, cassettes of pytest-recording."""
