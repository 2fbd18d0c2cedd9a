"""Benchmarks: our server compared with a bare route of the same server, nginx and
Isso, in one run."""
