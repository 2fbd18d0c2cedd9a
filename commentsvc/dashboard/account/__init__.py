"""One's own pages: signing in and out, registering, comments, emails, shortcuts, appeals."""
