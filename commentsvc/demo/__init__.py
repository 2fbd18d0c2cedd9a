"""The demo: an invented newspaper whose pages carry the one tag, and whose readers have been busy."""
