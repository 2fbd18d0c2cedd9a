"""Followed conversations: who follows, what they are notified of, and how often."""
