"""Sections: parts of a site, defined by addresses or tags, with their own settings."""
