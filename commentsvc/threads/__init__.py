"""The conversation and how it is read."""
