"""Our cassette behind the interface of vcr."""
