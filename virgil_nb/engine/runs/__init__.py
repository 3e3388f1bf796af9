"""Runs: the queue and its worker, the execution of nodes, events, and what comes back."""
