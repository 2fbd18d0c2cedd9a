"""Measure how toxic a text is, with the configured scorer. Moderation does the judging."""
