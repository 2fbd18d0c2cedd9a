"""Word lists: a site's own and the common insults, found in one pass, disguised or not."""
