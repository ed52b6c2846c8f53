"""Storage services in memory, for what no other emulator does."""

__all__: list[str] = []
