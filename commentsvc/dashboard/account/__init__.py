"""One's own pages: signing in, up and out, comments, emails, shortcuts, appeals."""
