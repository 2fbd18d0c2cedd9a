"""What a site's own sign-in says of its readers: signed tokens, and the keys that prove them."""
