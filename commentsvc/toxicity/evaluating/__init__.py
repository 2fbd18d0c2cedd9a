"""Evaluate a scorer on labeled tables."""
