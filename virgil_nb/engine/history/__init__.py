"""Runs that are over: in memory, and in a journal that outlives the kernel."""
