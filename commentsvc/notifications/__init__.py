"""Telling: statements, emails, webhooks."""
