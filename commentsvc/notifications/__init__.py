"""Telling: statements, letters, webhooks."""
