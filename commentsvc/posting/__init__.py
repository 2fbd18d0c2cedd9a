"""Posting comments: where threads, toxicity and moderation meet."""
