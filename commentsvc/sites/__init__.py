"""Sites, the people on them, and their policies."""
