"""Self-hosted comments: rooms without HTTP and thin surfaces with it, wired in app.py."""
