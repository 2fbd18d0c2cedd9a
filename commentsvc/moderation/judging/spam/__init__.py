"""Spam: how likely a text is an advertisement, learned from examples."""
