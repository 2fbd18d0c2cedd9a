"""Writing: where threads, toxicity and moderation meet."""
