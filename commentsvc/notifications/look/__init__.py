"""Emails as HTML."""
