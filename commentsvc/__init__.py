"""Self-hosted comments: rooms without HTTP, three thin surfaces, wired in app.py."""
