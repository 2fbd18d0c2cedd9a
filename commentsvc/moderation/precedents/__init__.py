"""What a site's moderators decided before about comments like one that waits."""
