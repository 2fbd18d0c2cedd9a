"""Judging: rules, verdicts, decisions, queues."""
