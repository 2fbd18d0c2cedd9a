"""Lists of words: a site's own and the common insults, found in one pass, also in disguise."""
