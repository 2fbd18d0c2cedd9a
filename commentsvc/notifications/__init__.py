"""Notifying people: statements, emails, webhooks."""
