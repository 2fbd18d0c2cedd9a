"""Signatures of calls from server to server."""
