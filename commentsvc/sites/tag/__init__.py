"""Checks the site's tag on an owner's page: whether it is there, and whether the box can load."""
