"""Importing: from a file of any format into the tables."""
