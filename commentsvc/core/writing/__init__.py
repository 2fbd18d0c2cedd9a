"""Beneath db.py: the current unit, whose turn it is to write, and how statements are run."""
