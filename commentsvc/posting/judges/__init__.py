"""Judges beyond the house: a site's own, which is asked before it publishes, and Coral, which asks us."""
