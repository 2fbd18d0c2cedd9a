"""Spam: what makes a text read like an advertisement, learned from examples."""
