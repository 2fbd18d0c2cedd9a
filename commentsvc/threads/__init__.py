"""Conversations, and how they are read."""
