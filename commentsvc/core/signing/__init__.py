"""Signatures of server-to-server calls, and our own MACs of links and forms."""
