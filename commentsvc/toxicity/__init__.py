"""Measuring: how toxic a text is, by whichever scorer a setting names. Judging lives in moderation."""
