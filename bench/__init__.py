"""Benchmarks: our server beside a bare route of the same server, nginx and Isso, in one run."""
