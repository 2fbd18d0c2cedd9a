"""Signatures of calls from server to server, and marks of our own."""
