"""Sections: parts of a site, defined by addresses, with their own settings."""
