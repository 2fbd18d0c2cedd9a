"""Waves: pending comments that are alike or link to the same page, and other related ones."""
