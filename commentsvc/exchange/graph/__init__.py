"""Comments in the shapes of Facebook's Graph API."""
