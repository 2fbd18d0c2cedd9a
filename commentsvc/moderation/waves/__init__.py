"""Waves: comments that wait and are alike, or link to the same page, and what else waits beside one."""
