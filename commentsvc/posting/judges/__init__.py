"""External judges: a site's own, which we ask before publishing, and Coral, which asks us."""
