"""What a site's own sign-in says about its readers: signed tokens, and the keys that prove them."""
