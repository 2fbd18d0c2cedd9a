"""Importing comments from other systems and exporting them; knows no HTTP."""
