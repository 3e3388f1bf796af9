"""Results that are kept: in memory by bytes and cost, on disk in files that hold no code."""
