"""Storage services in memory, for what no other emulator does."""
