"""Backups: the file, and the schedule by which a worker writes them."""
