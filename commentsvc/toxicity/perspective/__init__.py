"""Perspective's protocol, without HTTP."""
