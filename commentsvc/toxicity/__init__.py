"""Measuring: how toxic a text is, by the scorer that a setting names. Judging is moderation's."""
